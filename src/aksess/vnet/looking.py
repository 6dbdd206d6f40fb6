"""Look at a planned network from where one stands: what is there of it, who is seen from which address, what answers.

Reads only, side by side; what cannot be read is said as such. `chain.py` judges what is seen here.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from aksess.azure import network_bodies as bodies
from aksess.azure.clusters import Cluster, Clusters
from aksess.azure.resource_ids import group_path_of, name_of, parent_of, resource_id
from aksess.azure.user_settings import ShellSettings, UserSettings
from aksess.clock import Clock
from aksess.errors import AksessError, AzureRefused, RightsMissing, RouteRefused
from aksess.kube.kubeconfig import read_kubeconfig
from aksess.kube.probe import Proof, probe_once
from aksess.ranges import read_entry
from aksess.tasks import owned_tasks
from aksess.vnet.chain import Seen
from aksess.vnet.compare import compared, differing
from aksess.vnet.links import Reading
from aksess.vnet.model import Action, Part, Piece, Plan
from aksess.vnet.survey import Subnet
from aksess.vnet.surveyor import Surveyor
from aksess.wire import Wire


@dataclass(frozen=True)
class Looking:
    """`egress` tells the address the internet sees now. Errors: NotSignedIn, AzureUnreachable."""

    surveyor: Surveyor
    clusters: Clusters
    settings: UserSettings
    egress: Callable[[], Coroutine[Any, Any, IPv4Address]]
    wire: Wire
    clock: Clock

    async def seen(self, plan: Plan, cluster: Cluster, again: str) -> Seen:
        """`again` is the command that applies this plan."""
        async with owned_tasks() as tasks:
            pieces = tasks.create_task(self.surveyor.pieces(plan.pieces))
            others = tasks.create_task(self.surveyor.read([*plan.subnets.values(), *plan.admitted, *_addresses(plan)]))
            settings = tasks.create_task(self._settings())
            proof = tasks.create_task(self._proof(cluster))
            egress = tasks.create_task(self._egress())
        standing = {**others.result(), **pieces.result()}
        group, record = _security_group(plan, standing), _record(plan)
        standing |= await self.surveyor.read(one for one in (group, record) if one and one not in standing)
        return Seen(
            plan=softly_compared(plan, standing),
            cluster=cluster,
            standing=standing,
            settings=settings.result(),
            security_group=group,
            record=record,
            proof=proof.result(),
            egress=egress.result(),
            again=again,
            ours=_seen_from(plan, standing),
        )

    async def addresses(self, ids: tuple[str, ...]) -> tuple[IPv4Address, ...]:
        """What these public addresses are now; those that hold none are left out."""
        return _held(await self.surveyor.read(ids))

    async def _settings(self) -> ShellSettings | AksessError:
        try:
            return await self.settings.read()
        except (AzureRefused, RightsMissing) as fault:
            return fault

    async def _egress(self) -> IPv4Address | None:
        try:
            return await self.egress()
        except AksessError:
            return None

    async def _proof(self, cluster: Cluster) -> Proof | None:
        """One attempt; None without a kubeconfig, which says nothing about the way."""
        try:
            kubeconfig = read_kubeconfig(await self.clusters.kubeconfig(cluster))
        except AksessError:
            return None
        return await probe_once(kubeconfig, self.wire, self.clock)


def softly_compared(plan: Plan, standing: Mapping[str, Reading]) -> Plan:
    """As `compare.compared`, but what is in the way is a piece that is not as planned and no error: it is to be named
    beside everything else."""

    def judged(piece: Piece) -> Piece:
        try:
            return compared(replace(plan, deployment=(piece,), afterwards=()), standing).deployment[0]
        except RouteRefused:
            found = tuple(differing(piece.body, standing.get(piece.id)))
            return replace(piece, action=Action.CHANGE, differs=found)

    return replace(
        plan,
        deployment=tuple(map(judged, plan.deployment)),
        afterwards=tuple(map(judged, plan.afterwards)),
    )


def _addresses(plan: Plan) -> tuple[str, ...]:
    address = plan.piece(Part.ADDRESS)
    return (address.id,) if address else ()


def _seen_from(plan: Plan, standing: Mapping[str, Reading]) -> tuple[IPv4Address, ...]:
    return _held({one: standing.get(one) for one in dict.fromkeys((*plan.admitted, *_addresses(plan)))})


def _held(found: Mapping[str, Reading]) -> tuple[IPv4Address, ...]:
    told = [(body.get("properties") or {}).get("ipAddress") for body in found.values() if isinstance(body, dict)]
    networks = [read_entry(str(one)) for one in told]
    return tuple(one.network_address for one in networks if one is not None)


def _security_group(plan: Plan, standing: Mapping[str, Reading]) -> str | None:
    """The one the shells' subnet really has."""
    body = standing.get(plan.subnets[Part.SHELL_SUBNET])
    return Subnet(body).security_group if isinstance(body, dict) else None


def _record(plan: Plan) -> str | None:
    """Where the relay's address must be written: in the zone that is linked, under the relay's own name."""
    relay, link = plan.piece(Part.RELAY), plan.piece(Part.ZONE_LINK)
    if relay is None or link is None:
        return None
    zone = parent_of(link.id)
    return resource_id(group_path_of(zone), f"{bodies.ZONE}/A", name_of(zone), name_of(relay.id))
