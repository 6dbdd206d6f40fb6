"""The article's first way, done right: this shell's address as a lease on the authorized ranges.

Recorded, opened, proven, renewed while it is used, closed on every way out (S4, S6). The list itself is changed by
`leases/reconcile.py` alone.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Network

from aksess.azure.networks import NodeEgress
from aksess.azure.refusals import missing_right
from aksess.clock import Clock
from aksess.errors import AksessError, LedgerRefused, LeftOpen, RouteRefused
from aksess.kube.probe import Probe, Proof
from aksess.leases.keeper import Keeper
from aksess.leases.model import Holder, Lease
from aksess.leases.opening import Opening
from aksess.progress import Progress
from aksess.routes.base import Access, Facts, RouteName, Verdict, Wishes
from aksess.tasks import owned_tasks
from aksess.wire import Wire

POSTURE = "one more address is admitted, for as long as the lease lasts"
USUAL_SECONDS = 90.0


class AllowList:
    name = RouteName.ALLOWLIST

    def __init__(self, keeper: Keeper, opening: Opening, wire: Wire, clock: Clock, progress: Progress) -> None:
        self._keeper = keeper
        self._opening = opening
        self._wire = wire
        self._clock = clock
        self._progress = progress

    def judge(self, facts: Facts, wishes: Wishes) -> Verdict:
        refusal = refuse(facts, wishes, self._keeper.ledger.name)
        if refusal is not None:
            return Verdict(self.name, False, refusal.sentence, POSTURE, refusal=refusal)
        return Verdict(self.name, True, f"{address_of(facts, wishes)} can be leased a place", POSTURE, USUAL_SECONDS)

    @asynccontextmanager
    async def open(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Access]:
        lease = await self.record(facts, wishes)
        try:
            lease, proof = await self.prove(lease, facts, wishes)
            async with self._kept(lease, wishes):
                yield Access(self.name, facts.kubeconfig, proof, lease)
        finally:
            await self.close(lease, facts, wishes)

    async def record(self, facts: Facts, wishes: Wishes) -> Lease:
        """The lease, written down before anything is opened. Errors: the refusal of `judge`, LedgerRefused."""
        if refusal := refuse(facts, wishes, self._keeper.ledger.name):
            raise refusal
        self._progress.stage(f"recording the lease in the {self._keeper.ledger.name} ledger", usually=2)
        holder = Holder(facts.caller.name, facts.caller.object_id)
        address = address_of(facts, wishes)
        return await self._keeper.record(facts.cluster, address, holder, wishes.reason, wishes.lasts)

    async def prove(self, lease: Lease, facts: Facts, wishes: Wishes) -> tuple[Lease, Proof]:
        """Open and wait until the API server answers; the lease as the ledger then has it."""
        probe = Probe(facts.kubeconfig, self._wire, self._clock)
        try:
            return await self._opening.prove(lease, facts.cluster, probe, lock_down_entries(facts, wishes))
        finally:
            await probe.aclose()

    async def close(self, lease: Lease, facts: Facts, wishes: Wishes) -> None:
        """Mark the lease ended and take its entry out. Errors: LeftOpen, with what is left and who can finish it."""
        self._progress.stage("closing: taking the address out again")
        finish = f"finish it from anywhere: aksess sweep -g {lease.cluster.group} -n {lease.cluster.name}"
        try:
            await self._keeper.release(lease)
        except AksessError as fault:
            raise LeftOpen(
                f"lease {lease.id} could not be marked as ended ({fault.sentence}); it ends by itself at "
                f"{lease.ends:%H:%M} UTC",
                finish,
            ) from fault
        try:
            done = await self._keeper.reconciler.run(lease.cluster, mine=lease.id)
            if wishes.wait and done.operation is not None:
                await self._until_shut(facts)
        except asyncio.CancelledError:
            self._progress.note(f"lease {lease.id} is marked as ended, its entry may still be listed; {finish}")
            raise
        except AksessError as fault:
            raise LeftOpen(
                f"lease {lease.id} is marked as ended, but {lease.address} is still listed: {fault.sentence}", finish
            ) from fault

    async def _until_shut(self, facts: Facts) -> None:
        self._progress.stage("waiting until the API server no longer answers", usually=USUAL_SECONDS)
        probe = Probe(facts.kubeconfig, self._wire, self._clock)
        try:
            proof = await probe.until_shut()
        finally:
            await probe.aclose()
        self._progress.note(f"shut again, proven after {proof.seconds:.0f} s")

    @asynccontextmanager
    async def _kept(self, lease: Lease, wishes: Wishes) -> AsyncIterator[None]:
        """Mark the lease live, then renew it, while the caller uses it."""
        async with owned_tasks() as tasks:
            renewing = tasks.create_task(self._renew(lease, wishes), name=f"renewing {lease.id}")
            try:
                yield
            finally:
                renewing.cancel()

    async def _renew(self, lease: Lease, wishes: Wishes) -> None:
        """Never raises: a lease that cannot be renewed ends by itself, and the person is told."""
        try:
            await self._keeper.proven(lease)
        except AksessError as fault:
            self._progress.note(f"the ledger could not be brought up to date: {fault.sentence}")
        while True:
            await self._clock.sleep(wishes.lasts.total_seconds() / 3)
            try:
                renewed = await self._keeper.renew(lease, wishes.lasts)
            except AksessError as fault:
                self._progress.note(f"the lease could not be renewed: {fault.sentence}; trying again")
                continue
            if renewed is None:
                self._progress.note("the lease was ended from elsewhere; the way will be shut")
                return


def refuse(facts: Facts, wishes: Wishes, ledger: str) -> AksessError | None:
    """Why this way must not or cannot be opened, or None. Pure."""
    cluster = facts.cluster
    if cluster.private:
        return RouteRefused(
            f"`{cluster.id.name}` is private: authorized ranges do not exist there",
            "reach it from its own network: a Cloud Shell in a vNet, Azure Bastion, or az aks command invoke",
            code="cluster-private",
        )
    if facts.missing_rights:
        return _rights(facts.missing_rights, ledger)
    if not cluster.ranges:
        return _open_to_all(facts, wishes)
    if wishes.address is None and facts.egress is None:
        return facts.egress_fault
    return None


def _rights(missing: Sequence[tuple[str, str]], ledger: str) -> AksessError:
    action, scope = missing[0]
    right = missing_right(action, scope)
    if ledger == "deployments" and all("/deployments/" in one for one, _ in missing):
        return LedgerRefused(
            f"the lease could not be recorded: {right.sentence}",
            "ask for that right, or keep the lease on this machine only: --ledger local",
        )
    return right


def _open_to_all(facts: Facts, wishes: Wishes) -> AksessError | None:
    name = facts.cluster.id.name
    if not wishes.lock_down:
        return RouteRefused(
            f"`{name}` is open to the whole internet: a first entry would shut everybody else out, perhaps its nodes",
            "connect directly; or close it for good with --lock-down, which first shows who would be shut out",
            code="cluster-open",
        )
    nodes = facts.node_egress
    if nodes is None or not (nodes.automatic or nodes.certain):
        return RouteRefused(
            f"`{name}` cannot be locked down safely: where its nodes leave ({_kind(nodes)}) is not known for sure",
            "list the nodes' addresses first: az aks update --api-server-authorized-ip-ranges",
            code="node-egress-unknown",
        )
    return None if facts.egress or wishes.address else facts.egress_fault


def _kind(nodes: NodeEgress | None) -> str:
    return nodes.kind if nodes else "unknown"


def address_of(facts: Facts, wishes: Wishes) -> IPv4Network:
    """What the lease will list: the range named by the caller, else the egress address."""
    if wishes.address is not None:
        return wishes.address
    if facts.egress is None:
        raise ValueError("a lease without an address")
    return IPv4Network(facts.egress)


def lock_down_entries(facts: Facts, wishes: Wishes) -> tuple[str, ...] | None:
    """The nodes' own addresses, which stay listed; None unless an open server is to be locked down."""
    if not wishes.lock_down or facts.cluster.ranges or facts.node_egress is None:
        return None
    if facts.node_egress.automatic:
        return ()
    return tuple(f"{address}/32" for address in facts.node_egress.addresses)
