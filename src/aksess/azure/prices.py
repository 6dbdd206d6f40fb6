"""List prices from Azure's public price list, kept for a week; else those kept before, else those built in, as is said.

The list asks for no sign-in, and nobody's name or resource is sent to it. What somebody really pays may differ: list
prices know no agreement. (Azure Retail Prices overview; only US dollars are authoritative there.)
"""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from aksess.clock import Clock
from aksess.tasks import owned_tasks
from aksess.wire import Wire

ADDRESS = "https://prices.azure.com/api/retail/prices"
HOURS_A_MONTH = 730
KEPT_FOR = timedelta(days=7)
ANSWER_SECONDS, MOST_PAGES = 15.0, 20


class Meter(StrEnum):
    """What is asked for; the value is what people read."""

    NAT_GATEWAY = "NAT gateway"
    NAT_DATA = "NAT gateway, data"
    PUBLIC_ADDRESS = "public address"
    PRIVATE_ENDPOINT = "private endpoint"
    RELAY_LISTENER = "relay listener"
    PRIVATE_ZONE = "private DNS zone"


@dataclass(frozen=True)
class Price:
    """US dollars for one unit: an hour, a month or a GB."""

    usd: float
    unit: str

    @property
    def usd_month(self) -> float | None:
        """Standing day and night; None for what is counted by use."""
        return {"hour": self.usd * HOURS_A_MONTH, "month": self.usd}.get(self.unit)


@dataclass(frozen=True)
class PriceList:
    """`source` says where it is from, `read` when it was so there. Every meter has a price."""

    prices: Mapping[Meter, Price]
    read: date
    source: str


@dataclass(frozen=True)
class _Row:
    """How a meter is called in the list, and in which unit its price is told."""

    meter: str
    unit: str
    service: str = ""


_ROWS = {
    Meter.NAT_GATEWAY: _Row("Standard Gateway", "hour", service="NAT Gateway"),
    Meter.NAT_DATA: _Row("Standard Data Processed", "GB", service="NAT Gateway"),
    Meter.PUBLIC_ADDRESS: _Row("Standard IPv4 Static Public IP", "hour", service="Virtual Network"),
    # Its service is told as `Azure Private Link` here and as `Virtual Network` there: the meter alone is sure.
    Meter.PRIVATE_ENDPOINT: _Row("Standard Private Endpoint", "hour"),
    Meter.RELAY_LISTENER: _Row("Hybrid Connections Listener Unit", "hour", service="Service Bus"),
    Meter.PRIVATE_ZONE: _Row("Private Zone", "month", service="Azure DNS"),
}
BUILT_IN = PriceList(
    {
        Meter.NAT_GATEWAY: Price(0.045, "hour"),
        Meter.NAT_DATA: Price(0.045, "GB"),
        Meter.PUBLIC_ADDRESS: Price(0.005, "hour"),
        Meter.PRIVATE_ENDPOINT: Price(0.01, "hour"),
        Meter.RELAY_LISTENER: Price(0.0134, "hour"),
        Meter.PRIVATE_ZONE: Price(0.5, "month"),
    },
    date(2026, 11, 23),
    "built in, not read from the list",
)
"""For when the list cannot be had: gathered then from what others had recorded of it."""
LIST, KEPT = "price list", "price list, kept"


class Prices:
    """Never fails: a plan without a price is still a plan."""

    def __init__(self, wire: Wire, clock: Clock, folder: Path) -> None:
        self._wire = wire
        self._clock = clock
        self._file = folder / "prices.json"

    async def of_region(self, region: str) -> PriceList:
        """The newest that can be had."""
        kept, today = self._kept(region), self._clock.now().date()
        if kept is not None and timedelta() <= today - kept.read < KEPT_FOR:
            return kept
        try:
            asked = await self._ask(region)
        except (aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError):
            return kept or BUILT_IN
        if not asked:
            return kept or BUILT_IN
        found = PriceList({**BUILT_IN.prices, **asked}, today, LIST if len(asked) == len(_ROWS) else f"{LIST}, partly")
        self._keep(region, found)
        return found

    async def _ask(self, region: str) -> dict[Meter, Price]:
        async with owned_tasks() as tasks:
            asked = {meter: tasks.create_task(self._rows(row)) for meter, row in _ROWS.items()}
        chosen = {meter: choose(rows.result(), region) for meter, rows in asked.items()}
        return {meter: Price(usd, _ROWS[meter].unit) for meter, usd in chosen.items() if usd is not None}

    async def _rows(self, row: _Row) -> list[dict[str, Any]]:
        wanted = {"meterName": row.meter, "serviceName": row.service, "priceType": "Consumption"}
        terms = " and ".join(f"{name} eq '{value}'" for name, value in wanted.items() if value)
        address, query = ADDRESS, {"$filter": terms}
        found: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            page = await self._page(address, query)
            found += [row for row in page.get("Items") or () if isinstance(row, dict)]
            address, query = page.get("NextPageLink") or "", {}
            if not address or urlsplit(address).hostname != urlsplit(ADDRESS).hostname:
                break
        return found

    async def _page(self, address: str, query: Mapping[str, str]) -> dict[str, Any]:
        async with self._wire.session.get(
            address,
            params=query or None,
            proxy=self._wire.proxy_for(address),
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        ) as answer:
            answer.raise_for_status()
            page = await answer.json()
        if not isinstance(page, dict):
            raise TypeError("the price list answered something else")
        return page

    def _kept(self, region: str) -> PriceList | None:
        try:
            one = json.loads(self._file.read_text(encoding="utf-8"))[region]
            prices = {Meter(name): Price(float(usd), str(unit)) for name, (usd, unit) in one["prices"].items()}
            return PriceList({**BUILT_IN.prices, **prices}, date.fromisoformat(one["read"]), KEPT)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def _keep(self, region: str, found: PriceList) -> None:
        """Whole or not at all; a folder that cannot be written costs only the next question."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        prices = {meter.value: [price.usd, price.unit] for meter, price in found.prices.items()}
        kept = {**(kept if isinstance(kept, dict) else {}), region: {"read": found.read.isoformat(), "prices": prices}}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, temporary = tempfile.mkstemp(dir=self._file.parent, prefix=".prices-")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(kept, file, indent=1)
            Path(temporary).replace(self._file)
        except OSError:
            return


def choose(rows: Iterable[Mapping[str, Any]], region: str) -> float | None:
    """The region's own price, else the one that holds everywhere (`Global`, no region, DNS's `Zone 1`), else none.

    The first tier, the highest where several are alike: a plan must not promise less than it costs.
    """
    first = [row for row in rows if not row.get("tierMinimumUnits") and row.get("type", "Consumption") == "Consumption"]
    for places in ((region,), ("global", "", "zone 1")):
        here = [row for row in first if str(row.get("armRegionName") or "").lower() in places]
        if prices := [float(row["retailPrice"]) for row in here if row.get("currencyCode", "USD") == "USD"]:
            return max(prices)
    return None
