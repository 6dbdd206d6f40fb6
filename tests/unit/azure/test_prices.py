"""Prices come from the (simulated) list, are kept for a week, and are never missing."""

import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aksess.azure.prices import BUILT_IN, KEPT, LIST, Meter, Price, PriceList, Prices, choose
from aksess.clock import Clock
from aksess.wire import Wire
from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage, play, stage

HOUR = "hour"


def with_prices(folder: Path, scene: Callable[[Stage, Prices, Clock], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        async with stage() as on:
            wire, clock = Wire(on.shell().environment), Clock()
            try:
                await scene(on, Prices(wire, clock, folder), clock)
            finally:
                await wire.aclose()

    play(whole())


def asked(on: Stage) -> int:
    return sum(one.host == "prices.azure.com" and one.method == "GET" for one in on.azure.journal)


def test_every_meter_is_in_the_list(tmp_path: Path) -> None:
    async def scene(on: Stage, prices: Prices, clock: Clock) -> None:
        found = await prices.of_region("westeurope")
        assert (found.source, found.read) == (LIST, clock.now().date())
        assert set(found.prices) == set(Meter)
        assert found.prices[Meter.NAT_GATEWAY] == Price(0.045, HOUR)
        assert found.prices[Meter.RELAY_LISTENER] == Price(0.0134, HOUR)
        assert found.prices[Meter.PUBLIC_ADDRESS] == Price(0.005, HOUR)
        assert found.prices[Meter.PRIVATE_ENDPOINT] == Price(0.01, HOUR)
        assert found.prices[Meter.PRIVATE_ZONE] == Price(0.5, "month")

    with_prices(tmp_path, scene)


def test_they_are_kept_for_a_week_and_then_asked_again(tmp_path: Path) -> None:
    async def scene(on: Stage, prices: Prices, clock: Clock) -> None:
        first = await prices.of_region("westeurope")
        before = asked(on)
        again = await prices.of_region("westeurope")
        assert (again.prices, again.read, again.source) == (first.prices, first.read, KEPT)
        assert asked(on) == before
        await prices.of_region("eastus")
        assert asked(on) > before
        clock.follow(clock.now() + timedelta(days=8))
        before = asked(on)
        assert (await prices.of_region("westeurope")).source == LIST
        assert asked(on) > before
        assert (await prices.of_region("eastus")).read == clock.now().date(), "one region does not push out another"

    with_prices(tmp_path, scene)


STRANGE = Fault(Kind.STATUS, status=200, body='{"Items": ["x", 7]}', headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("fault", [Fault(Kind.STATUS, status=503), Fault(Kind.CUT), Fault(Kind.HANG), STRANGE])
def test_without_an_answer_the_kept_ones_then_the_built_in_ones(tmp_path: Path, fault: Fault) -> None:
    async def scene(on: Stage, prices: Prices, clock: Clock) -> None:
        fault.host, fault.count = "prices.azure.com", None
        on.azure.faults.arm(fault)
        assert await prices.of_region("westeurope") == BUILT_IN
        day = (clock.now() - timedelta(days=40)).date()
        kept = {"westeurope": {"read": day.isoformat(), "prices": {"NAT gateway": [9.0, HOUR]}}}
        (tmp_path / "prices.json").write_text(json.dumps(kept))
        found = await prices.of_region("westeurope")
        assert (found.read, found.source, found.prices[Meter.NAT_GATEWAY]) == (day, KEPT, Price(9.0, HOUR))

    with_prices(tmp_path, scene)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"westeurope": 1}', '{"westeurope": {"read": "x", "prices": {}}}'])
def test_a_spoilt_file_is_replaced(tmp_path: Path, text: str) -> None:
    async def scene(on: Stage, prices: Prices, clock: Clock) -> None:
        (tmp_path / "prices.json").write_text(text)
        assert (await prices.of_region("westeurope")).source == LIST
        assert (await prices.of_region("westeurope")).source == KEPT

    with_prices(tmp_path, scene)


def test_nothing_is_told_of_whoever_asks(tmp_path: Path) -> None:
    async def scene(on: Stage, prices: Prices, clock: Clock) -> None:
        await prices.of_region("westeurope")
        told = [one.path for one in on.azure.journal if one.host == "prices.azure.com"]
        assert told
        assert not [one for one in told if "web" in one or "rg-demo" in one]

    with_prices(tmp_path, scene)


def row(price: float, region: str = "westeurope", **more: Any) -> dict[str, Any]:
    return {"retailPrice": price, "armRegionName": region, "tierMinimumUnits": 0.0, "type": "Consumption", **more}


@pytest.mark.parametrize(
    ("rows", "price"),
    [
        ([row(1), row(2, "eastus")], 1),
        ([row(1, "eastus"), row(3, "Global")], 3),
        ([row(1, "Global"), row(5)], 5),
        ([row(0.5, "Zone 1"), row(0.7, "Zone 2")], 0.5),
        ([row(1), row(3, tierMinimumUnits=5.0)], 1),
        ([row(1), row(9, type="Reservation")], 1),
        ([row(1, ""), row(1.5, "")], 1.5),
        ([row(1, currencyCode="EUR")], None),
        ([], None),
    ],
)
def test_the_regions_own_price_comes_first(rows: list[dict[str, Any]], price: float | None) -> None:
    assert choose(rows, "westeurope") == price


def test_what_stands_all_month() -> None:
    assert Price(0.01, HOUR).usd_month == pytest.approx(7.3)
    assert Price(0.5, "month").usd_month == 0.5
    assert Price(0.045, "GB").usd_month is None
    assert isinstance(BUILT_IN, PriceList)
    assert set(BUILT_IN.prices) == set(Meter)
