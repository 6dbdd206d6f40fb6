"""Address spaces: find one that is free, judge one that was named, cut it into subnets. Pure.

A block is cut into halves and quarters: half for the shells (one address a session, and Azure keeps five of every
subnet), a quarter for the relay's endpoint, a quarter for file shares.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from aksess.errors import BadInput

USUAL_PREFIX, SMALLEST_PREFIX = 24, 27
"""A /27 leaves a /28 for the shells and two /29, the smallest subnet Azure takes (virtual network FAQ)."""
POOLS = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
UNFIT = tuple(map(IPv4Network, ("169.254.0.0/16", "172.17.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")))
"""Not for networks around AKS (AKS docs, CNI: 169.254/16, 172.30/16, 172.31/16, 192.0.2/24; 172.17/16 is where
container runtimes put their bridge)."""
KEPT_BY_AZURE = 5


@dataclass(frozen=True)
class Cut:
    """A block and its subnets."""

    block: IPv4Network
    shell: IPv4Network
    relay: IPv4Network
    storage: IPv4Network

    @property
    def sessions(self) -> int:
        """How many shells can stand in it at once."""
        return self.shell.num_addresses - KEPT_BY_AZURE


def cut(block: IPv4Network) -> Cut:
    shell, rest = block.subnets(1)
    relay, storage = rest.subnets(1)
    return Cut(block, shell, relay, storage)


def free_block(
    taken: Iterable[IPv4Network], prefix: int = USUAL_PREFIX, pools: Sequence[IPv4Network] = POOLS
) -> IPv4Network | None:
    """The highest block of this size in the first pool that has one: people number their networks from below.

    The same answer for the same question; None when there is no room.
    """
    occupied = list(taken)
    for pool in pools:
        if pool.prefixlen <= prefix and (found := _highest(pool, prefix, occupied)):
            return found
    return None


def room_within(spaces: Sequence[IPv4Network], taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The largest block up to the usual size that is free inside a network; None when not even the smallest is."""
    occupied = list(taken)
    sizes = range(USUAL_PREFIX, SMALLEST_PREFIX + 1)
    return next((found for size in sizes if (found := free_block(occupied, size, spaces))), None)


def read_space(text: str) -> IPv4Network:
    """What a person names with `--address-space`. Errors: BadInput."""
    try:
        return IPv4Network(text.strip())
    except ValueError as fault:
        raise BadInput(
            f"`{text}` is not an IPv4 address space ({fault})",
            "write a private range from its first address on, like 10.90.0.0/24",
            code="space-malformed",
        ) from fault


def check_size(space: IPv4Network) -> None:
    """Errors: BadInput when its three subnets have no room in it."""
    if space.prefixlen > SMALLEST_PREFIX:
        raise BadInput(
            f"{space} holds {space.num_addresses} addresses; its three subnets need a /{SMALLEST_PREFIX} at least",
            f"name a /{USUAL_PREFIX}: every session takes an address",
            code="space-small",
        )


def check_fit(space: IPv4Network) -> None:
    """Whether a network of our own may stand on it. Errors: BadInput."""
    if not any(space.subnet_of(pool) for pool in POOLS) or any(space.overlaps(unfit) for unfit in UNFIT):
        raise BadInput(
            f"{space} is not fit for a network beside AKS",
            "take one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, without 172.17, 172.30 and 172.31",
            code="space-unfit",
        )


def overlap(space: IPv4Network, taken: Iterable[tuple[str, IPv4Network]]) -> tuple[str, IPv4Network] | None:
    """The first of the named networks that shares an address with it."""
    return next((one for one in taken if one[1].overlaps(space)), None)


def _highest(pool: IPv4Network, prefix: int, taken: Sequence[IPv4Network]) -> IPv4Network | None:
    size = 2 ** (32 - prefix)
    start = int(pool.broadcast_address) + 1 - size
    while start >= int(pool.network_address):
        block = IPv4Network((start, prefix))
        in_the_way = [one for one in (*taken, *UNFIT) if one.overlaps(block)]
        if not in_the_way:
            return block
        # On to the highest block that ends below all of them.
        start = (min(int(one.network_address) for one in in_the_way) - size) // size * size
    return None
