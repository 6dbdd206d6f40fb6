"""The shapes people and scripts read: keys, short durations, dates in UTC."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

import pytest

from aksess.azure.ids import ClusterId
from aksess.cli.shown import LEASE_COLUMNS, duration, iso, lease_data, lease_row, verdict_data, verdict_row
from aksess.errors import RouteRefused
from aksess.leases.model import Holder, State, new_lease
from aksess.routes.base import RouteName, Verdict

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LEASE = new_lease(
    ClusterId("s", "rg", "web"),
    IPv4Network("20.1.2.3/32"),
    Holder("ada", "oid"),
    reason="INC-7",
    created=NOW,
    lasts=timedelta(minutes=30),
)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0s"),
        (0, "0s"),
        (45.9, "45s"),
        (119, "119s"),
        (120, "2m"),
        (1799, "29m"),
        (7199, "119m"),
        (7200, "2h00"),
        (28799, "7h59"),
    ],
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert duration(seconds).removesuffix("m" if "h" in shown else "") == shown


def test_a_lease_as_data() -> None:
    assert lease_data(LEASE) == {
        "id": LEASE.id,
        "cluster": str(LEASE.cluster),
        "address": "20.1.2.3/32",
        "holder": {"name": "ada", "objectId": "oid"},
        "reason": "INC-7",
        "created": "2026-01-02T03:04:05Z",
        "ends": "2026-01-02T03:34:05Z",
        "state": "wanted",
        "added": False,
        "settled": False,
    }


def test_a_lease_as_a_row() -> None:
    assert len(lease_row(LEASE, NOW)) == len(LEASE_COLUMNS)
    assert lease_row(LEASE, NOW)[3] == "in 30m"
    assert lease_row(LEASE.become(State.RELEASED), NOW)[3] == "ended"


def test_a_verdict_as_data_and_as_a_row() -> None:
    refused = Verdict(RouteName.ALLOWLIST, False, "because", "as before", refusal=RouteRefused("because", "do that"))
    assert verdict_data(refused) == {
        "route": "allowlist",
        "usable": False,
        "why": "because",
        "posture": "as before",
        "seconds": None,
        "usdPerMonth": 0.0,
        "nextStep": "do that",
    }
    assert verdict_row(refused) == ("allowlist", "no", "-", "because")
    assert verdict_row(Verdict(RouteName.DIRECT, True, "open", "as before", 0.04))[1:3] == ("yes", "0 s")


def test_dates_are_utc_to_the_second() -> None:
    assert iso(NOW) == "2026-01-02T03:04:05Z"
