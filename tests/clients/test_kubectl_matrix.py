"""Every kubectl minor version from 1.29 on that is installed here judges the API server, over TLS and in real time."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.desk import NODE, POD, Desk, Step, desk_of, kubectls

OLDEST = 29
"""The first minor version that needs no OpenAPI v2."""

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}], env: [{name: A, value: "1"}]}
      - {name: side, image: busybox}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80}]}
"""
FILES = {
    "deployment.yaml": DEPLOYMENT,
    "changed.yaml": DEPLOYMENT.replace("nginx:1.27", "nginx:1.28").replace("{name: A", "{name: B"),
    "misspelt.yaml": DEPLOYMENT.replace("replicas:", "replica:"),
    "pod.yaml": POD,
}


def steps(*lines: tuple[str, str] | tuple[str, str, int] | tuple[str, str, int, str]) -> list[Step]:
    return [Step(*line) for line in lines]


STORIES: dict[str, list[Step]] = {
    "looking around": steps(
        ("version", r"Server Version: v1\.\d+\.2"),
        ("cluster-info", "control plane is running"),
        ("get --raw /version", '"gitVersion"'),
        ("get --raw /readyz", "ok"),
        ("api-resources", r"deployments +deploy +apps/v1 +true +Deployment"),
        ("get nodes", rf"NAME +STATUS +ROLES +AGE +VERSION\n{NODE} +Ready +<none> +12d +v1"),
        ("get nodes -o wide", "INTERNAL-IP"),
        ("get ns", r"kube-system +Active"),
        ("get pods -A", r"NAMESPACE +NAME +READY(.|\n)*kube-system +coredns-"),
        ("get all", r"(?s)pod/hello.*service/hello.*deployment.apps/hello.*replicaset.apps/hello"),
        ("get deploy hello -o yaml", "kind: Deployment"),
        ("get deploy hello -o jsonpath={.status.readyReplicas}", "^2$"),
        ("get pods -l app=hello -o name", r"^pod/hello-\S+\npod/hello-\S+$"),
        ("get pods -l app!=hello", "No resources found"),
        (f"get pods -A --field-selector spec.nodeName={NODE}", "kube-proxy"),
        ("get pods nope", r'Error from server \(NotFound\): pods "nope" not found', 1),
        ("get widgets", "doesn't have a resource type", 1),
        ("describe deploy hello", r"2 desired \| 2 updated \| 2 total"),
        (f"describe node {NODE}", r"(?s)KubeletReady.*Non-terminated Pods"),
        ("describe svc hello", r"IP: +10\.0\."),
        ("events", "No events found"),
    ),
    "apply, change, delete": steps(
        ("apply -f misspelt.yaml", r'strict decoding error: unknown field "spec.replica"', 1),
        ("delete -f misspelt.yaml --ignore-not-found", ""),
        ("apply -f deployment.yaml", r"deployment.apps/api created\nservice/api created"),
        ("apply -f deployment.yaml", r"deployment.apps/api unchanged\nservice/api unchanged"),
        ("get pods -l app=api", r"(?s)2/2 +Running.*2/2 +Running"),
        ("diff -f deployment.yaml", "^$"),
        ("diff -f changed.yaml", r"(?s)-.*nginx:1\.27.*\+.*nginx:1\.28", 1),
        ("apply -f changed.yaml", r"deployment.apps/api configured\nservice/api unchanged"),
        ("get deploy api -o jsonpath={.spec.template.spec.containers[*].name}", "^web side$"),
        ("get deploy api -o jsonpath={.spec.template.spec.containers[0].env[*].name}", "^B$"),
        ("apply --server-side --force-conflicts -f deployment.yaml", "deployment.apps/api serverside-applied"),
        ("apply --server-side -f changed.yaml", "serverside-applied"),
        ("apply --server-side --field-manager=other -f deployment.yaml", "conflict", 1),
        ("replace -f deployment.yaml", "deployment.apps/api replaced"),
        ("create -f deployment.yaml", r'deployments.apps "api" already exists', 1),
        ("delete -f deployment.yaml --timeout=10s", 'deployment.apps "api" deleted'),
        ("get pods -l app=api", "No resources found"),
        ("create namespace team", "namespace/team created"),
        ("create configmap c --from-literal=a=b -n team", "configmap/c created"),
        ("create secret generic s --from-literal=a=b -n team", "secret/s created"),
        ("create serviceaccount bot -n team", "serviceaccount/bot created"),
        ("create deployment made --image=nginx --replicas=2 --port=80 -n team", "deployment.apps/made created"),
        ("get all,cm,secret,sa -n team", r"(?s)pod/made.*configmap/c.*secret/s.*serviceaccount/bot"),
        ("delete namespace team --timeout=10s", 'namespace "team" deleted'),
        ("get pods -n team", "No resources found"),
    ),
    "roll out": steps(
        ("apply -f deployment.yaml", "created"),
        ("scale deploy api --replicas=4", "scaled"),
        ("rollout status deploy api --timeout=10s", "successfully rolled out"),
        ("get deploy api", r"4/4 +4 +4"),
        ("set image deploy/api web=nginx:1.28", "image updated"),
        ("rollout history deploy api", r"(?s)REVISION.*1.*2"),
        ("rollout undo deploy api", "rolled back"),
        ("get rs -l app=api", r"(?s)4 +4 +4.*0 +0 +0|0 +0 +0.*4 +4 +4"),
        ("rollout restart deploy api", "restarted"),
        ("wait --for=condition=Available deploy/api --timeout=10s", "condition met"),
        ("events --for deployment/api", "ScalingReplicaSet"),
        ("create job once --image=busybox -- echo hi", "job.batch/once created"),
        ("wait --for=condition=complete job/once --timeout=10s", "condition met"),
        ("get job once", r"Complete +1/1"),
        (f"drain {NODE} --ignore-daemonsets --force --timeout=10s", "drained"),
        ("get nodes", r"Ready,SchedulingDisabled"),
        (f"uncordon {NODE}", "uncordoned"),
    ),
    "pods from inside": steps(
        ("apply -f pod.yaml", "pod/one created"),
        ("wait --for=condition=Ready pod/one --timeout=10s", "condition met"),
        ("logs one", "main: ready"),
        ("logs --tail=1 one", "^main: ready$"),
        ("exec one -- hostname", "^one$"),
        ("exec one -- echo a 'b c'", "^a b c$"),
        ("exec one -- sh -c 'echo x; exit 3'", "(?s)x.*exit code 3", 3),
        ("exec one -- vim", "executable file not found", 1),
        ("label pod one tier=web", "labeled"),
        ("label pod one tier=db", "--overwrite is false", 1),
        ("annotate pod one note=hi", "annotated"),
        ("get pods --show-labels", "tier=web"),
        ("run two --image=nginx", "pod/two created"),
        ("delete pod one two --timeout=10s", 'pod "two" deleted'),
    ),
    "patch": steps(
        ("apply -f deployment.yaml", "created"),
        ("""patch deploy api --type=json -p '[{"op":"replace","path":"/spec/replicas","value":1}]'""", "patched"),
        ("get deploy api", "1/1"),
        ("""patch deploy api --type=merge -p '{"spec":{"replicas":3}}'""", "patched"),
        ("get deploy api", "3/3"),
        (
            """patch deploy api -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"b:2"}]}}}}'""",
            "patched",
        ),
        ("get deploy api -o jsonpath={.spec.template.spec.containers[*].image}", "^nginx:1.27 b:2$"),
        ("set env deploy/api -c web C=3", "env updated"),
        ("get deploy api -o jsonpath={.spec.template.spec.containers[0].env[*].name}", "^A C$"),
        ("""patch deploy api --type=json -p '[{"op":"remove","path":"/spec/none"}]'""", "does not exist", 1),
        ("""patch deploy api --type=merge -p '{"spec":{"replicas":-1}}'""", "is invalid: spec.replicas", 1),
    ),
    "rights": steps(
        ("auth can-i create pods", "^yes$"),
        ("auth can-i '*' '*'", "^yes$"),
        ("auth can-i --list", r"\*\.\* "),
        ("auth whoami", "ada@contoso.example"),
        ("auth can-i list pods", "^yes$", 0, "reader"),
        ("auth can-i delete pods", "^no", 1, "reader"),
        ("auth can-i --list", r"\[get list watch\]", 0, "reader"),
        ("auth whoami", "cat@contoso.example", 0, "reader"),
        ("get pods", "hello-", 0, "reader"),
        ("apply -f pod.yaml", r'\(Forbidden\).*User "cat@contoso.example" cannot create resource "pods"', 1, "reader"),
        ("delete deploy hello", r'\(Forbidden\).*cannot delete resource "deployments" in API', 1, "reader"),
        ("get pods", "You must be logged in to the server|Unauthorized|provide credentials", 1, "nobody"),
    ),
}


@pytest.fixture(params=kubectls(OLDEST), ids=lambda path: path.name)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(request.param, tmp_path, FILES) as desk:
        yield desk


@pytest.mark.parametrize("story", STORIES)
def test_every_command_does_what_it_does_on_a_real_cluster(desk: Desk, story: str) -> None:
    wrong = []
    for step in STORIES[story]:
        code, output = desk.run(step)
        if code != step.code or not re.search(step.pattern, output.strip()):
            wrong.append(f"$ kubectl {step.command}   [{code}, expected {step.code} and {step.pattern!r}]\n{output}")
    assert not wrong, f"{len(wrong)} of {len(STORIES[story])} commands:\n" + "\n".join(wrong)


def test_watching_pods_come_and_go(desk: Desk) -> None:
    with desk.reading("get pods --watch") as lines:
        header = next(lines)
        before = [next(lines), next(lines)]
        desk.have_pod()
        seen = [next(line for line in lines if line.startswith("one ")) for _ in range(2)]
        desk.run(Step("delete pod one", ""))
        seen.append(next(line for line in lines if line.startswith("one ")))
    assert header.split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert all(line.startswith("hello-") for line in before)
    assert len(seen) == 3
