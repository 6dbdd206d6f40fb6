"""IPv4 ranges as the API server's list holds them: read, compare, and judge what a person asks for. Pure.

Azure stores a bare address as `/32` (Azure/AKS#4085), refuses IPv6, and wants a range to begin at its network address
(AKS docs, authorized IP ranges); the list may also hold service tags, which are no ranges at all.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Network, NetmaskValueError, ip_network

from aksess.errors import BadInput

SEALED = IPv4Network("0.0.0.0/32")
"""Admits only the cluster's own load balancer; must stand alone in the list (AKS docs)."""
_NEVER_SEEN = tuple(
    map(IPv4Network, ("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"))
)
_SHARED = IPv4Network("100.64.0.0/10")


@lru_cache(maxsize=16384)
def read_entry(text: str) -> IPv4Network | None:
    """A list entry as a network; None for what is no IPv4 range, such as a service tag."""
    try:
        return IPv4Network(text.strip())
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def covered(network: IPv4Network, entries: Iterable[str]) -> bool:
    """Whether one entry already admits all of it. `0.0.0.0/32` admits nobody."""
    found = {read_entry(entry) for entry in entries} - {None, SEALED}
    # A list holds hundreds of single addresses and a few ranges: only the ranges need a comparison each.
    return network in found or any(one.prefixlen < 32 and network.subnet_of(one) for one in found if one is not None)


def lease_range(text: str, widest_prefix: int = 32) -> IPv4Network:
    """The address or range a person names for a lease. Errors: BadInput, a sentence for each possible fault."""
    typed = text.strip()
    try:
        network = ip_network(typed)
    except ValueError as fault:
        raise _malformed(typed) from fault
    if isinstance(network, IPv6Network):
        raise BadInput(
            f"`{typed}` is an IPv6 address; AKS takes IPv4 only in its authorized ranges",
            "name your public IPv4 address with --ip, or use another route",
            code="range-ipv6",
        )
    if network.prefixlen < widest_prefix:
        raise BadInput(
            f"`{typed}` holds {network.num_addresses} addresses; the widest allowed here is /{widest_prefix}",
            "name a single address, or set AKSESS_WIDEST if your policy allows more",
            code="range-wide",
        )
    if reason := _not_public_within(network):
        raise BadInput(
            f"`{typed}` is {reason}; the API server never sees it",
            "name the public address your traffic leaves from: curl https://api.ipify.org",
            code="range-not-public",
        )
    return network


def not_public(address: IPv4Address) -> str | None:
    """Why the internet cannot see this address, or None when it can."""
    if address in _SHARED:
        return "a carrier's shared address (100.64.0.0/10)"
    if address.is_loopback:
        return "this machine's own loopback address"
    if address.is_private and not address.is_global:
        return "a private or documentation address"
    if not address.is_global or address.is_multicast or address.is_unspecified:
        return "a reserved address"
    return None


def _not_public_within(network: IPv4Network) -> str | None:
    """A range is public when all of it is."""
    if any(network.overlaps(private) and not private.supernet_of(network) for private in _NEVER_SEEN):
        return "a range that holds private or reserved addresses"
    return not_public(network.network_address)


def _malformed(typed: str) -> BadInput:
    try:
        around = ip_network(typed, strict=False)
    except ValueError:
        return BadInput(
            f"`{typed}` is neither an IPv4 address nor a range",
            "write it like 20.1.2.3 or 20.1.2.0/28",
            code="range-malformed",
        )
    return BadInput(
        f"`{typed}` has bits set behind its /{around.prefixlen}; the range would begin at {around.network_address}",
        f"write {around} if that is meant, or {typed.split('/', maxsplit=1)[0]} for the one address",
        code="range-host-bits",
    )
