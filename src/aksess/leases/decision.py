"""What the authorized ranges should be, from what they are and what the ledger says. Pure; the heart of S1 to S5.

The wanted list is: every foreign entry as written, then the addresses of leases that hold. It is never empty where
there was a list; what would be empty is sealed (`0.0.0.0/32`), and a seal gives way to leases and returns after them.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network

from aksess.errors import RangesFull
from aksess.leases.model import Lease, State
from aksess.ranges import SEALED, covered, read_entry


@dataclass(frozen=True)
class Decision:
    """`ranges` is the list to write, None when nothing is to be written.

    `claimed` are to be recorded as added by us *before* the write, `settled` after it.
    `pending` are the leases whose holders wait for the write, oldest first: the first one's holder should write.
    """

    ranges: tuple[str, ...] | None
    claimed: tuple[Lease, ...]
    settled: tuple[Lease, ...]
    pending: tuple[Lease, ...]


def decide(
    current: Sequence[str],
    leases: Iterable[Lease],
    now: datetime,
    *,
    limit: int = 200,
    lock_down: Sequence[str] | None = None,
    mine: Container[str] = (),
    failed: bool = False,
) -> Decision:
    """`lock_down` turns an open server (no list) into a listed one with these entries; without it an open server is
    left alone: one entry would shut everybody else out (S2). `failed`: the cluster's last operation did. Where there is
    no room for all, the oldest leases get it. Errors: RangesFull, when a lease of `mine` gets none."""
    known = tuple(leases)
    expired = tuple(lease.become(State.EXPIRED) for lease in known if lease.due(now))
    holding = tuple(lease for lease in known if lease.holds(now))
    ended = (*(lease for lease in known if lease.answers(now, failed=failed)), *expired)
    out = _listed_for_nobody(ended, current, holding)
    settled = tuple(lease.settle(now, taken_out=lease in out) for lease in ended if not lease.settled or lease in out)
    if not current and lock_down is None:
        return Decision(None, (), settled, ())
    kept = _kept(current, holding, ended) if current else list(lock_down or ())
    missing = _missing(kept, holding)
    if len(kept) + len(missing) > limit:
        found = _oldest(missing, holding, limit - len(kept))
        if any(one.id in mine and not covered(one.address, [*kept, *map(str, found)]) for one in holding):
            raise _full(len(kept) + len(missing), limit)
        missing = found
    wanted = tuple(kept) + tuple(str(network) for network in missing) or (str(SEALED),)
    changed = _differs(current, wanted)
    return Decision(
        ranges=wanted if changed else None,
        claimed=_claims(holding, ended, missing),
        settled=settled,
        pending=_pending(kept, current, holding, ended) if changed else (),
    )


def _kept(current: Sequence[str], holding: Sequence[Lease], ended: Sequence[Lease]) -> list[str]:
    """Everything but the seal and the entries that only ended leases of ours account for."""
    ours = {lease.address for lease in ended if lease.added} - {lease.address for lease in holding}
    return [entry for entry in current if (network := read_entry(entry)) != SEALED and network not in ours]


def _missing(kept: Sequence[str], holding: Sequence[Lease]) -> list[IPv4Network]:
    """Leased addresses that no entry admits, widest first so that a range stands for the addresses inside it."""
    found: list[IPv4Network] = []
    for address in sorted({lease.address for lease in holding}, key=lambda one: (one.prefixlen, one)):
        if not covered(address, [*kept, *map(str, found)]):
            found.append(address)
    return found


def _oldest(missing: Sequence[IPv4Network], holding: Sequence[Lease], room: int) -> list[IPv4Network]:
    """Those that came first: a lease that finds no room must not keep anybody's ended one in the list."""
    came = {lease.address: _age(lease) for lease in sorted(holding, key=_age, reverse=True)}
    first = sorted(missing, key=lambda address: came[address])[: max(0, room)]
    return [address for address in missing if address in first]


def _age(lease: Lease) -> tuple[datetime, str]:
    return lease.created, lease.id


def _listed_for_nobody(ended: Sequence[Lease], current: Sequence[str], holding: Sequence[Lease]) -> frozenset[Lease]:
    """Ended leases whose entry is listed, and nobody holds it: the write takes it out."""
    going = {read_entry(entry) for entry in current} - {lease.address for lease in holding}
    return frozenset(lease for lease in ended if lease.added and lease.address in going)


def _claims(holding: Sequence[Lease], ended: Sequence[Lease], missing: Sequence[IPv4Network]) -> tuple[Lease, ...]:
    """Leases to record as ours: their entry is about to be written, or they share one that an earlier lease added."""
    ours = set(missing) | {lease.address for lease in (*holding, *ended) if lease.added}
    return tuple(lease.claimed() for lease in holding if lease.address in ours and not lease.added)


def _pending(
    kept: Sequence[str], current: Sequence[str], holding: Sequence[Lease], ended: Sequence[Lease]
) -> tuple[Lease, ...]:
    """Those that wait to get in, then those that wait to get out; nobody waits for leases whose shells are dead."""
    listed = {read_entry(entry) for entry in current}
    coming = [lease for lease in holding if not covered(lease.address, kept)]
    going = [one for one in ended if one.added and one.address in listed and one.state is State.RELEASED]
    return (*sorted(coming, key=_age), *sorted(going, key=_age))


def _differs(current: Sequence[str], wanted: Sequence[str]) -> bool:
    """As networks: Azure writes `x` as `x/32`, and nobody should PUT for that."""
    return {read_entry(one) or one for one in current} != {read_entry(one) or one for one in wanted}


def _full(count: int, limit: int) -> RangesFull:
    return RangesFull(
        f"the list would need {count} entries; Azure allows {limit} on this cluster",
        "see who holds them: aksess leases; remove entries nobody needs, or use another route",
    )
