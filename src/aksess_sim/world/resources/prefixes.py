"""Address prefixes as Azure reads them in requests; pure."""

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of


def parsed(text: Any, id_: str) -> IPv4Network:
    """A prefix of the resource `id_`.

    Raises Refused: `InvalidAddressPrefixFormat` for what is no prefix, `InvalidCIDRNotation` for host bits.
    """
    try:
        network = IPv4Network(str(text), strict=False)
    except ValueError:
        raise Refused(
            "InvalidAddressPrefixFormat",
            f"Address prefix {text} of resource {id_} is not formatted correctly. It should follow CIDR notation, for "
            "example 10.0.0.0/24.",
        ) from None
    if "/" not in str(text) or str(network) != text:
        raise Refused(
            "InvalidCIDRNotation",
            f"The address prefix {text} in resource {id_} has an invalid CIDR notation. For the given prefix length, "
            f"the address prefix should be {network}.",
        )
    return network


def of_space(vnet: dict[str, Any]) -> list[IPv4Network]:
    """The address space of a network that is in the world."""
    return [IPv4Network(prefix) for prefix in vnet["properties"]["addressSpace"]["addressPrefixes"]]


def of_subnet(subnet: dict[str, Any]) -> IPv4Network:
    """The prefix of a subnet that is in the world."""
    properties = subnet["properties"]
    return IPv4Network(properties.get("addressPrefix") or properties["addressPrefixes"][0])


def overlapping(first: Iterable[IPv4Network], second: Iterable[IPv4Network]) -> bool:
    """Does any of the one overlap any of the other?"""
    others = list(second)
    return any(one.overlaps(other) for one in first for other in others)


def check_subnet(prefix: IPv4Network, name: str, vnet: str, space: Iterable[IPv4Network]) -> None:
    """A subnet has at least eight addresses and lies inside its network (Virtual Network FAQ).

    Raises Refused `NetcfgInvalidSubnet` or `NetcfgSubnetRangeOutsideVnet` (azure-service-operator#4927).
    """
    if prefix.prefixlen > 29:
        raise Refused("NetcfgInvalidSubnet", f"Subnet '{name}' is not valid in virtual network '{name_of(vnet)}'.")
    if not any(prefix.subnet_of(outer) for outer in space):
        raise Refused(
            "NetcfgSubnetRangeOutsideVnet",
            f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of virtual "
            f"network '{name_of(vnet)}'.",
        )
