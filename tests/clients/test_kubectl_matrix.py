"""Every kubectl minor version from 1.30 on that is installed here judges the API server, over TLS and in real time.

Where kubectl is a dispatcher (as Google's is), the versions stand beside it as `kubectl.1.NN` and each is tried.
"""

import asyncio
import os
import re
import shlex
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
import yaml
from aiohttp import web

from aksess_sim.services.apiserver.identity import NodeView, User
from aksess_sim.services.apiserver.server import ApiServer
from aksess_sim.world.clock import WorldClock

OLDEST = 30
"""The first minor version that needs neither SPDY nor OpenAPI v2."""
NODE = "aks-nodepool1-1-vmss000000"
PEOPLE = {
    "Bearer writer": User("ada@contoso.example", "0a", ("system:authenticated",), may_write=True),
    "Bearer reader": User("cat@contoso.example", "0c", ("system:authenticated",), may_write=False),
}

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
POD = """
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: main, image: nginx}]}
"""
FILES = {
    "deployment.yaml": DEPLOYMENT,
    "changed.yaml": DEPLOYMENT.replace("nginx:1.27", "nginx:1.28").replace("{name: A", "{name: B"),
    "misspelt.yaml": DEPLOYMENT.replace("replicas:", "replica:"),
    "pod.yaml": POD,
}


@dataclass(frozen=True)
class Step:
    """One command line, its exit code, and a pattern its whole output must contain."""

    command: str
    pattern: str
    code: int = 0
    user: str = "writer"


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


def kubectls() -> list[Path]:
    """The kubectl binaries to try, oldest first; empty when none is installed."""
    found = shutil.which("kubectl")
    if found is None:
        return []
    siblings = {
        int(match[1]): path
        for path in Path(found).resolve().parent.iterdir()
        if (match := re.fullmatch(r"kubectl\.1\.(\d+)", path.name))
    }
    return [siblings[minor] for minor in sorted(siblings) if minor >= OLDEST] or [Path(found)]


@pytest.fixture(params=kubectls() or [None], ids=lambda path: path.name if path else "none")
def kubectl(request: pytest.FixtureRequest) -> Path:
    if not isinstance(request.param, Path):
        pytest.fail("kubectl is not on PATH: these tests need the real one, from 1.30 on")
    return request.param


@dataclass(frozen=True)
class Desk:
    """A person's place: kubectl, a kubeconfig for each user, some manifests."""

    kubectl: Path
    home: Path

    def arguments(self, command: str, user: str = "writer") -> list[str]:
        context = [f"--kubeconfig={self.home / 'kubeconfig.yaml'}", f"--context={user}"]
        verb, *rest = shlex.split(command)
        return [str(self.kubectl), verb, *context, f"--cache-dir={self.home / user}", *rest]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        return kept | {"HOME": str(self.home), "TERM": "dumb"}

    def run(self, step: Step) -> tuple[int, str]:
        done = subprocess.run(
            self.arguments(step.command, step.user),
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout

    def have_pod(self) -> None:
        """Make the pod `one`."""
        assert self.run(Step("apply -f pod.yaml", ""))[0] == 0

    @contextmanager
    def reading(self, command: str) -> Iterator[Iterator[str]]:
        """The lines of a command that goes on until it is ended."""
        with subprocess.Popen(
            self.arguments(command), cwd=self.home, env=self.environment(), stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                yield iter(process.stdout)
            finally:
                process.terminate()


@pytest.fixture
def desk(kubectl: Path, tmp_path: Path) -> Iterator[Desk]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    minor = re.fullmatch(r"kubectl\.1\.(\d+)", kubectl.name)
    with serving(authority, version=f"1.{minor[1] if minor else 33}.2") as port:
        (tmp_path / "kubeconfig.yaml").write_text(yaml.safe_dump(kubeconfig(port, tmp_path / "ca.pem")))
        yield Desk(kubectl, tmp_path)


def kubeconfig(port: int, ca: Path) -> dict[str, object]:
    users = ("writer", "reader", "nobody")
    cluster = {"server": f"https://localhost:{port}", "certificate-authority": str(ca)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": user}} for user in users],
        "contexts": [{"name": user, "context": {"cluster": "c", "user": user, "namespace": "demo"}} for user in users],
    }


@contextmanager
def serving(authority: trustme.CA, *, version: str) -> Iterator[int]:
    """An API server on a loopback port, in a thread with a loop of its own."""
    ready, ports = threading.Event(), list[int]()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        ends.append(lambda: loop.call_soon_threadsafe(over.set))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        server = ApiServer(
            version=version,
            clock=WorldClock(speed=10),
            authenticate=lambda header: PEOPLE.get(header or ""),
            nodes=lambda: [NodeView(f"aks-nodepool1-1-vmss00000{number}", True, version) for number in range(2)],
        )
        runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        ports.append(runner.addresses[0][1])
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10), "the API server did not start"
        yield ports[0]
    finally:
        for end in ends:
            end()
        thread.join(10)
        assert not thread.is_alive(), "the API server did not end"


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


def test_following_logs(desk: Desk) -> None:
    desk.have_pod()
    with desk.reading("logs --follow one") as lines:
        assert [next(lines) for _ in range(3)][-1] == "main: ready\n"
        assert "#1" in next(lines)
        assert "#2" in next(lines)


def test_typing_into_a_container(desk: Desk) -> None:
    desk.have_pod()
    done = subprocess.run(
        desk.arguments("exec --stdin one -- sh"),
        env=desk.environment(),
        input="hostname\nexit 5\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("one\n", 5)
