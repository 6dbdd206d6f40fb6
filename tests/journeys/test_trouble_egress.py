"""The address the internet sees: observers that disagree, lie, babble or keep silent; an address that moves."""

import asyncio

import pytest

from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage
from journeys.staged import all_closed, nothing_changes, on_stage, refused

HOSTS = ("api.ipify.org", "ifconfig.me", "checkip.amazonaws.com", "icanhazip.com")
EACH = 4


def tell(on: Stage, *texts: str, status: int = 200) -> None:
    """Let the first observers answer this, from now on."""
    for host, text in zip(HOSTS, texts, strict=False):
        on.azure.faults.arm(Fault(Kind.STATUS, host=host, status=status, body=text, count=None))


UNCLEAR = {
    "disagree": (["51.1.1.1"], "egress-disagreement", "api.ipify.org saw 51.1.1.1", "--ip ADDRESS"),
    "split": (["51.1.1.1", "51.1.1.1"], "egress-disagreement", "ifconfig.me saw 51.1.1.1", "more than one way"),
    "ipv6 only": (["2001:db8::7"] * EACH, "egress-ipv6-only", "over IPv6 only", "use another route"),
    "private": (["10.1.2.3"] * EACH, "egress-not-public", "10.1.2.3, a private", "rewrites answers"),
    "shared": (["100.64.0.9"] * EACH, "egress-not-public", "a carrier's shared address", "--ip ADDRESS"),
    "loopback": (["127.0.0.1"] * EACH, "egress-not-public", "loopback", "--ip ADDRESS"),
    "page": (["<html>login</html>"] * EACH, "egress-unseen", "'<html>login</html>'", "--ip ADDRESS"),
    "control": (["\x1b[31mred"] * EACH, "egress-unseen", "fewer than 2", "--ip ADDRESS"),
    "endless": (["9" * 100_000] * EACH, "egress-unseen", "fewer than 2", "--ip ADDRESS"),
    "nothing": ([""] * EACH, "egress-unseen", "'nothing'", "--ip ADDRESS"),
    "octal": (["051.1.1.1"] * EACH, "egress-unseen", "fewer than 2", "--ip ADDRESS"),
    "one left": (["x", "y", "z"], "egress-unseen", "fewer than 2", "--ip ADDRESS"),
}


@pytest.mark.parametrize("name", UNCLEAR)
@on_stage()
async def test_an_address_that_cannot_be_settled(on: Stage, name: str) -> None:
    texts, code, *says = UNCLEAR[name]
    tell(on, *texts)
    with nothing_changes(on):
        for command in (("allow",), ("connect", "--print-kubeconfig")):
            played = await on.shell(address="20.5.5.5").run(*command, "-n", "web")
            refused(played, 69, code, *says)
            assert "\x1b" not in played.stderr


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.HANG])
@on_stage()
async def test_observers_that_keep_silent(on: Stage, kind: Kind) -> None:
    for host in HOSTS:
        on.azure.faults.arm(Fault(kind, host=host, count=None))
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "web")
        refused(played, 69, "egress-unseen", *HOSTS)
        assert played.seconds < 15


@pytest.mark.parametrize("texts", [["<html>", "x"], ["2001:db8::7"], [" 20.5.5.5\r\n"] * EACH])
@on_stage()
async def test_two_who_agree_are_enough(on: Stage, texts: list[str]) -> None:
    tell(on, *texts)
    allowed = await on.shell(address="20.5.5.5").run("allow", "-n", "web", "-o", "json")
    assert allowed.code == 0, allowed
    assert allowed.data["lease"]["address"] == "20.5.5.5/32"


@on_stage()
async def test_slow_observers_hold_nobody_up_but_may_still_disagree(on: Stage) -> None:
    for host in HOSTS[:2]:
        on.azure.faults.arm(Fault(Kind.SLOW, host=host, seconds=30, count=None))
    played = await on.shell().run("allow", "-n", "web", "--dry-run")
    assert (played.code, played.seconds < 3) == (0, True), played


@on_stage()
async def test_naming_the_address_needs_no_observers(on: Stage) -> None:
    ada = on.shell()
    tell(on, *["garbage"] * EACH)
    allowed = await ada.run("allow", "-n", "web", "--ip", ada.address, "-o", "json")
    assert allowed.data["lease"]["address"] == ada.address


@pytest.mark.parametrize(
    ("observers", "says"),
    [
        ("http://api.ipify.org,http://ifconfig.me/ip", "only HTTPS observers can be believed"),
        ("https://api.ipify.org", "fewer than 2 observers"),
        ("garbage", "only HTTPS observers can be believed"),
        ("https://nowhere.example,https://api.ipify.org", "fewer than 2 observers"),
    ],
)
@on_stage()
async def test_observers_of_ones_own_must_be_two_and_speak_https(on: Stage, observers: str, says: str) -> None:
    ada = on.shell()
    ada.environment["AKSESS_OBSERVERS"] = observers
    with nothing_changes(on):
        refused(await ada.run("allow", "-n", "web"), 69, "egress-unseen", says)
    assert not on.azure.journal.find(host="icanhazip.com"), "nobody else was asked"


@on_stage()
async def test_the_same_observer_twice_is_one_witness(on: Stage) -> None:
    ada = on.shell()
    ada.environment["AKSESS_OBSERVERS"] = "https://ifconfig.me/ip,https://IFCONFIG.me/"
    with nothing_changes(on):
        refused(await ada.run("allow", "-n", "web"), 69, "egress-unseen", "fewer than 2")


@on_stage()
async def test_an_open_cluster_needs_no_address(on: Stage) -> None:
    tell(on, *["garbage"] * EACH)
    with nothing_changes(on):
        assert (await on.shell().run("connect", "-n", "open", "--explain")).code == 0


@on_stage()
async def test_an_address_that_moves_in_mid_opening_is_seen_and_said(on: Stage) -> None:
    ada = on.shell()
    before = on.ranges("web")
    opening = on.tasks.create_task(ada.run("allow", "-n", "web"))
    await asyncio.sleep(20)
    on.azure.move_session(ada.session, "20.77.1.2")
    played = await opening
    refused(played, 70, "egress-moved", "this shell is now seen as 20.77.1.2", "run the same command again")
    all_closed(on, "web", before)
    again = await ada.run("allow", "-n", "web", "-o", "json")
    assert again.data["lease"]["address"] == "20.77.1.2/32"
