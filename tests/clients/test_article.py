"""The article's allow-list script, verbatim, with the real az: where it works, and what goes wrong on its own.

Each misfortune below is az's or the script's, not this world's; docs/findings.md tells the stories.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clients.shells import GROUP, Done, Shell, World

SCRIPT = str(Path(__file__).parent / "article.sh")
Opener = Callable[..., Shell]


def article(shell: Shell, cluster: str) -> Done:
    return shell.run("bash", SCRIPT, GROUP, cluster)


def test_it_adds_the_address_to_a_restricted_cluster(ada: Shell) -> None:
    ada.get_credentials("web")
    assert ada.kubectl("get", "nodes").code == 1
    done = article(ada, "web")
    assert done.code == 0, done
    assert f"IP {ada.session.caller.address} applied successfully" in done.out
    assert sorted(ada.world.cluster("web")["enforced"]) == sorted(["51.144.20.0/24", "40.68.115.7/32", ada.address])
    assert ada.kubectl("get", "nodes").code == 0


def test_it_fails_on_an_open_cluster(ada: Shell) -> None:
    """The empty list becomes an empty entry, which az reads as the wish to disable the ranges."""
    done = article(ada, "open")
    assert done.code == 1
    assert "cannot be disabled and simultaneously enabled" in done.err
    assert ada.world.cluster("open")["ranges"] == []
    assert ada.world.requests("PUT") == []


def test_it_fails_on_a_sealed_cluster(ada: Shell) -> None:
    """0.0.0.0/32 must stand alone; the script would have to replace it."""
    done = article(ada, "sealed")
    assert done.code == 1
    assert "0.0.0.0/32 is not allowed with other IP ranges" in done.err
    assert ada.world.requests("PUT") == []


def test_it_blames_the_ranges_on_a_private_cluster(ada: Shell) -> None:
    done = article(ada, "vault")
    assert done.code == 1
    assert "cannot be disabled and simultaneously enabled" in done.err
    assert "private" not in done.err


def test_two_people_at_once_and_one_is_turned_away(clients: Path, tmp_path: Path) -> None:
    """The second PUT meets the first one's operation; the script neither waits nor tries again."""
    world = World(Path(sys.executable), clients, tmp_path)
    world.verb("up", "--background", "--speed", "3")  # an update takes 30 seconds: nobody misses it
    shells = [world.open("ada", tmp_path / name) for name in ("one", "two")]
    for shell in shells:
        shell.az("login", "--identity")
    processes = [shell.start("bash", SCRIPT, GROUP, "web") for shell in shells]
    try:
        _until(lambda: any(process.poll() is not None for process in processes))
        turned_away = next(process for process in processes if process.poll() is not None)
        assert turned_away.returncode == 1
        assert "(OperationNotAllowed)" in turned_away.communicate()[1]
        assert len(world.requests("PUT")) == 2
    finally:
        for process in processes:
            _end(process)
        world.verb("down")


def test_a_slow_second_person_wipes_the_first_ones_address_out(ada: Shell, open_shell: Opener) -> None:
    """Read before the first one's change, written after it: az sends no If-Match, so nobody notices."""
    slow = open_shell("ada")
    slow.az("login", "--identity")
    with slow.start("bash", SCRIPT, GROUP, "web") as process:
        _until(lambda: _has_read(slow))
        process.send_signal(signal.SIGSTOP)
        assert article(ada, "web").code == 0
        assert ada.address in ada.world.cluster("web")["enforced"]
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert slow.address in ada.world.cluster("web")["enforced"]
    assert ada.address not in ada.world.cluster("web")["enforced"]


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _has_read(shell: Shell) -> bool:
    reads = shell.world.requests("GET", "/managedClusters/web")
    return any(entry["session"] == shell.session.caller.session for entry in reads)


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_leaves_the_address_behind(ada: Shell) -> None:
    """Nothing in it takes the address away again: a second visit from elsewhere only adds."""
    article(ada, "web")
    elsewhere = ada.world.open("ada", ada.home, address="51.99.9.9")
    assert article(elsewhere, "web").code == 0
    assert {ada.address, "51.99.9.9/32"} < set(ada.world.cluster("web")["enforced"])
