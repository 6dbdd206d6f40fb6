"""Which commands need somebody at this end, and which surely change nothing."""

import pytest

from aksess.routes.invoke_verbs import only_reads, program, talks

SENDABLE = [
    "kubectl get pods",
    "kubectl logs pod",
    "kubectl logs -p pod",
    "kubectl exec pod -- sh -i -t",
    "kubectl exec pod -- watch x",
    "kubectl exec pod --tty=false -- id",
    "kubectl apply -f x",
    "kubectl delete pod x",
    "kubectl run x --image=y",
    "kubectl rollout status deploy x -w",
    "kubectl wait --for=condition=Ready pod x",
    "kubectl top pods",
    "kubectl cp here pod:/there",
    "kubectl get pods --watch=false",
    "kubectl -n attach get pods",
    "helm upgrade -i web chart",
    "helm list -w",
    "kubectl",
]


@pytest.mark.parametrize("typed", SENDABLE)
def test_what_can_be_sent_away(typed: str) -> None:
    assert talks(typed.split()) == ""


LINES = {
    "kubectl get pods | grep x": "",
    "kubectl get pods; kubectl edit x": "opens an editor",
    "X=1 kubectl attach x": "talks to a running container",
    "while true; do kubectl top pods; done": "never ends",
    "while : ; do x; done": "never ends",
    "watch -n 1 x": "never ends",
    "for i in 1 2; do kubectl get pods; done": "",
    "echo 'kubectl edit'": "",
}


@pytest.mark.parametrize(("line", "why"), LINES.items())
def test_lines_are_read_command_by_command(line: str, why: str) -> None:
    assert talks([line]) == why


@pytest.mark.parametrize(
    ("typed", "reads"),
    [
        ("kubectl get pods -A", True),
        ("kubectl -n x describe pod", True),
        ("kubectl delete pod x", False),
        ("kubectl exec x -- ls", False),
        ("kubectl", False),
        ("helm list -A", True),
        ("helm uninstall x", False),
        ("sh -c ls", False),
    ],
)
def test_only_what_surely_reads_may_run_again(typed: str, reads: bool) -> None:
    assert only_reads(typed.split()) is reads


def test_a_line_may_do_anything() -> None:
    assert only_reads(["kubectl get pods"]) is False


def test_a_program_is_known_by_its_name() -> None:
    assert program(["/usr/local/bin/kubectl", "get"]) == "kubectl"
