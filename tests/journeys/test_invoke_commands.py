"""Command Invoke as a person meets it: a private cluster from a plain shell, and only the command's own voice."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from journeys.stage import Shell, Stage
from journeys.staged import LONELY, nothing_changes, on_stage, refused

IN_A_POD = "echo told; echo warned >&2; exit 7"


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """To stand in a folder, as a shell does."""
    return monkeypatch.chdir


def program(on: Stage, name: str) -> None:
    """A program in the pod that tells its words and the files around it, as JSON."""
    script = on.folder / "programs" / name
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        "#!/usr/bin/python3 -S\nimport json, os, sys\n"
        "files = {os.path.relpath(os.path.join(at, name), '.'): open(os.path.join(at, name)).read()\n"
        "         for at, _, names in os.walk('.') for name in names}\n"
        "print(json.dumps([sys.argv[1:], files]))\n"
    )
    script.chmod(0o755)
    on.pods.programs = script.parent


async def told(shell: Shell, *words: str) -> tuple[list[str], dict[str, str]]:
    played = await shell.run(*words)
    assert played.code == 0, played
    arguments, files = json.loads(played.stdout)
    return arguments, files


@on_stage()
async def test_stdout_is_the_commands_output_and_the_exit_code_its_own(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("invoke", "-g", "rg-demo", "-n", "vault", "--", "sh", "-c", IN_A_POD)
    assert (played.code, played.stdout) == (7, "told\nwarned\n")
    assert "starting a pod in vault" in played.stderr


@pytest.mark.parametrize("cluster", ["vault", "web", "sealed", "open", "nat", "inner", "entra"])
@on_stage()
async def test_it_needs_no_way_to_the_api_server(on: Stage, cluster: str) -> None:
    played = await on.shell().run("invoke", "-n", cluster, "--", "echo", "here")
    assert (played.code, played.stdout) == (0, "here\n")
    assert bool(on.pods.seen[0].kubeconfig) is True


@pytest.mark.parametrize("text", ["no end of line", "two\n\n", "", "é漢\x1b[1m\t\n"])
@on_stage()
async def test_output_is_passed_on_as_it_is(on: Stage, text: str) -> None:
    played = await on.shell().run("invoke", "-n", "vault", "--", "printf", "%s", text)
    assert (played.code, played.stdout) == (0, text)


@on_stage()
async def test_several_words_arrive_as_typed_and_one_is_a_line(on: Stage) -> None:
    program(on, "tell")
    ada = on.shell()
    words = ["-n", "--", "a b", "it's", "$HOME", "`id`", "*", "a\nb", "", "é"]
    arguments, _ = await told(ada, "invoke", "-n", "vault", "--", "tell", *words)
    assert arguments == words
    piped = await ada.run("invoke", "-n", "vault", "echo a b | tr ab xy; exit 3")
    assert (piped.code, piped.stdout) == (3, "x y\n")


@on_stage(LONELY)
async def test_kubectl_takes_this_way_by_itself_when_no_other_is_left(on: Stage) -> None:
    program(on, "kubectl")
    arguments, _ = await told(on.shell(), "kubectl", "-n", "vault", "get", "pods", "-n", "kube-system")
    assert arguments == ["get", "pods", "-n", "kube-system"]
    connected, _ = await told(on.shell(), "connect", "-n", "vault", "--", "kubectl", "get", "ns")
    assert connected == ["get", "ns"]


@on_stage()
async def test_it_is_taken_on_any_cluster_when_it_is_pinned(on: Stage) -> None:
    program(on, "kubectl")
    with nothing_changes(on):
        await told(on.shell(), "kubectl", "--via", "invoke", "-n", "web", "get", "pods")
        await told(on.shell(), "connect", "--via", "invoke", "-n", "open", "--", "kubectl", "get", "pods")
    asked = {one.host for one in on.azure.journal}
    assert not {host for host in asked if "ipify" in host or "azmk8s" in host}, "it needs no address and no probe"


@on_stage(LONELY)
async def test_local_files_go_along_and_are_named_as_they_lie_there(on: Stage, stand: Callable[[Path], None]) -> None:
    program(on, "kubectl")
    for name in ("here/a.yaml", "here/sub/b.yaml", "base/c.yaml"):
        (on.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (on.folder / name).write_text(name)
    (on.folder / "base/kustomization.yaml").write_text("resources: [c.yaml]")
    stand(on.folder / "here")
    ada = on.shell()
    ada.stdin = "typed"
    arguments, files = await told(ada, "kubectl", "-n", "vault", "apply", "-f", "a.yaml", "-f", "sub", "-f", "-")
    assert arguments == ["apply", "-f", "a.yaml", "-f", "sub", "-f", "attached-1/stdin"]
    assert files == {"a.yaml": "here/a.yaml", "sub/b.yaml": "here/sub/b.yaml", "attached-1/stdin": "typed"}
    arguments, files = await told(ada, "invoke", "-n", "vault", "--attach", "a.yaml", "kubectl apply -f sub")
    assert sorted(files) == ["a.yaml", "sub/b.yaml"]
    arguments, files = await told(ada, "kubectl", "-n", "vault", "apply", "-k", "../base")
    assert arguments == ["apply", "-k", "attached-1"]
    assert files["attached-1/c.yaml"] == "base/c.yaml"


@on_stage(LONELY)
async def test_helm_brings_chart_and_values(on: Stage, stand: Callable[[Path], None]) -> None:
    program(on, "helm")
    for name in ("chart/Chart.yaml", "chart/templates/x.yaml", "here/v.yaml", "here/note.txt"):
        (on.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (on.folder / name).write_text(name)
    stand(on.folder / "here")
    typed = ["upgrade", "-i", "web", "../chart", "--values", "v.yaml", "--set-file", "note=note.txt"]
    arguments, files = await told(on.shell(), "connect", "-n", "vault", "--", "helm", *typed)
    assert arguments == ["upgrade", "-i", "web", "attached-1", *typed[4:]]
    assert sorted(files) == ["attached-1/Chart.yaml", "attached-1/templates/x.yaml", "note.txt", "v.yaml"]


@on_stage()
async def test_a_dry_run_tells_what_would_be_sent_and_asks_nobody(on: Stage, stand: Callable[[Path], None]) -> None:
    (on.folder / "a.yaml").write_text("x: y\n")
    stand(on.folder)
    command = ("--", "kubectl", "apply", "-f", f"{on.folder}/a.yaml")
    planned = await on.shell().run("invoke", "-n", "vault", "--dry-run", "-o", "json", *command)
    assert planned.data["line"] == "kubectl apply -f a.yaml"
    assert planned.data["files"] == [{"path": "a.yaml", "bytes": 5}]
    assert planned.data["packedBytes"] > 0
    shown = await on.shell().run("invoke", "-n", "vault", "--dry-run", *command)
    assert "would run: kubectl apply -f a.yaml" in shown.stderr
    assert shown.stdout.splitlines()[1].split() == ["a.yaml", "5"]
    assert not len(on.azure.journal)


@on_stage()
async def test_the_result_as_data(on: Stage) -> None:
    played = await on.shell().run("invoke", "-n", "vault", "-o", "json", "--", "sh", "-c", IN_A_POD)
    assert played.code == 7, "the command's own, in every form"
    assert sorted(played.data) == ["cluster", "command", "version"]
    ran = played.data["command"]
    assert sorted(ran) == ["complete", "exitCode", "finished", "id", "output", "started", "state"]
    assert (ran["state"], ran["exitCode"], ran["output"], ran["complete"]) == ("succeeded", 7, "told\nwarned\n", True)


@on_stage()
async def test_an_entra_cluster_gets_the_callers_own_token_and_no_other_does(on: Stage) -> None:
    ada = on.shell()
    for cluster in ("entra", "vault"):
        assert (await ada.run("invoke", "-n", cluster, "--", "true")).code == 0
    commands = on.azure.world.commands._by_id.values()
    tokens = [one.order.token for one in commands]
    assert (tokens[0].count("."), tokens[1]) == (2, "")
    for words in (ada.environment, [str(one) for one in on.azure.journal]):
        assert tokens[0] not in str(words)


@on_stage()
async def test_results_are_looked_at_often_at_first_and_no_more_than_azure_likes(on: Stage) -> None:
    on.pods.takes = 600
    played = await on.shell().run("invoke", "-n", "vault", "--", "true")
    looks = [one for one in on.azure.journal if "commandResults" in one.path]
    assert played.code == 0
    assert 600 < played.seconds < 600 + 5 + 6, "schedule, start, and one look at most"
    assert 600 / 5 <= len(looks) < 600 / 5 + 10
    assert "still running after" in played.stderr


@on_stage()
async def test_there_must_be_a_command(on: Stage) -> None:
    refused(await on.shell().run("invoke", "-n", "vault"), 2, "no-command", "aksess invoke -n NAME -- CMD")
    assert not len(on.azure.journal)
