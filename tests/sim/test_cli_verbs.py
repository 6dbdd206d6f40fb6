"""The verbs against one world that is up: real processes, real time, as a person types them."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.terminal import Terminal

FETCH = "import sys, urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())"
TOO_MANY = """
import sys, urllib.request
try:
    urllib.request.urlopen(sys.argv[1])
except OSError as error:
    print(error.code, error.headers["Retry-After"])
"""
ECHO = "https://api.ipify.org/"


@pytest.fixture
def nowhere(tmp_path: Path) -> Terminal:
    """A terminal of somebody who has no world up."""
    return Terminal(tmp_path, {})


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A terminal beside a world that is up."""
    terminal = Terminal(tmp_path_factory.mktemp("runtime"), {"AZURE_CLIENT_SECRET": "real", "NO_PROXY": "*"})
    assert terminal.type("up", "--background").returncode == 0
    yield terminal
    assert terminal.type("down").returncode == 0


def test_a_second_world_is_refused(here: Terminal) -> None:
    for words in (("up",), ("up", "--background")):
        second = here.type(*words)
        assert second.returncode == 65
        assert "a world is up already" in second.stderr
        assert "hint: " in second.stderr


def test_what_the_world_keeps_on_disk_is_its_owners_alone(here: Terminal) -> None:
    directory = here.runtime / "aksess-sim"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert {"world.json", "ca.pem", "lock"} <= modes.keys()


def test_status_tells_what_arm_shows_from_what_is_enforced(here: Terminal) -> None:
    clusters = {cluster["name"]: cluster for cluster in here.told("status")["clusters"]}
    assert clusters["sealed"]["ranges"] == clusters["sealed"]["enforced"] == ["0.0.0.0/32"]
    assert clusters["open"]["enforced"] == []
    assert not clusters["asleep"]["running"]


def test_a_command_sees_the_internet_from_its_own_address(here: Terminal) -> None:
    done = here.type("run", "--as", "cat", "--from", "51.7.7.7", "--", sys.executable, "-c", FETCH, ECHO)
    assert done.stdout == "51.7.7.7"
    sessions = here.told("status")["sessions"]
    assert ("cat", "51.7.7.7") in [(session["person"], session["address"]) for session in sessions]


def test_a_persons_own_credentials_stay_outside(here: Terminal) -> None:
    done = here.type("run", "--", "env")
    names = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert "AZURE_CLIENT_SECRET" not in names
    assert "NO_PROXY" not in names
    assert {"HTTPS_PROXY", "ACC_CLOUD", "MSI_ENDPOINT", "PATH"} <= names


@pytest.mark.parametrize(
    ("command", "expected"),
    [(("sh", "-c", "exit 7"), 7), (("sh", "-c", "kill -TERM $$"), 143), (("no-such-command",), 127), (("/",), 126)],
)
def test_the_exit_code_is_the_commands_own(here: Terminal, command: tuple[str, ...], expected: int) -> None:
    assert here.type("run", "--", *command).returncode == expected


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_are_passed_on(here: Terminal, number: signal.Signals) -> None:
    script = "trap 'exit 42' TERM INT; echo ready; while :; do sleep 0.05; done"
    process = here.start("run", "--", "bash", "-c", script)
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(10) == 42


@pytest.mark.parametrize("words", [("--as", "eve"), ("--network", "no/where"), ("--from", "here")])
def test_what_the_world_does_not_know_is_refused(here: Terminal, words: tuple[str, ...]) -> None:
    done = here.type("run", *words, "--", "true")
    assert done.returncode == 68
    assert words[1] in done.stderr


def test_a_fault_strikes_and_is_used_up(here: Terminal) -> None:
    armed = here.type("fault", "status", "--host", "api.ipify.org", "--status", "429", "--header", "Retry-After=3")
    assert armed.stdout == "status: * api.ipify.org* (1 times)\n"
    struck = here.type("run", "--", sys.executable, "-c", TOO_MANY, ECHO)
    assert struck.stdout == "429 3\n"
    assert here.type("fault", "list").stdout == ""


def test_faults_can_be_disarmed(here: Terminal) -> None:
    here.type("fault", "cut", "--count", "0")
    assert here.type("fault", "list").stdout == "cut: * ** (always)\n"
    here.type("fault", "clear")
    assert here.type("fault", "list").stdout == ""


def test_the_journal_holds_no_secret_of_a_shell(here: Terminal) -> None:
    done = here.type("run", "--", sys.executable, "-c", f"import os; print(os.environ['HTTPS_PROXY']); {FETCH}", ECHO)
    password = done.stdout.partition("@")[0].rpartition(":")[2]
    written = here.type("journal", "-o", "json").stdout
    assert "api.ipify.org" in written
    assert password not in written


def test_reset_begins_anew(here: Terminal) -> None:
    here.type("run", "--", sys.executable, "-c", FETCH, ECHO)
    here.type("fault", "hang")
    assert here.told("journal", "--host", "api.ipify.org")
    assert here.type("reset").returncode == 0
    assert here.told("journal") == []
    assert here.type("fault", "list").stdout == ""


def test_a_world_that_was_killed_is_no_world(nowhere: Terminal) -> None:
    pid = nowhere.told("up", "--background")["pid"]
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        gone = nowhere.type("status")
        if gone.returncode == 64:
            break
        time.sleep(0.05)
    assert "no world is up" in gone.stderr
    assert nowhere.type("up", "--background").returncode == 0
    assert nowhere.type("down").returncode == 0


def test_down_returns_when_the_place_is_free(nowhere: Terminal) -> None:
    for _ in range(2):
        assert nowhere.type("up", "--background").returncode == 0
        assert nowhere.type("down").returncode == 0


@pytest.mark.parametrize("verb", ["down", "status", "reset", "journal"])
def test_without_a_world_the_next_step_is_told(nowhere: Terminal, verb: str) -> None:
    done = nowhere.type(verb)
    assert done.returncode == 64
    assert "aksess-sim up" in done.stderr


def test_a_command_without_a_world_has_its_own(nowhere: Terminal) -> None:
    inside = "aksess_sim=$0; $aksess_sim -m aksess_sim status -o json"
    done = nowhere.type("run", "--speed", "7", "--", "sh", "-c", inside, sys.executable)
    assert json.loads(done.stdout)["speed"] == 7
    assert nowhere.type("status").returncode == 64


@pytest.mark.parametrize("words", [("run", "--", "true"), ("up", "--background"), ("up",)])
def test_a_world_file_that_is_wrong_names_the_place(nowhere: Terminal, words: tuple[str, ...]) -> None:
    file = nowhere.runtime / "w.yaml"
    file.write_text("clusters: {web: {rangs: []}}")
    done = nowhere.type(words[0], "--world", str(file), *words[1:])
    assert done.returncode == 66
    assert "w.yaml" in done.stderr
    assert "rangs" in done.stderr
    assert "Traceback" not in done.stderr


def test_version_and_help_come_at_once(nowhere: Terminal) -> None:
    assert nowhere.type("--version").stdout == "aksess-sim 0.1.0\n"
    loaded = "import sys, aksess_sim.cli.app as a; sys.stdout.write(str('aiohttp' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "False"
