"""From a plan to a network that stands. Each step finds out for itself what is left to do, so that a run that was cut
in the middle is finished by the next, and one that finds everything right changes nothing.

The order: a record of what is being made (so that `remove` can take it away whatever happens), resource providers, the
template, what lies elsewhere, at last the addresses into the authorized ranges.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network

from aksess.azure.arm import Json
from aksess.azure.operations import Ended, Outcome
from aksess.azure.providers import Providers
from aksess.azure.resource_ids import name_of, same
from aksess.azure.resources import Resources
from aksess.azure.template_deployments import Change, Step, TemplateDeployments
from aksess.azure.template_faults import Fault, meaning
from aksess.clock import Clock
from aksess.errors import AksessError, AzureBusy, AzureRefused, Conflict, RouteRefused
from aksess.leases.model import Holder
from aksess.leases.standing import Admission, Standing
from aksess.progress import Progress
from aksess.ranges import covered, read_entry
from aksess.vnet.links import is_cut
from aksess.vnet.looking import Looking
from aksess.vnet.model import Action, Part, Piece, Plan
from aksess.vnet.template import template

Foreseen = Change
"""What one resource would become, in Azure's own words for it."""
TEMPLATE_SECONDS = 240.0
"""Most of it is the private endpoint's."""
TRIES, BETWEEN_SECONDS = 10, 6.0
CUTTABLE = frozenset({Part.PEERING_THERE, Part.PEERING_BACK, Part.ENDPOINT})
PASSING = frozenset({"AnotherOperationInProgress", "RetryableError", "ReferencedResourceNotProvisioned"})
"""Codes of a network provider that is busy with the same network (REST reference, virtual networks)."""


@dataclass(frozen=True)
class Applying:
    """Errors: those of a deployment (`template_faults.py`), of a refused PUT, and of the lease loop."""

    resources: Resources
    deployments: TemplateDeployments
    providers: Providers
    admission: Admission
    looking: Looking
    clock: Clock
    progress: Progress

    async def foresee(self, plan: Plan) -> list[Foreseen]:
        """What Azure says the template would change, and what applying would do beside it. Nothing is changed."""
        beside = [
            Change(one.id, "Create" if one.action is Action.CREATE else "Modify", one.differs)
            for one in plan.afterwards
            if not one.stands
        ]
        beside += await self._entries(plan)
        if all(piece.stands for piece in plan.deployment):
            return beside
        self.progress.stage("asking Azure what would change", usually=5)
        told = await self.deployments.what_if(plan.group_path, plan.deployment_name, _template(plan))
        return [*(one for one in told if one.changes), *beside]

    async def apply(self, plan: Plan, holder: Holder) -> Standing:
        """To its end; the record as it then stands. Interrupted, it says who finishes it."""
        try:
            return await self._applied(plan, holder)
        except asyncio.CancelledError:
            self.progress.note(
                "what Azure has begun goes on; the same command finishes it, `aksess vnet remove` undoes it"
            )
            raise

    async def _entries(self, plan: Plan) -> list[Change]:
        """What goes into the authorized ranges; an address that is not made yet goes by its resource's name."""
        if not plan.admitted:
            return []
        cluster = await self.admission.clusters.read(plan.cluster)
        found = await self.looking.addresses(plan.admitted)
        if len(found) < len(plan.admitted):
            missing = [f"the address of {name_of(one)}" for one in plan.admitted]
        else:
            missing = [str(one) for one in found if cluster.ranges and not covered(IPv4Network(one), cluster.ranges)]
        fields = tuple(f"authorizedIPRanges + {one}" for one in missing)
        return [Change(str(plan.cluster), "Modify", fields)] if fields else []

    async def _applied(self, plan: Plan, holder: Holder) -> Standing:
        standing = await self._begun(plan, holder)
        await self._register(plan)
        await self._clear(plan)
        if not all(piece.stands for piece in plan.deployment):
            await self._deploy(plan)
        for piece in plan.afterwards:
            if not piece.stands:
                await self._put(piece)
        if not plan.admitted:
            return standing
        return await self._admit(plan, standing)

    async def _begun(self, plan: Plan, holder: Holder) -> Standing:
        """Recorded before anything is made. Errors: RouteRefused when another network was made for this cluster."""
        known = await self.admission.known(plan.cluster)
        if known is not None and not same(known.network, plan.network):
            raise RouteRefused(
                f"`{name_of(known.network)}` was applied for this cluster, and this plan is about another network",
                f"take it away first, or stay with it: --vnet {known.network}",
                code="other-network",
            )
        here = Standing(plan.cluster, plan.network, plan.variant.value, known.holder if known else holder)
        if known is not None:
            here = replace(here, entries=known.entries, added=known.added)
        elif listed := await self._listed_already(plan):
            here = replace(here, entries=listed, added=listed)
        await self.admission.record(here)
        return here

    async def _listed_already(self, plan: Plan) -> tuple[IPv4Network, ...]:
        """Where Azure has trimmed the record: an address of our own that is listed was listed by us (`remove.py`)."""
        address = plan.piece(Part.ADDRESS)
        if address is None or address.action is not Action.KEEP:
            return ()
        ranges = (await self.admission.clusters.read(plan.cluster)).ranges
        there = {read_entry(one) for one in ranges}
        return tuple(
            entry for one in await self.looking.addresses(plan.admitted) if (entry := IPv4Network(one)) in there
        )

    async def _register(self, plan: Plan) -> None:
        for namespace in plan.registrations:
            self.progress.stage(f"registering {namespace} in the subscription", usually=60)
            await self.providers.register(plan.subscription, namespace)

    async def _clear(self, plan: Plan) -> None:
        """Out of the way with what was cut and must be made anew: a PUT would change nothing about it."""
        for piece in plan.pieces:
            if piece.action is Action.CREATE and piece.part in CUTTABLE and is_cut(await self._there(piece)):
                self.progress.stage(f"{piece.part.value} `{piece.name}` was cut: it is made anew", usually=20)
                await self.resources.delete(piece.id)

    async def _there(self, piece: Piece) -> Json:
        return await self.resources.read(piece.id) or {}

    async def _deploy(self, plan: Plan) -> None:
        group, name, made = plan.group_path, plan.deployment_name, _template(plan)
        self.progress.stage(f"deploying {name} into {plan.group}", usually=TEMPLATE_SECONDS)
        await self.deployments.check(group, name, made)
        await self.deployments.run(group, name, made, plan.tags, _Teller(plan, self.progress).tell)

    async def _put(self, piece: Piece) -> None:
        """One resource outside the template."""
        self.progress.stage(f"{piece.part.value}: {piece.name}", usually=10)
        for _ in range(TRIES):
            try:
                ended = await self.resources.write(piece.id, piece.body)
            except (Conflict, AzureBusy) as busy:
                await self.clock.sleep(getattr(busy, "retry_after", None) or BETWEEN_SECONDS)
            except AzureRefused as refusal:
                if refusal.azure_code not in PASSING:
                    raise _refused(piece, refusal) from refusal
                await self.clock.sleep(BETWEEN_SECONDS)
            else:
                return _check(piece, ended)
        raise AzureBusy(
            f"other changes kept {piece.part.value} `{piece.name}` from being made", "run the same command again"
        )

    async def _admit(self, plan: Plan, standing: Standing) -> Standing:
        addresses = await self.looking.addresses(plan.admitted)
        if len(addresses) < len(plan.admitted):
            raise AzureRefused(
                "the public address of the network holds no address yet", "run the same command again in a minute"
            )
        return await self.admission.admit(standing, [IPv4Network(one) for one in addresses])


@dataclass
class _Teller:
    """Says each resource once, when it is made."""

    plan: Plan
    progress: Progress
    _said: set[str] = field(default_factory=set)

    def tell(self, steps: Iterable[Step]) -> None:
        done = {one.id.lower() for one in steps if one.done}
        asked = [piece for piece in self.plan.deployment if not piece.stands]
        for piece in asked:
            if piece.id.lower() in done - self._said:
                self._said.add(piece.id.lower())
                self.progress.stage(f"{len(self._said)} of {len(asked)} made: {piece.part.value} `{piece.name}`")


def _template(plan: Plan) -> Json:
    """Only what is left to do: what stands is not touched, be it ours or another's."""
    return template(plan, [piece for piece in plan.deployment if not piece.stands])


def _check(piece: Piece, ended: Ended) -> None:
    if ended.outcome in (Outcome.SUCCEEDED, Outcome.UNTOLD):
        return
    code, _, message = ended.reason.partition(": ")
    raise meaning([Fault(code if message else "DeploymentFailed", message or ended.reason, piece.id)])


def _refused(piece: Piece, refusal: AzureRefused) -> AksessError:
    """The sentence of a refused PUT begins with Azure's code."""
    return meaning([Fault(refusal.azure_code or "Refused", refusal.sentence, piece.id)])
