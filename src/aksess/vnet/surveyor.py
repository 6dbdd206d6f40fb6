"""Read what must be known before a network can be planned: side by side, each once, nothing guessed.

What may not be read is left out (a peered network of somebody else's subscription, say); what is not there is told as
not there. The cluster itself must be readable.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.azure.clusters import Cluster, Clusters
from aksess.azure.credentials import Credentials
from aksess.azure.ids import ClusterId
from aksess.azure.resource_ids import group_path_of, name_of, same, type_of
from aksess.azure.resources import Resources
from aksess.errors import AzureRefused, RightsMissing
from aksess.settings import ARM_AUDIENCE
from aksess.tasks import owned_tasks
from aksess.vnet.links import Reading
from aksess.vnet.model import Names, Piece, Wishes, stem_of
from aksess.vnet.survey import Network, Survey, api_zone, network_of, own_network_id

RECORD = "Microsoft.Network/privateDnsZones/A"
IN_GROUP = (bodies.PROFILE, bodies.RELAY, bodies.ENDPOINT, bodies.NAT_GATEWAY)
AT_ONCE = 12
"""Reads side by side: far below what ARM takes from one caller."""


@dataclass(frozen=True)
class Surveyor:
    """Reads only. `principal` finds the object id of the Container Instance Service, `registrations` the providers'
    states in a subscription; each as `Survey` has it."""

    clusters: Clusters
    resources: Resources
    credentials: Credentials
    principal: Callable[[], Coroutine[Any, Any, str | None]]
    registrations: Callable[[str], Coroutine[Any, Any, Mapping[str, str]]]

    async def survey(self, cluster_id: ClusterId, wishes: Wishes, cluster: Cluster | None = None) -> Survey:
        """`cluster`: as it is known otherwise. Errors: ClusterUnknown, NotSignedIn, AzureUnreachable."""
        cluster = cluster or await self._cluster(cluster_id)
        network = wishes.network or own_network_id(cluster, Names(stem_of(cluster_id)).network)
        group, zone = group_path_of(network), api_zone(cluster)
        subscription = group.split("/")[2]
        async with owned_tasks() as tasks:
            home = tasks.create_task(self._cluster_network(cluster))
            shells = tasks.create_task(self._network(network))
            links = tasks.create_task(self._children(zone, bodies.ZONE_LINK)) if zone else None
            standing = tasks.create_task(self._standing(group, subscription))
            principal = tasks.create_task(self._principal(wishes))
            providers = tasks.create_task(self.registrations(subscription))
            caller = tasks.create_task(self.credentials.identity(ARM_AUDIENCE))
        return Survey(
            cluster=cluster,
            deployer=caller.result().name,
            cluster_network=home.result(),
            neighbours=await self._neighbours(home.result(), shells.result()),
            shell_network=shells.result(),
            zone=zone,
            zone_links=links.result() if links else None,
            standing=standing.result(),
            principal=principal.result(),
            providers=providers.result(),
        )

    async def read(self, ids: Iterable[str]) -> dict[str, Reading]:
        """Each by its id, in this spelling."""
        return await _each({id_: self._reading(id_) for id_ in dict.fromkeys(ids)})

    async def pieces(self, pieces: Iterable[Piece]) -> dict[str, Reading]:
        """What stands of a plan, by the ids of its pieces. A role assignment also counts under another name, when it
        gives the same role to the same principal there or above."""
        asked = {one.id: self._assignment(one) if _is_assignment(one) else self._reading(one.id) for one in pieces}
        return await _each(asked)

    async def _assignment(self, piece: Piece) -> Reading:
        scope, wanted = parent_scope(piece.id), piece.body.get("properties") or {}
        role, principal = name_of(str(wanted.get("roleDefinitionId"))), str(wanted.get("principalId"))
        only = {"$filter": f"principalId eq '{principal}'"}
        try:
            found = await self.resources.listed(scope, bodies.ROLE_ASSIGNMENT, **only)
        except (AzureRefused, RightsMissing) as fault:
            return fault
        fitting = [one for one in found if _gives(one, scope, role, principal)]
        by_name = (one for one in fitting if same(str(one.get("id", "")), piece.id))
        return next(by_name, None) or next(iter(fitting), None)

    async def _reading(self, id_: str) -> Reading:
        try:
            return await self.resources.read(id_)
        except (AzureRefused, RightsMissing) as fault:
            return fault

    async def _cluster(self, id_: ClusterId) -> Cluster:
        """With the preview property by which AKS itself connects Cloud Shell; the stable version does not tell it."""
        async with owned_tasks() as tasks:
            reading = tasks.create_task(self.clusters.read(id_))
            preview = tasks.create_task(self.clusters.cloud_shell_profile(id_))
        if not (profile := preview.result()):
            return reading.result()
        body = reading.result().body
        return Cluster(id_, {**body, "properties": {**body.get("properties", {}), "cloudShellProfile": profile}})

    async def _cluster_network(self, cluster: Cluster) -> Network | None:
        if (known := network_of(cluster)) is not None:
            return await self._network(known)
        found = await self._listed(cluster.node_group_path, bodies.VNET)
        return Network(found[0]) if found else None

    async def _network(self, id_: str) -> Network | None:
        body = await self._reading(id_)
        return Network(body) if isinstance(body, dict) else None

    async def _neighbours(self, *networks: Network | None) -> tuple[Network, ...]:
        known = [one for one in networks if one is not None]
        remotes = {half.remote.lower(): half.remote for one in known for half in one.peerings}
        wanted = [one for one in remotes.values() if not any(same(one, it.id) for it in known)]
        found = await self.read(wanted)
        return tuple(Network(body) for body in found.values() if isinstance(body, dict))

    async def _standing(self, group: str, subscription: str) -> dict[str, tuple[Json, ...]]:
        """By lower-case type: what serves Cloud Shell in the group, and every zone for relays, with what is in it."""
        async with owned_tasks() as tasks:
            lists = {kind: tasks.create_task(self._listed(group, kind)) for kind in IN_GROUP}
            zones = tasks.create_task(self._listed(f"/subscriptions/{subscription}", bodies.ZONE))
        mine = [one for one in zones.result() if name_of(str(one.get("id", ""))).lower() == bodies.RELAY_ZONE]
        found = {kind.lower(): tuple(read.result()) for kind, read in lists.items()}
        found[bodies.ZONE.lower()] = tuple(mine)
        for kind in (bodies.ZONE_LINK, RECORD):
            inside = [await self._children(str(one["id"]), kind) for one in mine]
            found[kind.lower()] = tuple(child for children in inside for child in children or ())
        return found

    async def _listed(self, scope: str, kind: str) -> Sequence[Json]:
        try:
            return await self.resources.listed(scope, kind)
        except (AzureRefused, RightsMissing):
            return ()

    async def _children(self, parent: str, kind: str) -> tuple[Json, ...] | None:
        try:
            return tuple(await self.resources.listed(parent, kind))
        except (AzureRefused, RightsMissing):
            return None

    async def _principal(self, wishes: Wishes) -> str | None:
        return wishes.principal or await self.principal()


def _gives(assignment: Json, scope: str, role: str, principal: str) -> bool:
    """An assignment above a scope holds in it; one below does not."""
    told = assignment.get("properties") or {}
    where = str(told.get("scope", "")).rstrip("/").lower()
    return (
        name_of(str(told.get("roleDefinitionId", ""))).lower() == role.lower()
        and str(told.get("principalId", "")).lower() == principal.lower()
        and (same(where, scope) or f"{scope.lower()}/".startswith(f"{where}/"))
    )


def parent_scope(assignment: str) -> str:
    """What a role assignment is about."""
    return assignment[: assignment.lower().rindex(f"/providers/{bodies.ROLE_ASSIGNMENT}".lower())]


def _is_assignment(piece: Piece) -> bool:
    return type_of(piece.id).lower() == bodies.ROLE_ASSIGNMENT.lower()


async def _each(asked: Mapping[str, Coroutine[Any, Any, Reading]]) -> dict[str, Reading]:
    """Side by side, but not too many at once."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(question: Coroutine[Any, Any, Reading]) -> Reading:
        async with limit:
            return await question

    async with owned_tasks() as tasks:
        reads = {id_: tasks.create_task(one(question)) for id_, question in asked.items()}
    return {id_: read.result() for id_, read in reads.items()}
