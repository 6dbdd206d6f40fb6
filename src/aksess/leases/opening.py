"""From a recorded lease to a proven one: reconcile and probe side by side; the first answer ends the waiting.

ARM's word is not proof, either way: access may come before it says Succeeded, and minutes after (AKS docs: up to two
minutes; Azure/AKS#1543 tells of hours). So the probe decides, and only a probe that stays shut long after the list
says open makes this give up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network

from aksess.azure.arm import Arm
from aksess.azure.clusters import Cluster
from aksess.azure.operations import Operation, Outcome, follow
from aksess.clock import Clock
from aksess.errors import AzureRefused, EgressUnclear, NotProven
from aksess.kube.probe import Probe, Proof
from aksess.leases.model import Lease
from aksess.leases.reconcile import Reconciled, Reconciler, next_look
from aksess.progress import Progress
from aksess.tasks import owned_tasks

WATCH_SECONDS = 10.0
PROPAGATION_SECONDS = 300.0
FAILURES = 3


class Opening:
    """`look_again` observes the egress address anew, for when the probe stays shut."""

    def __init__(
        self,
        arm: Arm,
        reconciler: Reconciler,
        clock: Clock,
        progress: Progress,
        look_again: Callable[[], Awaitable[IPv4Address]],
    ) -> None:
        self._arm = arm
        self._reconciler = reconciler
        self._clock = clock
        self._progress = progress
        self._look_again = look_again

    async def prove(
        self, lease: Lease, cluster: Cluster, probe: Probe, lock_down: Sequence[str] | None = None
    ) -> tuple[Lease, Proof]:
        """The lease as recorded and the proof. Errors: those of the reconciler, NotProven, AzureRefused."""
        enough = asyncio.Event()
        seen: Cluster | None = cluster
        if lock_down is not None:
            # Everybody gets through until the list is in force: only an answer after that proves anything.
            lease, seen = await self.list_only(lease, cluster, lock_down), None
        async with owned_tasks() as tasks:
            listing = tasks.create_task(self._keep_listed(lease, seen, lock_down, enough), name="listing")
            proof = await probe.until_open()
            enough.set()
            listed = await listing
        return listed, proof

    async def list_only(self, lease: Lease, cluster: Cluster, lock_down: Sequence[str] | None = None) -> Lease:
        """For an address that is not this shell's: listed, and Azure's word is all there is. Errors as `prove`."""
        done = await self.list_all([lease], cluster, lock_down)
        return done.lease(lease.id) or lease

    async def list_all(
        self, leases: Sequence[Lease], cluster: Cluster, lock_down: Sequence[str] | None = None
    ) -> Reconciled:
        """The same for several leases of one cluster, in one change."""
        seen: Cluster | None = cluster
        for _ in range(FAILURES):
            done = await self._reconciler.run(cluster.id, mine=leases, first_seen=seen, lock_down=lock_down)
            seen = None
            if done.operation is None or not await self._failed(done.operation, asyncio.Event()):
                return done
        raise _keeps_failing()

    async def _keep_listed(
        self, lease: Lease, seen: Cluster | None, lock_down: Sequence[str] | None, enough: asyncio.Event
    ) -> Lease:
        """Reconcile again and again until `enough`: operations fail, and others rewrite the list."""
        failures, listed_since = 0, None
        while True:
            done = await self._reconciler.run(
                lease.cluster, mine=[lease], first_seen=seen, lock_down=lock_down, enough=enough
            )
            seen = None
            if enough.is_set():
                return done.lease(lease.id) or lease
            if done.operation is None and not done.cluster.busy:
                listed_since = listed_since or self._clock.monotonic()
                await self._give_up_after(listed_since, lease)
            failures += await self._watch(done, enough)
            if enough.is_set():
                return done.lease(lease.id) or lease
            if failures >= FAILURES:
                raise _keeps_failing()

    async def _watch(self, done: Reconciled, enough: asyncio.Event) -> bool:
        """Wait until there is a reason to look again; True when our operation failed."""
        if done.operation is None:
            await self._clock.sleep_until_set(enough, next_look(WATCH_SECONDS, done.leases))
            return False
        self._progress.stage("the cluster takes the change", usually=90)
        return await self._failed(done.operation, enough)

    async def _failed(self, operation: Operation, enough: asyncio.Event) -> bool:
        async with owned_tasks() as tasks:
            following = tasks.create_task(follow(self._arm, operation, self._clock))
            waiting = tasks.create_task(enough.wait())
            await asyncio.wait({following, waiting}, return_when=asyncio.FIRST_COMPLETED)
            following.cancel()
            waiting.cancel()
        if following.cancelled():
            return False
        ended = following.result()
        if ended.outcome in (Outcome.SUCCEEDED, Outcome.UNTOLD):
            self._progress.stage("Azure says done; waiting until the API server really answers", usually=60)
            return False
        self._progress.note(f"Azure failed the change ({ended.outcome}: {ended.reason}); trying again")
        return True

    async def _give_up_after(self, listed_since: float, lease: Lease) -> None:
        if self._clock.monotonic() - listed_since < PROPAGATION_SECONDS:
            return
        try:
            address = await self._look_again()
        except EgressUnclear as fault:
            raise NotProven(_stays_shut(lease), fault.next_step) from fault
        if IPv4Network(address).subnet_of(lease.address):
            raise NotProven(
                _stays_shut(lease),
                "a firewall between here and Azure may block port 443 to it; try another network, or another route",
            )
        raise NotProven(
            f"{_stays_shut(lease)}; this shell is now seen as {address}",
            "run the same command again: it will lease the new address",
            code="egress-moved",
        )


def _stays_shut(lease: Lease) -> str:
    return (
        f"{lease.address} has been listed for {PROPAGATION_SECONDS / 60:.0f} minutes, "
        "and the API server still does not answer"
    )


def _keeps_failing() -> AzureRefused:
    return AzureRefused(f"Azure took the change {FAILURES} times and failed it each time", "look at it: az aks show")
