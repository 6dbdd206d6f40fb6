"""The life of leases, as callers use it: record, renew, release, sweep. Every change of the list is `reconcile`'s."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network

from aksess.azure.clusters import Cluster
from aksess.azure.ids import ClusterId
from aksess.clock import Clock
from aksess.errors import BadInput
from aksess.leases.decision import decide
from aksess.leases.ledger import Ledger
from aksess.leases.model import Holder, Lease, State, new_lease
from aksess.leases.reconcile import Reconciler
from aksess.ranges import covered
from aksess.settings import LEASE_LONGEST


@dataclass(frozen=True)
class Swept:
    """What a sweep found and did on one cluster."""

    cluster: ClusterId
    ended: tuple[Lease, ...]
    """Leases whose end was brought to its end: expired ones, and released ones whose entry was still listed."""
    removed: tuple[str, ...]
    """Entries taken out of the list by this sweep."""
    listed: tuple[str, ...]
    """Entries put into it: leases hold them, and they were missing."""


class Keeper:
    """Keeps the leases of clusters in one ledger."""

    def __init__(self, ledger: Ledger, reconciler: Reconciler, clock: Clock) -> None:
        self.ledger = ledger
        self.reconciler = reconciler
        self._clock = clock

    def draft(self, cluster: Cluster, address: IPv4Network, holder: Holder, reason: str, lasts: timedelta) -> Lease:
        """A lease to be recorded *before* anything is opened (S4). It says already whether the entry will be ours: one
        write, since Azure runs each write of a record for some seconds. Errors: BadInput."""
        check_length(lasts)
        lease = new_lease(cluster.id, address, holder, reason=reason, created=self._clock.now(), lasts=lasts)
        return lease if covered(address, cluster.ranges) else lease.claimed()

    async def proven(self, lease: Lease) -> Lease:
        """The probe got through: the lease is live, unless somebody ended it meanwhile."""
        known = await self.ledger.again(lease) or lease
        if known.ended:
            return known
        live = known.become(State.LIVE) if known.state is State.WANTED else known
        await self.ledger.record(live)
        return live

    async def renew(self, lease: Lease, lasts: timedelta) -> Lease | None:
        """A later end, if the ledger still holds it open; None when somebody ended it meanwhile. No PUT."""
        known = await self.ledger.again(lease)
        if known is None or not known.holds(self._clock.now()):
            return None
        renewed = known.renewed(min(self._clock.now() + lasts, known.created + LEASE_LONGEST))
        await self.ledger.record(renewed)
        return renewed

    async def release(self, lease: Lease) -> Lease:
        """Mark it ended. From here on anyone's reconcile takes its entry out, and once more if it had done so."""
        known = await self.ledger.again(lease) or lease
        if known.ended and not known.settled:
            return known
        released = known.unsettle() if known.ended else known.become(State.RELEASED)
        await self.ledger.record(released)
        return released

    async def would_sweep(self, cluster: Cluster) -> Swept:
        """What `sweep` would do, from the same reads and the same decision."""
        leases = await self.ledger.leases(cluster.id)
        now, limit = self._clock.now(), cluster.range_limit
        decision = decide(cluster.ranges, leases, now, limit=limit, failed=cluster.failed)
        after = cluster.ranges if decision.ranges is None else decision.ranges
        return _swept(cluster, decision.settled, after)

    async def sweep(self, cluster: Cluster) -> Swept:
        """Expire what is due and bring the list in order, whoever's leases they are."""
        before = {lease.id for lease in await self.ledger.leases(cluster.id) if not lease.settled}
        done = await self.reconciler.run(cluster.id)
        ended = tuple(lease for lease in done.leases if lease.id in before and lease.ended)
        return _swept(cluster, ended, done.ranges)


def _swept(cluster: Cluster, ended: Sequence[Lease], after: Sequence[str]) -> Swept:
    removed = tuple(entry for entry in cluster.ranges if entry not in after)
    return Swept(cluster.id, tuple(ended), removed, tuple(entry for entry in after if entry not in cluster.ranges))


def check_length(lasts: timedelta) -> None:
    """Errors: BadInput."""
    if not timedelta(minutes=1) <= lasts <= LEASE_LONGEST:
        raise BadInput(
            f"a lease of {lasts} is not possible",
            f"give --for between 1m and {LEASE_LONGEST.total_seconds() / 3600:.0f}h; a shell renews its own",
            code="lease-length",
        )
