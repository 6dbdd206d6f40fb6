"""aksess's own way through a Bastion, in processes of its own, with the real kubectl at the tunnel's port."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clients.shells import GROUP, Shell, World

VAULT = ("connect", "-g", GROUP, "-n", "vault", "--via", "bastion")
MEBIBYTE = 1 << 20
COMMAND = (sys.executable, "-m", "aksess", *VAULT)


@contextmanager
def held(shell: Shell) -> Iterator["subprocess.Popen[str]"]:
    """A tunnel that is held, its kubeconfig in the shell's environment."""
    process = shell.start(*COMMAND, "--print-kubeconfig")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        kubeconfig = process.stdout.readline().strip()
        assert kubeconfig, process.stderr.read()
        assert json.loads(Path(kubeconfig).read_text())["clusters"][0]["cluster"]["server"].startswith(
            "https://127.0.0.1:"
        )
        shell.environment["KUBECONFIG"] = kubeconfig  # type: ignore[index]  # a dict in truth
        yield process
    finally:
        shell.environment.pop("KUBECONFIG", None)  # type: ignore[attr-defined]
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        process.stdout.close()
        process.stderr.close()


def sessions(world: World) -> tuple[int, int]:
    """(live, left behind) of the hub's Bastion."""
    host = json.loads(world.verb("bastion", "-o", "json"))[0]
    return host["live"], host["left_behind"]


def test_twenty_kubectls_share_one_tunnel_and_leave_nothing(world: World, ada: Shell) -> None:
    crowd = "for n in $(seq 20); do kubectl get namespaces -o name & done; wait"
    done = ada.run(*COMMAND, "--", "sh", "-c", crowd)
    assert (done.code, done.out.splitlines().count("namespace/kube-system")) == (0, 20), done
    assert sessions(world) == (0, 0)


def test_the_command_s_exit_code_is_ours(ada: Shell) -> None:
    done = ada.run(*COMMAND, "--", "kubectl", "get", "pod", "nosuch")
    assert (done.code, "NotFound" in done.err) == (1, True), done


def test_bytes_come_and_go_unchanged(world: World, ada: Shell, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    sent.write_bytes(os.urandom(32 * MEBIBYTE))
    there_and_back = f"kubectl exec -i -n demo deploy/hello -- cat < {sent} | sha256sum"
    done = ada.run(*COMMAND, "--", "sh", "-c", there_and_back)
    assert done.out.split()[:1] == [hashlib.sha256(sent.read_bytes()).hexdigest()], done
    assert sessions(world) == (0, 0)


def test_a_restart_ends_what_runs_and_new_connections_work_again(world: World, ada: Shell) -> None:
    with held(ada) as tunnel, ada.start("kubectl", "get", "pods", "-A", "-w") as watch:
        while sessions(world)[0] == 0:
            time.sleep(0.1)
        world.verb("bastion", "restart", "hub-bastion")
        watch.communicate(timeout=30)
        deadline = time.monotonic() + 30
        while (again := ada.kubectl("get", "namespaces", "-o", "name")).code != 0:
            assert time.monotonic() < deadline, again
            time.sleep(0.2)
        assert "namespace/kube-system" in again.out
        tunnel.send_signal(signal.SIGINT)
        assert tunnel.stderr is not None
        assert "new connections are made by themselves" in tunnel.stderr.read()


def test_kill_9_leaves_one_session_for_each_connection_that_stood(world: World, ada: Shell) -> None:
    """Nobody is left to give it back; the host gives it up by itself, and says so meanwhile."""
    with held(ada) as tunnel, ada.start("kubectl", "get", "pods", "-A", "-w") as watch:
        assert watch.stdout is not None
        assert watch.stdout.readline(), "the watch itself stands, and not only kubectl's first questions"
        tunnel.kill()
        watch.communicate(timeout=30)
        assert sessions(world) == (0, 1)
