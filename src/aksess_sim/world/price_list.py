"""Retail list prices of what stands around a cluster, in US dollars; figures and names as the real price list has them.

Sources: Azure Retail Prices overview, and what people recorded of its answers: Bastion, NAT gateway, Private Link and
public addresses by the hour, Relay under `Service Bus` with its free first 5 GB. Which rows share a service with them
matters as much as they do: whoever asks carelessly gets those too. No price of Bastion Premium is known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

REGIONS = {
    "westeurope": "EU West",
    "northeurope": "EU North",
    "germanywestcentral": "DE West Central",
    "eastus": "US East",
    "southcentralus": "US South Central",
}
"""Regions of this list, with the names the price list gives them."""
_ANYWHERE = {"Global": "Global"}
_DNS_ZONES = {"Zone 1": "Zone 1", "Zone 2": "Zone 2"}


@dataclass(frozen=True)
class Meter:
    """One row of the list for each of its places; `from_units` is where its tier begins."""

    service: str
    product: str
    sku: str
    name: str
    unit: str
    price: float
    from_units: float = 0
    places: tuple[tuple[str, str], ...] = tuple(REGIONS.items())
    since: str = "2023-04-01"
    primary: bool = True


@dataclass(frozen=True)
class Price:
    """A meter in one place."""

    meter: Meter
    region: str
    location: str


_everywhere = partial(Meter, places=tuple(_ANYWHERE.items()), since="2020-02-01")
_in_zones = partial(Meter, places=tuple(_DNS_ZONES.items()))

_BASTION = ("Azure Bastion", "Azure Bastion")
_LINK = ("Virtual Network", "Virtual Network Private Link", "Standard")
_ADDRESSES = ("Virtual Network", "IP Addresses")
_PEERING = ("Virtual Network", "Virtual Network Peering", "Intra-Region")
_NAT = ("NAT Gateway", "NAT Gateway", "Standard")
_BUS = ("Service Bus", "Service Bus")
_RELAY = (*_BUS, "Hybrid Connections")
_DNS = ("Azure DNS", "Azure DNS", "Private")

_METERS = (
    Meter(*_BASTION, "Basic", "Basic Gateway", "1 Hour", 0.19),
    Meter(*_BASTION, "Basic", "Basic Data Transfer Out", "1 GB", 0.0),
    Meter(*_BASTION, "Standard", "Standard Gateway", "1 Hour", 0.29),
    Meter(*_BASTION, "Standard", "Standard Data Transfer Out", "1 GB", 0.0),
    _everywhere(*_NAT, "Standard Gateway", "1 Hour", 0.045),
    _everywhere(*_NAT, "Standard Data Processed", "1 GB", 0.045),
    _everywhere(*_LINK, "Standard Private Endpoint", "1 Hour", 0.01),
    _everywhere(*_LINK, "Standard Data Processed - Ingress", "1 GB", 0.01),
    _everywhere(*_LINK, "Standard Data Processed - Ingress", "1 GB", 0.006, 1_000_000),
    _everywhere(*_LINK, "Standard Data Processed - Ingress", "1 GB", 0.004, 5_000_000),
    _everywhere(*_LINK, "Standard Data Processed - Egress", "1 GB", 0.01),
    _everywhere(*_LINK, "Standard Data Processed - Egress", "1 GB", 0.006, 1_000_000),
    _everywhere(*_LINK, "Standard Data Processed - Egress", "1 GB", 0.004, 5_000_000),
    Meter(*_ADDRESSES, "Basic", "Basic IPv4 Static Public IP", "1 Hour", 0.0036),
    Meter(*_ADDRESSES, "Basic", "Basic IPv4 Dynamic Public IP", "1 Hour", 0.004),
    Meter(*_ADDRESSES, "Standard", "Standard IPv4 Static Public IP", "1 Hour", 0.005),
    Meter(*_ADDRESSES, "Standard", "Standard IPv4 Static Public IP", "1 Hour", 0.005, primary=False),
    Meter(*_PEERING, "Intra-Region Ingress", "1 GB", 0.01),
    Meter(*_PEERING, "Intra-Region Egress", "1 GB", 0.01),
    Meter(*_BUS, "Basic", "Basic Messaging Operations", "1M", 0.05),
    Meter(*_BUS, "Standard", "Standard Base Unit", "1/Hour", 0.013441),
    Meter(*_BUS, "Standard", "Standard Base Unit", "1/Month", 10.0),
    Meter(*_BUS, "Premium", "Premium Messaging Unit", "1/Hour", 0.9275),
    Meter(*_RELAY, "Hybrid Connections Listener Unit", "1 Hour", 0.0134),
    Meter(*_RELAY, "Hybrid Connections Data Transfer", "1 GB", 0.0),
    Meter(*_RELAY, "Hybrid Connections Data Transfer", "1 GB", 1.0, 5),
    Meter(*_BUS, "WCF Relay", "WCF Relay", "100 Hours", 0.1),
    Meter(*_BUS, "WCF Relay", "WCF Relay Message", "10K", 0.01),
    _in_zones(*_DNS, "Private Zone", "1/Month", 0.5),
    _in_zones(*_DNS, "Private Zone", "1/Month", 0.1, 25),
    _in_zones(*_DNS, "Private Queries", "1M", 0.4),
)


def prices() -> Iterator[Price]:
    """Every row, in the order of the list."""
    return (Price(meter, region, location) for meter in _METERS for region, location in meter.places)
