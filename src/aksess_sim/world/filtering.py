"""Does a subnet's network security group let a connection out? Only HTTPS, which is all that anybody here opens.

Rules are asked in the order of their priorities and the first that fits decides, Azure's own default rules last
(Virtual Network docs, network-security-groups-overview; service-tags-overview for `VirtualNetwork` and `Internet`).
Decided here: of the other service tags none covers anything, and nobody is kept from coming in: neither private
endpoints (whose subnets do not filter unless told to) nor API servers have a group in this world.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from aksess_sim.world.network_bodies import VNET
from aksess_sim.world.networks import Networks, vnet_of

Body = dict[str, Any]

_PORT = 443


def lets_out(networks: Networks, subnet_id: str, target: IPv4Address | None) -> bool:
    """May a machine in the subnet connect to port 443 of a private address, or of a public host (None)?"""
    subnet = networks.find(subnet_id)
    group = networks.find(
        ((subnet or {"properties": {}})["properties"].get("networkSecurityGroup") or {}).get("id", "")
    )
    if subnet is None or group is None:
        return True
    here = IPv4Network(_prefixes(subnet["properties"], "addressPrefix", "addressPrefixes")[0])
    spaces = list(_spaces(networks, vnet_of(subnet_id)))
    for rule in _outbound(group):
        if (
            rule["protocol"].lower() in ("*", "tcp")
            and any(_has_port(text) for text in _prefixes(rule, "destinationPortRange", "destinationPortRanges"))
            and any(
                _covers_source(text, here) for text in _prefixes(rule, "sourceAddressPrefix", "sourceAddressPrefixes")
            )
            and any(
                _covers(text, target, spaces)
                for text in _prefixes(rule, "destinationAddressPrefix", "destinationAddressPrefixes")
            )
        ):
            return bool(rule["access"].lower() == "allow")
    return False


def _outbound(group: Body) -> list[Body]:
    properties = group["properties"]
    rules = [rule["properties"] for field in ("securityRules", "defaultSecurityRules") for rule in properties[field]]
    return sorted((r for r in rules if r["direction"].lower() == "outbound"), key=lambda r: int(r["priority"]))


def _prefixes(properties: Body, one: str, several: str) -> list[str]:
    """Azure has a field for one and a field for several; what is in neither is anything."""
    return [str(text) for text in properties.get(several) or [properties.get(one) or "*"]]


def _has_port(text: str) -> bool:
    first, _, last = text.partition("-")
    last = last or first
    return text == "*" or (first.isdecimal() and last.isdecimal() and int(first) <= _PORT <= int(last))


def _covers_source(text: str, here: IPv4Network) -> bool:
    network = _network(text)
    return text in ("*", "VirtualNetwork") or (network is not None and network.supernet_of(here))


def _covers(text: str, target: IPv4Address | None, spaces: list[IPv4Network]) -> bool:
    inside = target is not None and any(target in space for space in spaces)
    if text in ("*", "VirtualNetwork", "Internet"):
        return {"*": True, "VirtualNetwork": inside, "Internet": target is None or (target.is_global and not inside)}[
            text
        ]
    network = _network(text)
    if network is None:
        return False
    return network.prefixlen == 0 or (target is not None and target in network)


def _spaces(networks: Networks, vnet: str) -> Iterator[IPv4Network]:
    """What `VirtualNetwork` means there: the network's own space and those of all it is peered with."""
    for other in networks.of_kind(VNET):
        if networks.connected(vnet, other["id"]):
            yield from map(IPv4Network, other["properties"]["addressSpace"]["addressPrefixes"])


def _network(text: str) -> IPv4Network | None:
    """An address or prefix, None for a service tag."""
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None
