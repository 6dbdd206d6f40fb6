"""Addresses that cannot be leased: each has its own sentence, and Azure is never asked to change anything."""

import pytest

from journeys.stage import Stage
from journeys.staged import nothing_changes, on_stage, refused

WRONG = [
    ("20.1.2", "range-malformed", "`20.1.2` is neither an IPv4 address nor a range", "20.1.2.3 or 20.1.2.0/28"),
    ("20.1.2.3/33", "range-malformed", "neither an IPv4 address nor a range", "write it like"),
    ("020.1.2.3", "range-malformed", "neither", "write it like"),
    ("AzureCloud", "range-malformed", "neither", "write it like"),
    ("20.1.2.3,20.1.2.4", "range-malformed", "neither", "write it like"),
    ("20.1.2.3/28", "range-host-bits", "would begin at 20.1.2.0", "write 20.1.2.0/28 if that is meant, or 20.1.2.3"),
    ("2001:db8::1", "range-ipv6", "is an IPv6 address; AKS takes IPv4 only", "--ip"),
    ("::/0", "range-ipv6", "IPv6", "--ip"),
    ("::ffff:20.1.2.3", "range-ipv6", "IPv6", "--ip"),
    ("20.1.2.0/28", "range-wide", "holds 16 addresses; the widest allowed here is /32", "AKSESS_WIDEST"),
    ("0.0.0.0/0", "range-wide", "4294967296 addresses", "AKSESS_WIDEST"),
    ("10.1.2.3", "range-not-public", "private or documentation", "curl https://api.ipify.org"),
    ("192.168.0.1/32", "range-not-public", "private or documentation", "curl"),
    ("203.0.113.9", "range-not-public", "private or documentation", "curl"),
    ("100.64.9.9", "range-not-public", "a carrier's shared address", "curl"),
    ("127.0.0.1", "range-not-public", "loopback", "curl"),
    ("169.254.169.254", "range-not-public", "", "curl"),
    ("0.0.0.0", "range-not-public", "", "curl"),
    ("0.0.0.0/32", "range-not-public", "", "curl"),
    ("255.255.255.255", "range-not-public", "", "curl"),
    ("224.0.0.1", "range-not-public", "a reserved address", "curl"),
]


@pytest.mark.parametrize(("typed", "code", "says", "next_step"), WRONG, ids=[one[0] for one in WRONG])
@on_stage()
async def test_an_address_that_cannot_be_leased(on: Stage, typed: str, code: str, says: str, next_step: str) -> None:
    ada = on.shell()
    with nothing_changes(on):
        for command in (("allow",), ("connect", "--explain"), ("connect", "--print-kubeconfig")):
            refused(await ada.run(*command, "-n", "web", "--ip", typed), 2, code, says, next_step)


@on_stage()
async def test_a_range_is_leased_as_wide_as_policy_allows(on: Stage) -> None:
    ada = on.shell()
    ada.environment["AKSESS_WIDEST"] = "28"
    before = on.ranges("web")
    refused(
        await ada.run("allow", "-n", "web", "--ip", "20.1.2.0/27"), 2, "range-wide", "the widest allowed here is /28"
    )
    assert (await ada.run("allow", "-n", "web", "--ip", " 20.1.2.0/28 ")).code == 0
    assert on.ranges("web") == [*before, "20.1.2.0/28"]


@pytest.mark.parametrize("value", ["7", "33", "0", "wide", "-1", "32.0"])
@on_stage()
async def test_a_policy_that_cannot_be_meant_stops_everything(on: Stage, value: str) -> None:
    ada = on.shell()
    ada.environment["AKSESS_WIDEST"] = value
    refused(await ada.run("leases", "-n", "web"), 2, "bad-input", "AKSESS_WIDEST", "from 8 to 32")
    assert not len(on.azure.journal)


@pytest.mark.parametrize("lasts", ["9h", "30s", "0m"])
@on_stage()
async def test_a_lease_that_is_too_long_or_too_short(on: Stage, lasts: str) -> None:
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "web", "--for", lasts)
        refused(played, 2, "lease-length", "give --for between 1m and 8h")


@pytest.mark.parametrize("lasts", ["soon", "", "1d", "-5m", "1.5h", "m"])
@on_stage()
async def test_a_duration_that_is_none_is_a_usage_error(on: Stage, lasts: str) -> None:
    played = await on.shell().run("allow", "-n", "web", "--for", lasts)
    assert played.code == 2
    assert "is not a duration; write it like 90s, 30m, 2h or 1h30m" in played.stderr
    assert not len(on.azure.journal)
