"""The public addresses that simulated shells are seen from."""

import secrets
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network


def random_address(taken: Iterable[IPv4Network]) -> IPv4Address:
    """A globally routable unicast address outside all of `taken`.

    Documentation ranges are not globally routable and az refuses them as authorized ranges, so they never come.
    """
    networks = tuple(taken)
    while True:
        address = IPv4Address(secrets.randbits(32))
        plain = address.is_global and not address.is_multicast
        if plain and not any(address in network for network in networks):
            return address
