"""Public addresses for what a world file leaves unsaid: the same in every run, and globally routable.

az refuses documentation addresses in authorized ranges, so the world uses a block of Azure's own; no packet ever goes
there.
"""

import uuid
from ipaddress import IPv4Address, IPv4Network

_BLOCK = IPv4Network("20.64.0.0/10")


def stable_address(*parts: str) -> IPv4Address:
    """An address drawn from the names of what it belongs to."""
    number = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts).lower()).int
    return _BLOCK[number % (_BLOCK.num_addresses - 2) + 1]
