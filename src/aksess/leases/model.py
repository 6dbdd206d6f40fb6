"""A lease and its legal life. Pure.

    wanted ──► live ──► released
       │        │          ▲
       ├────────┼──────────┘      by its holder, or by anyone who may
       └────────┴──────► expired  by whoever first sees that its end has passed

An ended lease is *settled* once its entry is out of the cluster's list. Then it answers for that entry no more, but for
two exceptions: while the cluster's last operation is failed, since Azure then takes the change back; and for some
minutes when the entry was only found to be out, since a write decided before may still put it in.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network

from aksess.azure.ids import ClusterId

AFTERMATH = timedelta(minutes=10)
"""Longer than any write waits that was decided before. One decided after our own write fails: it has our eTag."""
AFTERMATH_OF_FAILURE = timedelta(days=7)
"""While the cluster stays failed, nobody has listed anything on purpose: that would have been an operation."""


class State(StrEnum):
    WANTED = "wanted"
    LIVE = "live"
    RELEASED = "released"
    EXPIRED = "expired"


LEGAL = {
    State.WANTED: frozenset({State.LIVE, State.RELEASED, State.EXPIRED}),
    State.LIVE: frozenset({State.RELEASED, State.EXPIRED}),
    State.RELEASED: frozenset[State](),
    State.EXPIRED: frozenset[State](),
}


@dataclass(frozen=True)
class Holder:
    """Who asked: name and object id, as the token says."""

    name: str
    object_id: str


@dataclass(frozen=True)
class Lease:
    """One caller's time-limited entry in a cluster's authorized ranges."""

    id: str
    cluster: ClusterId
    address: IPv4Network
    holder: Holder
    reason: str
    created: datetime
    ends: datetime
    state: State = State.WANTED
    added: bool = False
    """Whether the entry is aksess's: it was not listed when the first lease on it began."""
    settled_at: datetime | None = None
    taken_out: bool = False
    """Settled by a write of ours that took the entry out, not by finding it out already."""

    @property
    def settled(self) -> bool:
        """Its entry has been taken out, or was found to be out."""
        return self.settled_at is not None

    @property
    def ended(self) -> bool:
        """By word. Whether its time is up is `due`."""
        return self.state in (State.RELEASED, State.EXPIRED)

    def due(self, now: datetime) -> bool:
        """Its end has passed, and nobody has said so yet."""
        return not self.ended and now >= self.ends

    def holds(self, now: datetime) -> bool:
        """Its address belongs in the list."""
        return not self.ended and now < self.ends

    def answers(self, now: datetime, *, failed: bool) -> bool:
        """It has ended, and if its entry is listed, that is aksess's doing. `failed`: so did the cluster's last
        operation, and nobody has changed the list since."""
        if self.settled_at is None:
            return self.ended
        if failed:
            return now - self.settled_at < AFTERMATH_OF_FAILURE
        return not self.taken_out and now - self.settled_at < AFTERMATH

    def become(self, state: State) -> "Lease":
        """Errors: ValueError for a step the picture above does not have."""
        if state not in LEGAL[self.state]:
            raise ValueError(f"a lease that is {self.state} cannot become {state}")
        return replace(self, state=state)

    def renewed(self, ends: datetime) -> "Lease":
        """The same with a later end; an end never comes nearer."""
        if self.ended:
            raise ValueError(f"a lease that is {self.state} cannot be renewed")
        return replace(self, ends=max(self.ends, ends))

    def claimed(self) -> "Lease":
        return replace(self, added=True)

    def settle(self, now: datetime, *, taken_out: bool = False) -> "Lease":
        """Errors: ValueError while it has not ended."""
        if not self.ended:
            raise ValueError(f"a lease that is {self.state} is not settled")
        return replace(self, settled_at=now, taken_out=taken_out)

    def unsettle(self) -> "Lease":
        """Its entry was put in again after all."""
        return replace(self, settled_at=None, taken_out=False)


def new_lease(
    cluster: ClusterId, address: IPv4Network, holder: Holder, *, reason: str, created: datetime, lasts: timedelta
) -> Lease:
    """A wanted lease with an id of its own."""
    return Lease(secrets.token_hex(5), cluster, address, holder, reason, created, created + lasts)
