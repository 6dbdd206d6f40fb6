"""The price list: its rows, filters, pages, and what it refuses."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer

from aksess_sim.services import prices
from aksess_sim.world.loader import load_world

PATH = "/api/retail/prices"


@pytest.fixture
async def client() -> AsyncIterator[Any]:
    async with TestClient(TestServer(prices.application(load_world()))) as running:
        yield running


async def ask(client: Any, path: str = PATH, query: Mapping[str, str] | None = None) -> tuple[int, Any]:
    async with client.get(path, params=query or {}) as response:
        return response.status, await response.json()


async def found(client: Any, text: str, **query: str) -> list[Any]:
    status, body = await ask(client, query={"$filter": text} | query)
    assert status == 200, body
    return list(body["Items"])


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("serviceName eq 'NAT Gateway' and armRegionName eq 'Global' and meterName eq 'Standard Gateway'", 0.045),
        ("armRegionName eq 'westeurope' and meterName eq 'Standard Gateway'", 0.29),
        ("productName eq 'Virtual Network Private Link' and meterName eq 'Standard Private Endpoint'", 0.01),
        ("serviceName eq 'Service Bus' and contains(meterName, 'Listener') and armRegionName eq 'eastus'", 0.0134),
    ],
)
async def test_what_stands_around_a_cluster_has_its_list_price(client: Any, text: str, price: float) -> None:
    [item] = await found(client, text)
    assert (item["retailPrice"], item["unitPrice"], item["unitOfMeasure"]) == (price, price, "1 Hour")
    assert (item["currencyCode"], item["type"], item["tierMinimumUnits"]) == ("USD", "Consumption", 0)


async def test_tiers_are_rows_of_their_own(client: Any) -> None:
    rows = await found(client, "meterName eq 'Hybrid Connections Data Transfer' and armRegionName eq 'westeurope'")
    assert [(row["tierMinimumUnits"], row["retailPrice"]) for row in rows] == [(0, 0), (5, 1)]


async def test_what_has_one_price_for_the_world_is_in_no_region(client: Any) -> None:
    assert not await found(client, "serviceName eq 'NAT Gateway' and armRegionName eq 'westeurope'")


async def test_case_matters_from_a_version_on(client: Any) -> None:
    text = "serviceName eq 'nat gateway'"
    assert await found(client, text, **{"api-version": "2021-10-01-preview"})
    assert not await found(client, text, **{"api-version": "2023-01-01-preview"})
    assert not await found(client, text)


async def test_primary_meters_can_be_asked_for(client: Any) -> None:
    text = "meterName eq 'Standard IPv4 Static Public IP' and armRegionName eq 'westeurope'"
    assert len(await found(client, text)) == 2
    assert len(await found(client, text, meterRegion="'primary'")) == 1


async def test_the_whole_list_comes_in_pages(client: Any) -> None:
    address, rows = PATH, []
    while address:
        status, body = await ask(client, address)
        assert (status, body["Count"]) == (200, len(body["Items"]))
        rows += body["Items"]
        parts = urlsplit(body["NextPageLink"] or "")
        assert parts.netloc in ("", "prices.azure.com:443")
        address = f"{parts.path}?{parts.query}" if body["NextPageLink"] else ""
    assert len(rows) > prices.PAGE_SIZE
    assert len({tuple(map(str, row.values())) for row in rows}) == len(rows)


@pytest.mark.parametrize(
    "query",
    [
        {"$filter": "serviceName in ('NAT Gateway')"},
        {"$filter": "not contains(productName, 'Windows')"},
        {"$filter": "cost eq 1"},
        {"$filter": " or ".join(["skuName eq 'Standard'"] * 21)},
        {"$skip": "x"},
        {"currencyCode": "'EUR'"},
    ],
)
async def test_what_it_does_not_know_is_refused(client: Any, query: dict[str, str]) -> None:
    status, body = await ask(client, query=query)
    assert (status, body["Error"]["Code"]) == (400, "BadRequest")
