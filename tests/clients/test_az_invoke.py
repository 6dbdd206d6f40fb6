"""`az aks command invoke` and `result`: what they do, and what they do wrong on their own."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients.shells import GROUP, Done, Shell, World

Opener = Callable[..., Shell]
FAILURE = "(KubernetesOperationError) Failed to run command in managed cluster due to kubernetes failure. details: "
DENIAL = 'admission webhook "validation.gatekeeper.sh" denied the request: no'
TROUBLED = f"""
people: {{ada: {{roles: [Owner]}}}}
clusters:
  fails: {{run_command_pod: {{fails: ImagePullBackOff}}}}
  denies: {{run_command_pod: {{denied: '{DENIAL}'}}}}
  slow: {{run_command_pod: {{start: 31}}}}
  brief: {{run_command_pod: {{longest: 60}}}}
"""
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-a-file}\ndata: {answer: '42'}\n"


def az_invoke(shell: Shell, name: str, command: str, *words: str) -> Done:
    """As a person types it: without `-o`, az prints for people."""
    return shell.run("az", "aks", "command", "invoke", "-g", GROUP, "-n", name, "--command", command, *words)


def az_result(shell: Shell, name: str, identity: str) -> Done:
    return shell.run("az", "aks", "command", "result", "-g", GROUP, "-n", name, "-i", identity)


def run_command(shell: Shell, name: str, command: str, *words: str) -> tuple[int, str]:
    """Exit code and output of the command, from az's JSON."""
    told = shell.az("aks", "command", "invoke", "-g", GROUP, "-n", name, "--command", command, *words)
    assert told["provisioningState"] == "Succeeded"
    return told["exitCode"], told["logs"]


@pytest.fixture(scope="module")
def troubled(clients: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in a world of its own, whose clusters have trouble with pods."""
    folder = tmp_path_factory.mktemp("troubled")
    (folder / "world.yaml").write_text(TROUBLED)
    world = World(Path(sys.executable), clients, folder / "state")
    world.verb("up", "--background", "--speed", "60", "--world", str(folder / "world.yaml"))
    shell = world.open("ada", folder / "home")
    shell.az("login", "--identity")
    yield shell
    world.verb("down")


@pytest.mark.parametrize("name", ["vault", "web"])
def test_a_command_reaches_a_cluster_that_the_shell_does_not(ada: Shell, name: str) -> None:
    done = az_invoke(ada, name, "kubectl get namespaces -o name")
    assert done.code == 0, done
    assert "with exitcode=0" in done.out
    assert "namespace/kube-system\n" in done.out


def test_attached_files_lie_where_the_command_runs(ada: Shell, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(MANIFEST)
    code, logs = run_command(ada, "vault", "kubectl apply -f manifest.yaml", "--file", str(manifest))
    assert (code, logs) == (0, "configmap/from-a-file created\n")
    assert run_command(ada, "vault", "kubectl get cm from-a-file -o jsonpath={.data.answer}") == (0, "42")


def test_files_of_one_name_in_two_folders_become_one(ada: Shell, tmp_path: Path) -> None:
    """az flattens single files; it sends both, and the later one is what the command sees."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "v.yaml").write_text(folder)
    files = [word for folder in ("a", "b") for word in ("--file", str(tmp_path / folder / "v.yaml"))]
    assert run_command(ada, "vault", "ls; cat v.yaml", *files) == (0, "v.yaml\nb")


def test_a_whole_folder_keeps_its_shape(ada: Shell, tmp_path: Path) -> None:
    (tmp_path / "charts" / "web").mkdir(parents=True)
    (tmp_path / "charts" / "web" / "values.yaml").write_text("replicas: 3\n")
    words = ["aks", "command", "invoke", "-g", GROUP, "-n", "vault", "--command", "cat charts/web/values.yaml"]
    done = subprocess.run(
        ["az", *words, "--file", ".", "-o", "json"],
        env=dict(ada.environment),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert '"logs": "replicas: 3\\n"' in done.stdout


def test_the_commands_exit_code_is_printed_and_lost(ada: Shell) -> None:
    done = az_invoke(ada, "vault", "kubectl get pod nope; exit 7")
    assert done.code == 0
    assert "with exitcode=7" in done.out
    assert 'pods "nope" not found' in done.out


def test_a_command_left_behind_is_found_again(ada: Shell) -> None:
    done = az_invoke(ada, "vault", "sleep 2; echo at last", "--no-wait")
    found = re.search(r"command id: (\w{32}), started at: \S+, status: Running", done.out)
    assert found, done
    under_way = az_result(ada, "vault", found[1])
    assert (under_way.code, "status: Running" in under_way.out) == (0, True)
    assert run_command(ada, "vault", "sleep 1; echo later") == (0, "later\n")
    over = az_result(ada, "vault", found[1])
    assert over.code == 0
    assert "at last\n" in over.out


def test_a_command_that_was_never_there(ada: Shell) -> None:
    done = az_result(ada, "vault", "0" * 32)
    assert done.code == 3
    assert "could not be found" in done.err


def test_on_an_entra_cluster_the_command_is_the_persons(ada: Shell) -> None:
    code, logs = run_command(ada, "entra", "kubectl auth whoami -o jsonpath={.status.userInfo.username}")
    assert (code, logs) == (0, "ada@contoso.onmicrosoft.com")


def test_long_output_is_cut_without_a_word(ada: Shell) -> None:
    code, logs = run_command(ada, "vault", "yes 0123456 | head -n 100000")
    assert (code, len(logs)) == (0, 512 * 1024)


def test_a_large_file_is_refused_without_saying_how_large_it_may_be(ada: Shell, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(2_000_000))
    done = az_invoke(ada, "vault", "ls", "--file", str(large))
    assert done.code == 1
    assert "ERROR: Operation returned an invalid status 'Request Entity Too Large'" in done.err


def test_a_reader_may_not_run_but_read(ada: Shell, open_shell: Opener) -> None:
    cat = open_shell("cat")
    cat.az("login", "--identity")
    done = az_invoke(cat, "vault", "ls")
    assert done.code == 1
    assert "Microsoft.ContainerService/managedClusters/runcommand/action" in done.err
    identity = ada.az("aks", "command", "invoke", "-g", GROUP, "-n", "vault", "--command", "echo seen")["id"]
    assert "seen\n" in az_result(cat, "vault", identity).out


def test_it_is_switched_off_by_az(ada: Shell) -> None:
    ada.aks("update", "vault", "--disable-run-command")
    done = az_invoke(ada, "vault", "ls")
    assert (done.code, "disabled" in done.err) == (1, True)


def test_a_stopped_cluster_runs_nothing(ada: Shell) -> None:
    done = az_invoke(ada, "asleep", "ls")
    assert (done.code, "Power State(Stopped)" in done.err) == (1, True)


def test_without_ready_nodes_no_pod_comes_to_run(ada: Shell) -> None:
    ada.aks("update", "nat", "--api-server-authorized-ip-ranges", ada.address)
    done = az_invoke(ada, "nat", "ls")
    assert done.code == 1
    assert "(KubernetesPerformanceError) Pod is not schedulable" in done.err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("denies", FAILURE + DENIAL),
        ("slow", "in aks-command namespace did not start within 30s on your cluster"),
    ],
)
def test_why_a_pod_does_not_start_is_told(troubled: Shell, name: str, words: str) -> None:
    done = az_invoke(troubled, name, "ls")
    assert done.code == 1
    assert words in done.err


@pytest.mark.parametrize(("name", "reason"), [("fails", "ImagePullBackOff"), ("brief", "DeadlineExceeded")])
def test_why_a_pod_fails_later_is_told_by_result_only_and_invoke_tells_no_id(
    troubled: Shell, name: str, reason: str
) -> None:
    done = az_invoke(troubled, name, "sleep 30")
    assert (done.code, "Operation returned an invalid status 'OK'" in done.err) == (1, True)
    [identity] = re.findall(r"command id: (\w{32})", az_invoke(troubled, name, "sleep 30", "--no-wait").out)
    assert identity not in done.out + done.err
    time.sleep(1.5)
    told = az_result(troubled, name, identity)
    assert (told.code, f"command failed with reason: {reason}" in told.out) == (0, True)
