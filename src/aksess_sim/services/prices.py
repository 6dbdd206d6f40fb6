"""prices.azure.com: the retail price list, for anybody who asks.

Source: Azure Retail Prices overview (parameters, the item, `meterRegion`, values that are case-sensitive from
2023-01-01-preview on). That a filter may hold 20 comparisons and neither `not` nor `in`, and the words of the refusal,
are what callers of the real host observed. Decided here: no version means the newest; there is no currency but dollars.
"""

import uuid
from typing import Any
from urllib.parse import quote

from aiohttp import web

from aksess_sim.services.odata import BadFilter, Dialect, question
from aksess_sim.world.price_list import Price, prices
from aksess_sim.world.state import World

PAGE_SIZE = 100
"""The overview says 1,000, older answers had 100; clients follow the link, whatever the size."""
_EXACT_SINCE = "2023-01-01"
_MOST_COMPARISONS = 20


def application(_: World) -> web.Application:
    """The host as an aiohttp application; no world changes a price."""
    app = web.Application()
    app.router.add_get("/api/retail/prices", _list)
    return app


async def _list(request: web.Request) -> web.Response:
    query = {name.lower(): value for name, value in request.query.items()}
    if query.get("currencycode", "USD").strip("'").upper() != "USD":
        return _refusal("The currency is not supported: this list is in USD.")
    skip = query.get("$skip", "0")
    if not skip.isdecimal():
        return _refusal("Invalid OData parameters supplied")
    try:
        items = _found(query)
    except BadFilter:
        return _refusal("Invalid OData parameters supplied")
    start = int(skip)
    page = items[start : start + PAGE_SIZE]
    return web.json_response(
        {
            "BillingCurrency": "USD",
            "CustomerEntityId": "Default",
            "CustomerEntityType": "Retail",
            "Items": page,
            "NextPageLink": _next(request, start + PAGE_SIZE) if start + PAGE_SIZE < len(items) else None,
            "Count": len(page),
        }
    )


def _found(query: dict[str, str]) -> list[dict[str, Any]]:
    items = [_item(price) for price in prices()]
    if query.get("meterregion", "").strip("'").lower() == "primary":
        items = [item for item in items if item["isPrimaryMeterRegion"]]
    text = query.get("$filter", "")
    if not text:
        return items
    exact = query.get("api-version", _EXACT_SINCE) >= _EXACT_SINCE
    names = (*items[0], "priceType")
    asked = question(text, Dialect(names, exact=exact, negation=False, most_comparisons=_MOST_COMPARISONS))
    return [item for item in items if asked(item | {"priceType": item["type"]})]


def _next(request: web.Request, skip: int) -> str:
    """The real list names its port in the link, and so does this one."""
    kept = {name: value for name, value in request.query.items() if name.lower() != "$skip"} | {"$skip": str(skip)}
    query = "&".join(f"{name}={quote(value)}" for name, value in kept.items())
    return f"https://prices.azure.com:443{request.path}?{query}"


def _refusal(message: str) -> web.Response:
    return web.json_response({"Error": {"Code": "BadRequest", "Message": message}}, status=400)


def _item(price: Price) -> dict[str, Any]:
    meter = price.meter
    product = _identifier(meter.product)
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": float(meter.from_units),
        "retailPrice": meter.price,
        "unitPrice": meter.price,
        "armRegionName": price.region,
        "location": price.location,
        "effectiveStartDate": f"{meter.since}T00:00:00Z",
        "meterId": _uuid(meter.product, meter.name, meter.unit, price.region),
        "meterName": meter.name,
        "productId": f"DZH318Z0{product[:4]}",
        "skuId": f"DZH318Z0{product[:4]}/{_identifier(meter.sku, price.region)[:4]}",
        "productName": meter.product,
        "skuName": meter.sku,
        "serviceName": meter.service,
        "serviceId": f"DZH3{_identifier(meter.service)[:8]}",
        "serviceFamily": "Integration" if meter.service == "Service Bus" else "Networking",
        "unitOfMeasure": meter.unit,
        "type": "Consumption",
        "isPrimaryMeterRegion": meter.primary,
        "armSkuName": "",
    }


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("prices", *parts))))


def _identifier(*parts: str) -> str:
    return _uuid(*parts).replace("-", "").upper()
