"""The article's allow-list script, verbatim, with the real az: where it works, and what goes wrong on its own.

Each misfortune below is az's or the script's, not this world's; docs/findings.md tells the stories.
"""

import time
from collections.abc import Callable
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


def test_two_people_at_once_and_one_is_turned_away(ada: Shell, open_shell: Opener) -> None:
    """The second PUT meets the first one's operation; the script neither waits nor tries again."""
    other = open_shell("ada")
    other.az("login", "--identity")
    processes = [shell.start("bash", SCRIPT, GROUP, "web") for shell in (ada, other)]
    outcomes = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]
    assert sorted(code for _, code in outcomes) == [0, 1]
    assert any("(OperationNotAllowed)" in err for err, _ in outcomes)


def test_a_slow_second_person_wipes_the_first_ones_address_out(ada: Shell, open_shell: Opener) -> None:
    """Read before the first one's change, written after it: az sends no If-Match, so nobody notices."""
    slow = open_shell("ada")
    slow.az("login", "--identity")
    session = slow.session.caller.session
    # the script's second read of the cluster, by `az aks update`, comes after it has made up the new list
    ada.world.verb("fault", "slow", "--session", session, "--method", "PUT", "--seconds", "300")
    with slow.start("bash", SCRIPT, GROUP, "web") as process:
        _until_it_writes(ada.world, session)
        assert article(ada, "web").code == 0
        assert ada.address in ada.world.cluster("web")["enforced"]
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert slow.address in ada.world.cluster("web")["enforced"]
    assert ada.address not in ada.world.cluster("web")["enforced"]


def _until_it_writes(world: World, session: str) -> None:
    deadline = time.monotonic() + 20
    while not any(entry["session"] == session for entry in world.requests("PUT")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_leaves_the_address_behind(ada: Shell) -> None:
    """Nothing in it takes the address away again: a second visit from elsewhere only adds."""
    article(ada, "web")
    elsewhere = ada.world.open("ada", ada.home, address="51.99.9.9")
    assert article(elsewhere, "web").code == 0
    assert {ada.address, "51.99.9.9/32"} < set(ada.world.cluster("web")["enforced"])
