"""Why a command cannot be run in a cluster: each its own message and next step, and nothing sent that need not be."""

from typing import Any

import pytest

from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage
from journeys.staged import LONELY, nothing_changes, on_stage, refused

KINDS = "Microsoft.ContainerService/managedClusters"
WORLD = """
people:
  ada: {{roles: [Owner]}}
clusters:
  odd: {{ {odd} }}
"""
ODD: dict[str, tuple[int, str, str]] = {
    "run_command: false": (68, "run-command-disabled", "--enable-run-command"),
    "stopped: true": (67, "cluster-stopped", "az aks start"),
    "run_command_pod: {schedule: 90}": (67, "no-schedulable-node", "az aks nodepool scale"),
    "run_command_pod: {start: 45}": (67, "pod-not-started", "try again"),
    "run_command_pod: {longest: 60}": (67, "command-too-long", "a Job"),
    "run_command_pod: {fails: ImagePullBackOff}": (74, "azure-refused", "ImagePullBackOff"),
    "run_command_pod: {denied: 'admission webhook \"validation.gatekeeper.sh\" denied the request'}": (
        68,
        "admission-denied",
        "exempt namespace aks-command",
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_each_trouble_of_a_cluster_has_its_own_words(odd: str) -> None:
    exit_code, code, says = ODD[odd]

    @on_stage(WORLD.format(odd=odd))
    async def scene(on: Stage) -> None:
        on.pods.takes = 100
        with nothing_changes(on):
            played = await on.shell().run("invoke", "-n", "odd", "--", "kubectl", "get", "pods")
        refused(played, exit_code, code, says)

    scene()


INTERACTIVE = [
    "kubectl exec -it pod -- sh",
    "kubectl exec pod -i -- sh",
    "kubectl exec pod --stdin --tty -- sh",
    "kubectl attach pod",
    "kubectl -n x port-forward svc/web 8080:80",
    "kubectl proxy",
    "kubectl edit deploy web",
    "kubectl logs -f pod",
    "kubectl logs pod --follow",
    "kubectl get pods -w",
    "kubectl get pods --watch-only",
    "kubectl run -it x --image y",
    "kubectl debug -it pod",
    "kubectl cp pod:/a b",
    "kubectl delete -i pod x",
    "watch kubectl top pods",
]


@pytest.mark.parametrize(
    "typed", [*INTERACTIVE, "one line:kubectl get pods && kubectl logs -f x", "one line:while true; do x; done"]
)
@on_stage()
async def test_what_talks_back_or_never_ends_is_refused_at_once(on: Stage, typed: str) -> None:
    words = [typed.removeprefix("one line:")] if typed.startswith("one line:") else typed.split()
    played = await on.shell().run("invoke", "-n", "vault", "--", *words)
    refused(played, 68, "interactive", "one request and gets one answer", "--via direct, bastion or allowlist")
    assert not len(on.azure.journal)


@on_stage()
async def test_a_pinned_route_refuses_them_too(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("kubectl", "--via", "invoke", "-n", "vault", "exec", "-it", "x", "--", "sh")
        refused(played, 68, "interactive", "kubectl exec -it x -- sh")


@pytest.mark.parametrize("words", [("connect",), ("connect", "--print-kubeconfig")])
@on_stage()
async def test_no_shell_and_no_kubeconfig_come_this_way(on: Stage, words: tuple[str, ...]) -> None:
    with nothing_changes(on):
        played = await on.shell().run(*words, "-n", "vault", "--via", "invoke")
        refused(played, 68, "needs-endpoint", "single commands", "aksess invoke")


@on_stage(LONELY)
async def test_a_program_of_ones_own_is_not_sent_away_unasked(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        played = await ada.run("connect", "-n", "vault", "--", "./deploy.sh")
        assert played.code == 68, played
        explained = await ada.run("connect", "-n", "vault", "--explain", "-o", "json", "--", "./deploy.sh")
    assert "inside the cluster and not here" in explained.data["routes"][-1]["why"]
    assert "--via invoke" in explained.data["routes"][-1]["nextStep"]
    assert on.pods.seen == []


@pytest.mark.parametrize("missing", ["runcommand/action", "commandResults/read"])
def test_each_right_is_named_on_its_own(missing: str) -> None:
    granted = ["read", "runcommand/action", "commandResults/read"]
    may_ask = "Microsoft.Authorization/permissions/read"
    actions = ", ".join([may_ask, *(f"{KINDS}/{one}" for one in granted if one != missing)])
    world = f"people: {{kim: {{roles: [Few]}}}}\nroles: {{Few: {{actions: [{actions}]}}}}\nclusters: {{web: {{}}}}"

    @on_stage(world)
    async def scene(on: Stage) -> None:
        with nothing_changes(on):
            played = await on.shell("kim").run("invoke", "-g", "rg-demo", "-n", "web", "--", "true")
        refused(played, 66, "rights-missing", f"the right {KINDS}/{missing} at", "ask an owner")
        assert on.pods.seen == []

    scene()


RUNS_ONLY = f"""
people: {{kim: {{roles: [Runs]}}}}
roles: {{Runs: {{actions: [{KINDS}/read, {KINDS}/runcommand/action, {KINDS}/commandResults/read]}}}}
clusters: {{web: {{ranges: [51.144.20.0/24]}}}}
"""


@on_stage(RUNS_ONLY)
async def test_who_may_run_commands_and_nothing_else_is_sent_this_way(on: Stage) -> None:
    """No right to the kubeconfig shuts the ways that need one, not this one."""
    kim = on.shell("kim")
    with nothing_changes(on):
        ran = await kim.run("kubectl", "-g", "rg-demo", "-n", "web", "version")
        assert "running as command" in ran.stderr, ran
        refused(
            await kim.run("connect", "-g", "rg-demo", "-n", "web"), 66, "rights-missing", "listClusterUserCredential"
        )
    assert on.pods.lines == ["kubectl version"]


@on_stage()
async def test_a_lost_answer_is_not_sent_again_and_says_that_it_may_have_run(on: Stage) -> None:
    on.azure.faults.arm(Fault(Kind.CUT_AFTER, method="POST", path="*/runcommand"))
    played = await on.shell().run("invoke", "-n", "vault", "--", "true")
    refused(played, 72, "command-answer-lost", "it may have run", "before you run it again")
    assert len([one for one in on.azure.journal if one.path.lower().split("?")[0].endswith("/runcommand")]) == 1


TROUBLE: list[dict[str, Any]] = [
    {"kind": Kind.STATUS, "status": 503, "count": 3},
    {"kind": Kind.STATUS, "status": 429, "code": "Throttled", "headers": {"Retry-After": "7"}},
    {"kind": Kind.CUT, "count": 7},
]


@pytest.mark.parametrize("fault", TROUBLE)
@on_stage()
async def test_a_look_that_fails_in_passing_is_repeated(on: Stage, fault: dict[str, Any]) -> None:
    on.azure.faults.arm(Fault(fault.pop("kind"), method="GET", path="*/commandresults/*", **fault))
    played = await on.shell().run("invoke", "-n", "vault", "--", "echo", "told")
    assert (played.code, played.stdout) == (0, "told\n")
    assert len(on.pods.seen) == 1


@on_stage()
async def test_a_request_that_azure_finds_too_large_is_told(on: Stage) -> None:
    on.azure.faults.arm(Fault(Kind.STATUS, method="POST", path="*/runcommand", status=413))
    refused(await on.shell().run("invoke", "-n", "vault", "--", "true"), 2, "request-too-large", "attach less")
