"""Make the authorized ranges what the ledger says: one loop, whoever runs it, written as a controller would.

Read the cluster, then the ledger (in this order: an entry of ours that is listed has its record already), decide, stop
if nothing differs, else write everybody's change in one PUT; whatever came in between, start again. A caller whose
change another will bring waits its turn, so that many who arrive together share one PUT of Azure's meagre bucket
(20, then one a minute for each cluster; AKS quotas page).
"""

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aksess.azure.clusters import Cluster, Clusters
from aksess.azure.ids import ClusterId
from aksess.azure.operations import Operation
from aksess.clock import Clock
from aksess.errors import AksessError, AzureBusy, AzureUnreachable, Conflict
from aksess.leases.decision import Decision, decide
from aksess.leases.ledger import Ledger, merged
from aksess.leases.model import Lease
from aksess.progress import Progress
from aksess.tasks import owned_tasks

Ids = frozenset[str]
AT_ONCE = 8
"""Records written side by side: far below what ARM takes from one caller."""
TURN_SECONDS = 1.5
LOOK_SECONDS = 5.0
LONGEST_TURN = 60.0
SHARE_SECONDS = 2.0
"""For each lease that is not over: Azure allows one read of a cluster a second, all readers together."""
PATIENCE_SECONDS = 900.0


@dataclass(frozen=True)
class Reconciled:
    """The cluster as last read, its ranges as they now stand, its leases as recorded, and the operation when this
    caller was the one to write."""

    cluster: Cluster
    ranges: tuple[str, ...]
    leases: tuple[Lease, ...]
    operation: Operation | None = None

    def lease(self, id: str) -> Lease | None:  # noqa: A002 - the field's name
        return next((lease for lease in self.leases if lease.id == id), None)


class Reconciler:
    """Errors of `run`: RangesFull, RightsMissing, ClusterUnknown, and AzureBusy once patience ends."""

    def __init__(self, clusters: Clusters, ledger: Ledger, clock: Clock, progress: Progress) -> None:
        self._clusters = clusters
        self._ledger = ledger
        self._clock = clock
        self._progress = progress

    async def run(
        self,
        cluster_id: ClusterId,
        *,
        mine: Sequence[Lease] = (),
        first_seen: Cluster | None = None,
        lock_down: Sequence[str] | None = None,
        enough: asyncio.Event | None = None,
    ) -> Reconciled:
        """Until nothing differs or our PUT was accepted. `mine` are the caller's leases as it knows them, for taking
        turns and in case the ledger's list lags; `first_seen` spares the first read; `enough` ends the waiting early
        (the caller got what it came for)."""
        deadline = self._clock.monotonic() + PATIENCE_SECONDS
        cluster = first_seen
        ids = frozenset(lease.id for lease in mine)
        waited_turn = False
        while True:
            cluster, listed = await self._look(cluster_id, cluster, deadline)
            leases = merged([*listed, *mine])
            decision = decide(
                cluster.ranges,
                leases,
                self._clock.now(),
                limit=cluster.range_limit,
                lock_down=lock_down,
                mine=ids,
                failed=cluster.failed,
            )
            # What becomes ours must stand in the ledger before the cluster is touched.
            leases = await self._record(leases, decision.claimed, ids)
            turn, concerned = _turn(decision, ids), lock_down is not None or _concerns(decision, ids)
            if decision.ranges is None or (cluster.busy and not concerned):
                # What was read before the ledger proves nothing about a lease that ended in between.
                settled = () if cluster is first_seen else _out_already(decision)
                return Reconciled(cluster, cluster.ranges, tuple(await self._record(leases, settled, ids)))
            if _over(enough):
                return Reconciled(cluster, cluster.ranges, tuple(leases))
            if cluster.busy:
                self._progress.stage("waiting for another operation on the cluster to end", usually=90)
                await self._wait(next_look(LOOK_SECONDS, leases) if turn else LOOK_SECONDS, enough, deadline)
            elif turn and not waited_turn:
                waited_turn = True
                await self._wait(min(turn * TURN_SECONDS, LONGEST_TURN), enough, deadline)
            else:
                operation = await self._write(cluster, decision, enough, deadline)
                if operation is not None:
                    leases = await self._record(leases, decision.settled, ids)
                    return Reconciled(cluster, decision.ranges, await self._overtaken(leases, ids), operation)
            if _over(enough):
                return Reconciled(cluster, cluster.ranges, tuple(leases))
            cluster = None

    async def _look(self, cluster_id: ClusterId, seen: Cluster | None, deadline: float) -> tuple[Cluster, list[Lease]]:
        """The cluster, then the ledger; asked again later when Azure has no time for it now."""
        while True:
            try:
                cluster = seen or await self._clusters.read(cluster_id)
                return cluster, await self._ledger.leases(cluster_id)
            except AzureBusy as busy:
                seconds = (busy.retry_after or LOOK_SECONDS) + random.uniform(0, LOOK_SECONDS)  # noqa: S311
                if self._clock.monotonic() + seconds > deadline:
                    raise
                self._progress.note(f"{busy.sentence}; looking again in {seconds:.0f} s")
                await self._clock.sleep(seconds)

    async def _overtaken(self, leases: list[Lease], ids: Ids) -> tuple[Lease, ...]:
        """The write listed leases that may have ended, and been settled, since they were read: their entries are in
        the list again, and somebody must take them out."""
        held = {lease.id for lease in leases if not lease.ended}
        if not held - ids:
            return tuple(leases)
        newest = merged([*await self._ledger.leases(leases[0].cluster), *leases])
        back = [lease.unsettle() for lease in newest if lease.id in held and lease.added and lease.settled]
        return tuple(await self._record(newest, back, ids))

    async def _record(self, leases: list[Lease], changed: Sequence[Lease], ids: Ids) -> list[Lease]:
        """Side by side. A stranger's record that cannot be written is said, and stops nobody."""

        async def record(lease: Lease) -> None:
            try:
                await self._ledger.record(lease)
            except AksessError as fault:
                if lease.id in ids:
                    raise
                self._progress.note(f"the record of {lease.holder.name}'s lease {lease.id}: {fault.sentence}")

        for start in range(0, len(changed), AT_ONCE):
            async with owned_tasks() as tasks:
                for lease in changed[start : start + AT_ONCE]:
                    tasks.create_task(record(lease))
        newest = {lease.id: lease for lease in (*leases, *changed)}
        return list(newest.values())

    async def _write(
        self, cluster: Cluster, decision: Decision, enough: asyncio.Event | None, deadline: float
    ) -> Operation | None:
        """One PUT; None when somebody or something came in between and all must be read again."""
        assert decision.ranges is not None  # noqa: S101 - the caller's branch
        try:
            return await self._clusters.replace_ranges(cluster, decision.ranges)
        except Conflict:
            await self._wait(1 + random.random() * 2, enough, deadline)  # noqa: S311 - spreading, not secrecy
        except AzureBusy as busy:
            if self._clock.monotonic() + (busy.retry_after or 0) > deadline:
                raise
            seconds = busy.retry_after or LOOK_SECONDS
            self._progress.note(f"{busy.sentence}; waiting {seconds:.0f} s")
            await self._wait(seconds, enough, deadline)
        except AzureUnreachable as lost:
            # The write may have arrived; only reading again can tell.
            self._progress.note(f"{lost.sentence}; looking whether the change arrived")
            await self._wait(1 + random.random() * 2, enough, deadline)  # noqa: S311
        return None

    async def _wait(self, seconds: float, enough: asyncio.Event | None, deadline: float) -> None:
        if self._clock.monotonic() > deadline:
            raise AzureBusy(
                f"the cluster was busy with other operations for {PATIENCE_SECONDS / 60:.0f} minutes",
                "see what holds it: az aks show --query provisioningState; then run the same command again",
                code="cluster-busy",
            )
        if enough is None:
            await self._clock.sleep(seconds)
        else:
            await self._clock.sleep_until_set(enough, seconds)


def next_look(at_least: float, leases: Iterable[Lease]) -> float:
    """Seconds to wait: many may wait for one cluster, and no two of them in step."""
    waiting = sum(1 for lease in leases if not lease.settled)
    return max(at_least, SHARE_SECONDS * waiting) * random.uniform(0.8, 1.2)  # noqa: S311 - spreading, not secrecy


def _over(enough: asyncio.Event | None) -> bool:
    return enough is not None and enough.is_set()


def _turn(decision: Decision, ids: Ids) -> int:
    """How many others stand before this caller; a sweeper, who has no lease here, writes at once."""
    if not ids:
        return 0
    places = [place for place, lease in enumerate(decision.pending) if lease.id in ids]
    return min(places, default=len(decision.pending))


def _concerns(decision: Decision, ids: Ids) -> bool:
    """Whether the caller waits for anything in this change; a sweeper does for all of it."""
    return not ids or any(lease.id in ids for lease in decision.pending)


def _out_already(decision: Decision) -> tuple[Lease, ...]:
    """Ended leases whose entry is not waiting to be taken out."""
    pending = {lease.id for lease in decision.pending}
    return tuple(lease for lease in decision.settled if lease.id not in pending)
