"""The third way as the session holds it: one object that plans, applies, looks at and removes Cloud Shell networks.

It only puts the parts of this folder together; each decision is in one of them.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Arm
from aksess.azure.clusters import Cluster, Clusters
from aksess.azure.credentials import Credentials
from aksess.azure.deployments import Deployments
from aksess.azure.graph import Graph
from aksess.azure.ids import ClusterId
from aksess.azure.permissions import Permissions
from aksess.azure.prices import Prices
from aksess.azure.providers import Providers
from aksess.azure.resource_ids import name_of, same, scope_of
from aksess.azure.resources import Resources
from aksess.azure.template_deployments import TemplateDeployments
from aksess.azure.user_settings import UserSettings
from aksess.clock import Clock
from aksess.errors import RouteRefused
from aksess.leases.closing import Closing
from aksess.leases.keeper import Keeper
from aksess.leases.model import Holder
from aksess.leases.opening import Opening
from aksess.leases.standing import Admission, Standing, known_standing, record_name
from aksess.progress import Progress
from aksess.settings import ARM_AUDIENCE
from aksess.tasks import owned_tasks
from aksess.vnet.apply import Applying, Foreseen
from aksess.vnet.by_hand import ROLES
from aksess.vnet.chain import Seen, mended
from aksess.vnet.compare import check_made_for, compared
from aksess.vnet.cost import Cost, cost_of
from aksess.vnet.design import design
from aksess.vnet.looking import Looking
from aksess.vnet.model import OWN_NETWORK, Part, Plan, Wishes
from aksess.vnet.remove import Fate, Gone, Removal, entries_of, would_remove
from aksess.vnet.rights import check_rights, needed_rights, with_rights
from aksess.vnet.surveyor import Surveyor
from aksess.vnet.wishes import command_again, wishes_from
from aksess.wire import Wire


@dataclass(frozen=True)
class ShellNetworks:
    """Made by `shell_networks`."""

    surveyor: Surveyor
    looking: Looking
    applying: Applying
    admission: Admission
    settings: UserSettings
    credentials: Credentials
    permissions: Permissions
    prices: Prices

    async def plan(self, cluster: ClusterId, wishes: Wishes) -> Plan:
        """Laid beside what stands and what the deployer may do. Errors: those of `design` and `compared`: what cannot
        be, or is in the way."""
        made = design(await self.surveyor.survey(cluster, wishes), wishes)
        return await self.judged(compared(made, await self.surveyor.pieces(made.pieces)))

    async def cost(self, plan: Plan) -> Cost:
        """By list prices; it never fails for want of a list."""
        return cost_of(plan, await self.prices.of_region(plan.location))

    async def judged(self, plan: Plan) -> Plan:
        """With the rights that the deployer surely lacks for what is left to do."""
        needed = needed_rights(plan)
        async with owned_tasks() as tasks:
            asked = {
                scope: tasks.create_task(self.permissions.missing(scope, actions)) for scope, actions in needed.items()
            }
        return with_rights(plan, {scope: found.result() for scope, found in asked.items()})

    async def wishes(self, cluster: ClusterId, **typed: Any) -> Wishes:
        """Of what was typed (`wishes_from`); a network that was named when it was applied need not be named again.
        Errors: BadInput."""
        wishes = wishes_from(cluster, **typed)
        known = await known_standing(self.admission.records, cluster) if wishes.network is None else None
        return wishes_of(known, wishes) if known else wishes

    async def seen(self, cluster: ClusterId, wishes: Wishes) -> Seen:
        """What stands of the plan and what it does, for the chain. Errors: those of `design`, ClusterUnknown."""
        survey = await self.surveyor.survey(cluster, wishes)
        again = command_again(cluster, wishes)
        try:
            return await self.looking.seen(design(survey, wishes), survey.cluster, again)
        except RouteRefused as fault:
            if fault.code != "principal-unknown":
                raise
            # All but the roles can be looked at; whose they are is not known.
            made = design(survey, replace(wishes, principal="unknown"))
            seen = await self.looking.seen(made, survey.cluster, again)
            roles = {piece.id: fault for piece in made.pieces if piece.part in ROLES}
            return replace(seen, standing={**seen.standing, **roles})

    async def left_behind(self, cluster: ClusterId, wishes: Wishes) -> Seen:
        """The same for a cluster that is gone: what was made for it is found by its names."""
        nobody = replace(wishes, principal=wishes.principal or str(cluster))
        survey = await self.surveyor.survey(cluster, nobody, Cluster(cluster, {}))
        return await self.looking.seen(design(survey, nobody), survey.cluster, "")

    async def to_apply(self, cluster: ClusterId, wishes: Wishes) -> Plan:
        """The plan with what it takes to mend what stands and is broken. Errors as `plan`."""
        seen = await self.seen(cluster, wishes)
        if fault := next((one for one in seen.standing.values() if isinstance(one, RouteRefused)), None):
            raise fault
        compared(seen.plan, seen.standing)
        return await self.judged(mended(seen))

    async def foresee(self, plan: Plan) -> list[Foreseen]:
        """What Azure says would change. Errors: RightsMissing, before anything is asked; why it would be refused."""
        check_rights(plan)
        return await self.applying.foresee(plan)

    async def apply(self, plan: Plan) -> Standing:
        """Everything that is left to do of it; nothing where nothing is."""
        check_rights(plan)
        caller = await self.credentials.identity(ARM_AUDIENCE)
        return await self.applying.apply(plan, Holder(caller.name, caller.object_id))

    async def set_my_shell(self, plan: Plan) -> bool:
        """The caller's own next shell starts in it; False when it did already."""
        profile, relay = plan.piece(Part.PROFILE), plan.piece(Part.RELAY)
        assert profile is not None and relay is not None  # noqa: S101, PT018 - every plan has both
        now = await self.settings.read()
        if now.names(profile.id, relay.id):
            return False
        if now.mounted:
            self.applying.progress.note("your file share cannot be mounted there; mount it anew once you are out again")
        await self.settings.write(now.inside(profile.id, relay.id, plan.location, plan.subscription))
        return True

    async def reset_my_shell(self) -> bool:
        """The caller's own next shell starts in Microsoft's network again; False when it did already."""
        now = await self.settings.read()
        if now.isolated:
            await self.settings.write(now.outside())
        return now.isolated

    async def forget_lost(self, cluster: ClusterId, *, dry_run: bool = False) -> list[Gone]:
        """Of a network of somebody's own that was applied and is not there any more: its entries and its record."""
        known = await self.admission.known(cluster)
        if known is None:
            return []
        gone = [Gone("authorized range", str(one), Fate.REMOVED) for one in known.added]
        if not dry_run:
            await self.admission.dismiss(known)
            await self.applying.deployments.forget(cluster.group_path, record_name(cluster))
        return [*gone, Gone("record of the network", known.network, Fate.REMOVED)]

    async def remove(self, seen: Seen, *, dry_run: bool = False) -> list[Gone]:
        """What became of each thing. Errors: LeftOpen, and RouteRefused from a shell that stands inside, and for what
        was made for another cluster."""
        check_made_for(seen.plan, seen.standing)
        caller = await self.credentials.identity(ARM_AUDIENCE)
        known = await self.admission.known(seen.plan.cluster)
        if known is not None and not same(known.network, seen.plan.network):
            raise RouteRefused(
                f"`{name_of(known.network)}` was applied for this cluster, not `{name_of(seen.plan.network)}`",
                "leave --vnet out; the one that was applied goes",
                code="other-network",
            )
        listed = entries_of(seen, known, Holder(caller.name, caller.object_id))
        if dry_run:
            return would_remove(seen, listed)
        if seen.inside:
            raise RouteRefused(
                "this very shell stands in the network that would be removed",
                "leave it first: the same command with --reset-my-shell; then run it again in a new Cloud Shell",
                code="inside-network",
            )
        applying = self.applying
        removal = Removal(
            applying.resources, applying.deployments, self.admission, self.settings, applying.clock, applying.progress
        )
        return await removal.remove(seen, listed)


def wishes_of(known: Standing, wishes: Wishes) -> Wishes:
    """What was applied, where the person says nothing else: a network that is not our own was named."""
    ours = same(scope_of(known.network), known.cluster.group_path) and OWN_NETWORK.fullmatch(name_of(known.network))
    return wishes if ours else replace(wishes, network=known.network)


def shell_networks(
    arm: Arm,
    clusters: Clusters,
    credentials: Credentials,
    *,
    wire: Wire,
    clock: Clock,
    progress: Progress,
    keeper: Keeper,
    opening: Opening,
    egress: Callable[[], Coroutine[Any, Any, IPv4Address]],
    folder: Path,
) -> ShellNetworks:
    """`egress` tells the address the internet sees now; `folder` is where prices are kept."""
    resources, providers, settings = Resources(arm, clock), Providers(arm, clock), UserSettings(arm)
    graph = Graph(credentials, wire)

    async def principal() -> str | None:
        return await graph.service_principal(bodies.CONTAINER_INSTANCE_APP)

    surveyor = Surveyor(clusters, resources, credentials, principal, providers.states)
    looking = Looking(surveyor, clusters, settings, egress, wire, clock)
    admission = Admission(clusters, Deployments(arm, clock), Closing(keeper, progress), opening, clock, progress)
    deployments = TemplateDeployments(arm, clock)
    applying = Applying(resources, deployments, providers, admission, looking, clock, progress)
    prices = Prices(wire, clock, folder)
    return ShellNetworks(surveyor, looking, applying, admission, settings, credentials, Permissions(arm), prices)
