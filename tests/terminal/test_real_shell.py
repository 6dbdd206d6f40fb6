"""The parts virtual time cannot show: a real terminal, real signals, real death. Real time, a fast world.

Each test has a world of its own, held by `aksess-sim up`, so that a second command can look at what the first left.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pytest

BIN = Path(sys.executable).parent
CLUSTER = ("-g", "rg-demo", "-n", "web")
ADDRESS = "20.90.7.7"
SPEED = "45"
PATIENCE = 30


@dataclass
class World:
    """The world that is up, seen from outside."""

    environment: dict[str, str]

    def inside(self, *command: str, person: str = "ada", address: str = ADDRESS) -> list[str]:
        return [str(BIN / "aksess-sim"), "run", "--as", person, "--from", address, "--", *command]

    def run(self, *command: str, address: str = ADDRESS) -> "subprocess.CompletedProcess[str]":
        words = self.inside(*command, address=address)
        return subprocess.run(
            words, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def start(self, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.inside(*command), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def ranges(self) -> list[str]:
        return list(self._web()["ranges"])

    def _web(self) -> Any:
        status = subprocess.run(
            [str(BIN / "aksess-sim"), "status", "-o", "json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return next(one for one in json.loads(status.stdout)["clusters"] if one["name"] == "web")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "PATH": path, "SHELL": "/bin/bash", "TERM": "dumb"}
    sim = str(BIN / "aksess-sim")
    subprocess.run([sim, "up", "--background", "--speed", SPEED], env=environment, check=True, capture_output=True)
    yield World(environment)
    subprocess.run([sim, "down"], env=environment, check=True, capture_output=True)


def test_a_shell_opens_works_and_closes_behind_you(world: World) -> None:
    before = world.ranges()
    words = world.inside("aksess", "connect", *CLUSTER)
    shell = pexpect.spawn(words[0], words[1:], env=world.environment, encoding="utf-8", timeout=PATIENCE, echo=False)
    shell.expect(r"proven: the API server answered 200")
    shell.expect(r"\[web via allowlist 4\d\dm\]")
    shell.sendline("echo config $(stat -c %a $KUBECONFIG) $(basename $KUBECONFIG)")
    shell.expect("config 600 config")
    assert f"{ADDRESS}/32" in world.ranges()
    shell.sendline("exit 7")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 7
    assert world.ranges() == before


def test_ctrl_c_while_opening_closes(world: World) -> None:
    before = world.ranges()
    words = world.inside("aksess", "connect", *CLUSTER, "--", "true")
    shell = pexpect.spawn(words[0], words[1:], env=world.environment, encoding="utf-8", timeout=PATIENCE)
    shell.expect("the cluster takes the change")
    shell.sendintr()
    shell.expect("closing")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 130
    assert world.ranges() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_child_and_closes(world: World, number: signal.Signals) -> None:
    before = world.ranges()
    process = world.start("aksess", "connect", *CLUSTER, "--", "sh", "-c", "echo inside; exec sleep 60")
    _wait_for(process, "inside")
    process.send_signal(number)
    _end(process)
    assert process.returncode == 128 + number
    assert world.ranges() == before


def test_after_kill_9_anyone_can_finish_it(world: World) -> None:
    """That a sweep does it once the lease is over is shown on virtual time (test_safety_*): a lease lasts a minute."""
    before = world.ranges()
    process = world.start("aksess", "connect", *CLUSTER, "--", "sh", "-c", "echo $PPID inside; exec sleep 15")
    line = _wait_for(process, "inside")
    os.kill(int(line.split()[0]), signal.SIGKILL)
    process.wait(timeout=PATIENCE)
    _end(process)
    assert f"{ADDRESS}/32" in world.ranges()
    revoked = world.run("aksess", "revoke", *CLUSTER, "--all", "-o", "json", address="20.90.7.8")
    assert revoked.returncode == 0, revoked.stderr
    assert [one["address"] for one in json.loads(revoked.stdout)["leases"]] == [f"{ADDRESS}/32"]
    assert world.ranges() == before


def test_the_command_s_exit_code_is_ours(world: World) -> None:
    ran = world.run("aksess", "connect", *CLUSTER, "--", "sh", "-c", "exit 3")
    assert ran.returncode == 3, ran.stderr


def test_a_kubeconfig_is_held_for_other_tools(world: World) -> None:
    before = world.ranges()
    process = world.start("aksess", "connect", *CLUSTER, "--print-kubeconfig")
    path = Path(_wait_for(process, "/config").strip())
    assert json.loads(path.read_text(encoding="utf-8"))["current-context"] == "web"
    process.send_signal(signal.SIGINT)
    _end(process)
    assert not path.parent.exists()
    assert world.ranges() == before


def _end(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    process.wait(timeout=PATIENCE)
    process.stdout.close()


def _wait_for(process: "subprocess.Popen[str]", text: str) -> str:
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return line
    raise AssertionError("".join(seen))
