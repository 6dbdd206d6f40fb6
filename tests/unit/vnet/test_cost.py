"""What a month costs: everything that is paid by time, once, with the date of the prices."""

import pytest

from aksess.azure.prices import BUILT_IN
from aksess.vnet.compare import compared
from aksess.vnet.cost import cost_of, told
from aksess.vnet.model import Part
from unit.vnet.surveys import as_made, planned, public


def test_a_private_one() -> None:
    cost = cost_of(planned(), BUILT_IN)
    assert {line.what: line.usd_month for line in cost.lines} == {
        "relay, while a shell is open": 9.78,
        "private endpoint of the relay": 7.3,
        "private DNS zone of relays": 0.5,
    }
    assert cost.usd_month == pytest.approx(17.58)


def test_a_public_one_has_a_gateway_and_an_address() -> None:
    cost = cost_of(planned(public()), BUILT_IN)
    by_what = {line.what: line.usd_month for line in cost.lines}
    assert by_what["NAT gateway"] == pytest.approx(32.85)
    assert by_what["public address"] == pytest.approx(3.65)


def test_what_stands_is_paid_already() -> None:
    plan = planned()
    relay = plan.piece(Part.RELAY)
    assert relay
    again = cost_of(compared(plan, as_made(plan, frozenset({relay.id}))), BUILT_IN)
    assert [line.what for line in again.lines if line.new] == ["relay, while a shell is open"]
    assert again.usd_month == pytest.approx(17.58)
    assert again.usd_month_new == pytest.approx(9.78)


def test_the_date_is_told() -> None:
    line = told(cost_of(planned(), BUILT_IN))
    assert BUILT_IN.read.isoformat() in line
    assert BUILT_IN.source in line
    assert "17.58 USD" in line
