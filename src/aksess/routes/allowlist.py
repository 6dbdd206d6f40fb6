"""The article's first way, done right: this shell's address as a lease on the authorized ranges.

Recorded, opened, proven, renewed while it is used, closed on every way out (S4, S6). When it may be opened at all is
`allowlist_rules.py`'s; the list itself is changed by `leases/reconcile.py` alone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aksess.clock import Clock
from aksess.errors import AksessError, AzureBusy, LedgerRefused
from aksess.kube.probe import Probe, Proof
from aksess.leases.closing import Closing
from aksess.leases.holding import Holding
from aksess.leases.keeper import Keeper
from aksess.leases.model import Holder, Lease
from aksess.leases.opening import PROPAGATION_SECONDS, Opening
from aksess.progress import Progress
from aksess.ranges import covered
from aksess.routes.allowlist_rules import address_of, kubeconfig_of, lock_down_entries, refuse
from aksess.routes.base import Endpoint, Facts, RouteName, Verdict, Wishes
from aksess.wire import Wire

POSTURE = "one more address is admitted, for as long as the lease lasts"
USUAL_SECONDS = 90.0


@dataclass(frozen=True)
class AllowList:
    """The route of leases; `keeper` decides in which ledger they are."""

    keeper: Keeper
    opening: Opening
    holding: Holding
    closing: Closing
    wire: Wire
    clock: Clock
    progress: Progress
    name: RouteName = RouteName.ALLOWLIST

    def judge(self, facts: Facts, wishes: Wishes) -> Verdict:
        refusal = refuse(facts, wishes, self.keeper.ledger.name)
        if refusal is not None:
            private = facts.cluster.private
            return Verdict(self.name, False, refusal.sentence, POSTURE, refusal=refusal, exists=not private)
        return Verdict(self.name, True, f"{address_of(facts, wishes)} can be leased a place", POSTURE, USUAL_SECONDS)

    @asynccontextmanager
    async def open(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Endpoint]:
        lease = await self.record(facts, wishes)
        try:
            lease, proof = await self.prove(lease, facts, wishes)
            async with self.holding.held(lease, wishes.lasts):
                yield Endpoint(self.name, kubeconfig_of(facts), proof, lease)
        finally:
            await self.close(lease, facts, wishes)

    async def record(self, facts: Facts, wishes: Wishes) -> Lease:
        """The lease, written down before anything is opened. Errors: the refusal of `judge`, LedgerRefused."""
        if refusal := refuse(facts, wishes, self.keeper.ledger.name):
            raise refusal
        self.progress.stage(f"recording the lease in the {self.keeper.ledger.name} ledger", usually=2)
        holder = Holder(facts.caller.name, facts.caller.object_id)
        lease = self.keeper.draft(facts.cluster, address_of(facts, wishes), holder, wishes.reason, wishes.lasts)
        try:
            await self.keeper.ledger.record(lease)
        except BaseException as fault:
            # Interrupted, or no clear answer: it may stand in the ledger all the same, and the next reconcile would
            # list it. Only a refusal proves that nothing was written.
            refused = isinstance(fault, LedgerRefused) and not isinstance(fault.__cause__, AzureBusy)
            if not refused and await self._may_stand(lease):
                await self.close(lease, facts, wishes)
            raise
        return lease

    async def _may_stand(self, lease: Lease) -> bool:
        try:
            return await self.keeper.ledger.again(lease) is not None
        except AksessError:
            return True

    async def prove(self, lease: Lease, facts: Facts, wishes: Wishes) -> tuple[Lease, Proof]:
        """Open and wait until the API server answers; the lease as the ledger then has it."""
        probe = Probe(kubeconfig_of(facts), self.wire, self.clock)
        try:
            return await self.opening.prove(lease, facts.cluster, probe, lock_down_entries(facts, wishes))
        finally:
            await probe.aclose()

    async def close(self, lease: Lease, facts: Facts, wishes: Wishes) -> None:
        """Take the entry out again. Errors: LeftOpen, with what is left and who can finish it."""
        done = await self.closing.close(lease)
        if not wishes.wait or done is None:
            return
        if covered(lease.address, done.ranges):
            self.progress.note(f"{lease.address} stays listed: somebody else holds it, or it was listed before")
        else:
            await self._until_shut(facts)

    async def _until_shut(self, facts: Facts) -> None:
        self.progress.stage("waiting until the API server no longer answers", usually=USUAL_SECONDS)
        probe = Probe(kubeconfig_of(facts), self.wire, self.clock)
        try:
            async with asyncio.timeout(PROPAGATION_SECONDS):
                proof = await probe.until_shut()
        except TimeoutError:
            self.progress.note(f"the API server still answers after {PROPAGATION_SECONDS / 60:.0f} minutes")
        else:
            self.progress.note(f"shut again, proven after {proof.seconds:.0f} s")
        finally:
            await probe.aclose()
