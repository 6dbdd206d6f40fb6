"""`connect` and `kubectl`: which way is taken, what --explain, --via and --lock-down do, what a command is given."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from aksess.cli.running import run
from journeys.stage import Shell, Stage
from journeys.staged import nothing_changes, on_stage, refused


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def program(shell: Shell, folder: Path, name: str) -> Path:
    """Put a program on the shell's PATH that writes its arguments and variables down; returns where."""
    told = folder / f"{name}.json"
    script = folder / "bin" / name
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        "#!/usr/bin/env -S python3 -S\nimport json, os, sys\n"
        f"json.dump([sys.argv[1:], dict(os.environ)], open({str(told)!r}, 'w'))\n"
        "sys.exit(int(os.environ.get('CODE', 0)))\n"
    )
    script.chmod(0o755)
    shell.environment["PATH"] = f"{script.parent}:/usr/bin:/bin"
    return told


@on_stage()
async def test_explain_tells_every_route_and_opens_none(on: Stage) -> None:
    ada = on.shell()
    usable = {"web": ["allowlist"], "open": ["direct"], "sealed": ["allowlist"], "entra": ["allowlist"]}
    with nothing_changes(on):
        for cluster, order in usable.items():
            told = await ada.run("connect", "-n", cluster, "--explain", "-o", "json")
            assert (told.code, told.data["order"]) == (0, order), told
            assert [one["route"] for one in told.data["routes"]] == [
                *("direct", "bastion", "vnet", "allowlist", "invoke")
            ]
            assert all(one["why"] for one in told.data["routes"])


@on_stage()
async def test_a_pinned_route_is_taken_or_refused_never_replaced(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        shut = await ada.run("connect", "-n", "web", "--via", "direct", "--print-kubeconfig")
        refused(shut, 68, "route-refused", "direct: ", "is not in the authorized ranges", "--explain")
        refused(await ada.run("connect", "-n", "open", "--via", "allowlist", "--print-kubeconfig"), 68, "cluster-open")
        unknown = await ada.run("connect", "-n", "web", "--via", "bus")
        assert (unknown.code, "'bus' is not one of" in unknown.stderr) == (2, True)


@on_stage()
async def test_a_kubeconfig_to_hold_and_a_command_to_run_are_two_things(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("connect", "-n", "web", "--print-kubeconfig", "--", "true")
    assert (played.code, "one of them" in played.stderr) == (2, True), played


@on_stage()
async def test_who_is_listed_already_goes_directly(on: Stage) -> None:
    inside = on.shell(address="51.144.20.9")
    with nothing_changes(on):
        held = await inside.hold("connect", "-n", "web")
        assert "web is open (direct; proven: the API server answered 200; nothing was changed)" in held.stderr
        await held.interrupt()


@on_stage()
async def test_kubectl_words_are_split_at_the_verb(on: Stage) -> None:
    ada = on.shell()
    told = program(ada, on.folder, "kubectl")
    words = ["get", "pods", "-n", "kube-system", "-o", "json", "--", "--via", "x"]
    ada.environment["XDG_RUNTIME_DIR"] = str(on.folder)
    played = await ada.run("kubectl", "-n", "open", *words)
    assert played.code == 0, played
    arguments, variables = json.loads(told.read_text())
    assert arguments == words
    assert variables["AKSESS_ROUTE"] == "direct"
    assert variables["KUBECONFIG"].startswith("/")
    assert not list(on.folder.rglob("config")), "it was there only for the command"


@pytest.mark.parametrize("code", [0, 1, 3, 64, 255])
@on_stage()
async def test_the_commands_own_exit_code_is_returned(on: Stage, code: int) -> None:
    ada = on.shell()
    program(ada, on.folder, "tool")
    ada.environment["CODE"] = str(code)
    assert (await ada.run("connect", "-n", "open", "--", "tool", "-n", "x", "--wait")).code == code


@on_stage()
async def test_a_command_that_is_not_there_is_said_and_the_way_closed(on: Stage) -> None:
    ada = on.shell()
    ada.environment["PATH"] = str(on.folder)
    before = on.ranges("web")
    played = await ada.run("connect", "-n", "web", "--", "no-such-program")
    refused(played, 2, "command-not-found", "`no-such-program` cannot be started", "on PATH")
    assert on.ranges("web") == before


@on_stage()
async def test_an_entra_cluster_gets_our_own_exec_credential(on: Stage) -> None:
    ada = on.shell()
    held = await ada.hold("connect", "-n", "entra")
    written = json.loads(held.kubeconfig.read_text())
    credential = written["users"][0]["user"]["exec"]
    assert (credential["apiVersion"], credential["interactiveMode"]) == ("client.authentication.k8s.io/v1", "Never")
    assert credential["args"][-2:] == ["aksess", "token"]
    assert "token" not in written["users"][0]["user"], "no secret lies in the file"
    assert written["clusters"][0]["cluster"]["certificate-authority-data"]
    await held.interrupt()


@on_stage()
async def test_waiting_at_the_close_ends_with_the_way_proven_shut(on: Stage) -> None:
    ada = on.shell()
    held = await ada.hold("connect", "-n", "web", "--wait")
    await on.settled()
    began = asyncio.get_running_loop().time()
    await held.interrupt()
    assert "shut again, proven after" in held.stderr
    assert asyncio.get_running_loop().time() - began >= 60


@pytest.mark.parametrize("answer", ["", "n\n", "no\n", "yep\n"])
@on_stage()
async def test_a_lock_down_needs_a_yes(on: Stage, answer: str) -> None:
    app = on.shell().app()
    app.console.stdin, app.console.stderr = Terminal(answer), Terminal()
    with nothing_changes(on):
        assert await run(["allow", "-n", "open", "--lock-down"], app) == 68
    said = app.console.stderr.getvalue()
    assert "locking it down shuts out everyone" in said
    assert "the cluster's own nodes, which Azure admits by itself" in said
    assert "lock it down? [y/N]" in said
    assert "error [lock-down-unconfirmed]: the API server was left open, nothing was changed" in said


@on_stage()
async def test_without_a_terminal_nobody_is_asked_and_nothing_locked(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "open", "--lock-down")
        refused(played, 68, "lock-down-unconfirmed", "nothing was changed", "--yes")


@on_stage()
async def test_a_yes_locks_the_cluster_for_good(on: Stage) -> None:
    ada = on.shell()
    app = ada.app()
    app.console.stdin, app.console.stderr = Terminal("y\n"), Terminal()
    assert await run(["allow", "-n", "open", "--lock-down"], app) == 0
    assert on.ranges("open") == [ada.address]
    assert on.cluster("open").enforced == (ada.address,), "proven when it was in force, not before"
    assert (await ada.run("revoke", "-n", "open")).code == 0
    assert on.ranges("open") == ["0.0.0.0/32"], "it stays shut"


@on_stage()
async def test_connecting_with_a_lock_down_does_not_slip_in_by_the_open_door(on: Stage) -> None:
    ada = on.shell()
    held = await ada.hold("connect", "-n", "open", "--lock-down", "--yes")
    assert "open (allowlist;" in held.stderr
    assert on.cluster("open").enforced == (ada.address,)
    await held.interrupt()
    assert on.ranges("open") == ["0.0.0.0/32"]


NAT = """
people: {ada: {roles: [Owner]}}
networks: {vnet: {subnets: {nodes: {prefix: 10.0.0.0/22, nat: out}}}}
nat_gateways: {out: {address: 20.71.33.14}}
clusters: {web: {network: vnet/nodes, egress: out}}
"""


@on_stage(NAT)
async def test_a_lock_down_lists_the_nodes_own_way_out(on: Stage) -> None:
    ada = on.shell()
    played = await ada.run("allow", "-n", "web", "--lock-down", "--yes")
    assert played.code == 0, played
    assert "20.71.33.14" in played.stderr
    assert on.ranges("web") == ["20.71.33.14/32", ada.address]
    assert all(node.ready for node in on.cluster("web").nodes())


@on_stage(
    NAT.replace(
        "egress: out}", 'egress: out, body: {properties: {networkProfile: {outboundType: "userDefinedRouting"}}}}'
    )
)
async def test_a_lock_down_that_could_cut_off_the_nodes_is_refused(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "web", "--lock-down", "--yes")
        refused(played, 68, "node-egress-unknown", "userDefinedRouting", "az aks update")
