"""Azure Bastions that could lead to a cluster: found wherever they are, with all that judging them takes. Reads only.

A Bastion usually stands in a hub, in a resource group and often a subscription of its own. What the cluster's network
is peered with tells where to look; a Bastion that is merely listed first is no better than any other.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from aksess.azure.arm import Arm, Json
from aksess.azure.clusters import Cluster
from aksess.azure.networks import API_VERSION, Network, Networks, Peering
from aksess.azure.resource_ids import group_of, name_of, parent_of, subscription_of
from aksess.errors import AksessError, BadInput, NotFound
from aksess.tasks import owned_tasks

_ID = re.compile(
    r"/subscriptions/[^/?#%]+/resourceGroups/[^/?#%]+/providers/Microsoft\.Network/bastionHosts/[^/?#%]+", re.IGNORECASE
)


@dataclass(frozen=True)
class Bastion:
    """A Bastion as ARM showed it at one moment; the properties read the raw body (REST reference, Bastion Hosts)."""

    body: Json

    @property
    def id(self) -> str:
        return str(self.body.get("id", ""))

    @property
    def name(self) -> str:
        return name_of(self.id)

    @property
    def group(self) -> str:
        return group_of(self.id)

    @property
    def sku(self) -> str:
        """`Developer`, `QuickConnect`, `Basic`, `Standard` or `Premium`."""
        return str((self.body.get("sku") or {}).get("name", ""))

    @property
    def state(self) -> str:
        return str(self._properties.get("provisioningState", ""))

    @property
    def tunnels(self) -> bool:
        """Native client support; left out of some answers that mean no (azure-cli#32845)."""
        return self._properties.get("enableTunneling") is True

    @property
    def dns_name(self) -> str:
        """Where its data plane is served."""
        return str(self._properties.get("dnsName") or "")

    @property
    def vnet(self) -> str:
        """The network it stands in; the shared ones (Developer) only name it."""
        subnet = (self._place.get("subnet") or {}).get("id")
        return parent_of(str(subnet)) if subnet else str((self._properties.get("virtualNetwork") or {}).get("id", ""))

    @property
    def public_address_id(self) -> str:
        """Empty for one without a public address (private-only)."""
        return str((self._place.get("publicIPAddress") or {}).get("id", ""))

    @property
    def _properties(self) -> Json:
        return self.body.get("properties") or {}

    @property
    def _place(self) -> Json:
        first: Json = next(iter(self._properties.get("ipConfigurations") or ()), {})
        return first.get("properties") or {}


@dataclass(frozen=True)
class Candidate:
    """A Bastion and how it stands to one cluster."""

    bastion: Bastion
    own: bool = False
    """It stands in the cluster's own network, or is the one AKS keeps for it."""
    halves: tuple[Peering, ...] = ()
    """Of the peering between its network and the cluster's, as many as could be read; none: there is no peering."""
    joined: str = ""
    """The network of the cluster that the peering is with."""
    address: IPv4Address | None = None
    """Its public address; read for a public cluster with ranges only."""
    resolves: bool | None = True
    """Whether the API server's name means something in its network; None: cannot be known from here."""


@dataclass(frozen=True)
class Search:
    """What was found. `fault`: why not everything could be seen."""

    candidates: tuple[Candidate, ...] = ()
    networks: tuple[str, ...] = ()
    """The cluster's own."""
    unseen: tuple[str, ...] = ()
    """Subscriptions that could not be listed."""
    fault: AksessError | None = None


class Bastions:
    """The bastionHosts reads of ARM."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm
        self._networks = Networks(arm)

    async def search(self, cluster: Cluster, named: str = "") -> Search:
        """Those that stand in the cluster's own or a peered network; or only the one that is `named`. Never raises."""
        try:
            async with owned_tasks() as tasks:
                links = tasks.create_task(self._links(cluster))
                own = tasks.create_task(self._networks.of_cluster(cluster))
                if named.startswith("/"):
                    known = Search(tuple(map(Candidate, [await self._by_id(named)])))
                else:
                    known = await self._listed(cluster, own, named)
                networks = await own
                placed = [_placed(one.bastion, cluster, networks) for one in known.candidates]
                near = [one for one in placed if named or one.own or one.halves]
                foreign = sorted({one.bastion.vnet for one in near if not _among(one, networks)})
                homes = tasks.create_task(self._networks.read(foreign))
                addresses = tasks.create_task(self._addresses(near, cluster))
        except AksessError as refusal:
            return Search(fault=refusal)
        seen = {one.id.lower(): one for one in (*networks, *homes.result())}
        judged = [_judged(one, cluster, seen, addresses.result(), links.result()) for one in near]
        fault = known.fault or next((one.fault for one in networks if one.fault), None)
        return Search(tuple(judged), tuple(one.id for one in networks), known.unseen, fault)

    async def _listed(self, cluster: Cluster, own: "asyncio.Task[tuple[Network, ...]]", named: str) -> Search:
        """In every subscription that the cluster, its networks or their peerings are in."""
        async with owned_tasks() as tasks:
            managed = tasks.create_task(self._managed(cluster))
            lists: dict[str, asyncio.Task[list[Bastion] | None]] = {}

            def look_around(ids: Iterable[str]) -> None:
                for subscription in [subscription_of(one).lower() for one in ids if one.startswith("/subscriptions/")]:
                    if subscription not in lists:
                        lists[subscription] = tasks.create_task(self._in_subscription(subscription))

            look_around([cluster.id.path, *cluster.subnets])
            look_around(half.remote for network in await own for half in network.peerings)
        kept = managed.result()
        found = [kept] if isinstance(kept, Bastion) else []
        found += [bastion for one in lists.values() for bastion in one.result() or ()]
        once = {bastion.id.lower(): bastion for bastion in found}
        unseen = tuple(subscription for subscription, one in lists.items() if one.result() is None)
        chosen = [_named(list(once.values()), named)] if named else once.values()
        return Search(tuple(map(Candidate, chosen)), (), unseen, kept if isinstance(kept, AksessError) else None)

    async def _in_subscription(self, subscription: str) -> list[Bastion] | None:
        path = f"/subscriptions/{subscription}/providers/Microsoft.Network/bastionHosts"
        try:
            return [Bastion(body) async for body in self._arm.items(path, API_VERSION)]
        except AksessError:
            return None

    async def _managed(self, cluster: Cluster) -> Bastion | AksessError | None:
        if cluster.managed_bastion is None:
            return None
        try:
            return Bastion(await self._arm.get(cluster.managed_bastion, API_VERSION))
        except AksessError as fault:
            return fault

    async def _by_id(self, id: str) -> Bastion:  # noqa: A002 - ARM's own word
        if not _ID.fullmatch(id.rstrip("/")):
            raise BadInput(f"`{id}` is not the resource id of a Bastion", "give it as az prints it, or GROUP/NAME")
        try:
            return Bastion(await self._arm.get(id.rstrip("/"), API_VERSION))
        except NotFound as missing:
            raise _unknown(id) from missing

    async def _addresses(self, near: Sequence[Candidate], cluster: Cluster) -> dict[str, IPv4Address | None]:
        """Theirs by id, where it matters."""
        admits_some = bool(cluster.ranges) and not cluster.private
        wanted = {one.bastion.public_address_id for one in near} - {""} if admits_some else ()
        async with owned_tasks() as tasks:
            reads = {id_: tasks.create_task(self._networks.public_address(id_)) for id_ in wanted}
        return {id_: read.result() for id_, read in reads.items()}

    async def _links(self, cluster: Cluster) -> tuple[str, ...] | None:
        """Where its private zone answers; asked only when nothing else makes its name known."""
        if not _name_is_private(cluster) or cluster.private_zone is None:
            return None
        return await self._networks.linked(cluster.private_zone)


def _name_is_private(cluster: Cluster) -> bool:
    return cluster.private and not cluster.named_publicly


def _placed(bastion: Bastion, cluster: Cluster, networks: Sequence[Network]) -> Candidate:
    """How it stands to the cluster, as the cluster's own networks tell it."""
    managed = (cluster.managed_bastion or "").lower() == bastion.id.lower()
    if managed or any(bastion.vnet.lower() == one.id.lower() for one in networks):
        return Candidate(bastion, own=True)
    for network in networks:
        if half := network.peering_with(bastion.vnet):
            return Candidate(bastion, halves=(half,), joined=network.id)
    return Candidate(bastion)


def _among(candidate: Candidate, networks: Sequence[Network]) -> bool:
    """Its network need not be read (again)."""
    return not candidate.bastion.vnet or any(candidate.bastion.vnet.lower() == one.id.lower() for one in networks)


def _judged(
    candidate: Candidate,
    cluster: Cluster,
    seen: dict[str, Network],
    addresses: dict[str, IPv4Address | None],
    links: tuple[str, ...] | None,
) -> Candidate:
    """The same, with what its own network and its address tell."""
    home = seen.get(candidate.bastion.vnet.lower())
    other = home.peering_with(candidate.joined) if home and candidate.joined else None
    return replace(
        candidate,
        halves=(*candidate.halves, *([other] if other else [])),
        address=addresses.get(candidate.bastion.public_address_id),
        resolves=_resolves(home, links) if _name_is_private(cluster) else True,
    )


def _resolves(home: Network | None, links: tuple[str, ...] | None) -> bool | None:
    """Azure's own DNS answers where the zone is linked; servers of the owner's choice may know more, or less."""
    if home is None or links is None or home.dns_servers:
        return None
    if home.id.lower() in links:
        return True
    return None if home.fault else False


def _named(bastions: Sequence[Bastion], named: str) -> Bastion:
    """The one that NAME or GROUP/NAME means. Errors: BadInput for none or several."""
    group, _, name = named.lower().rpartition("/")
    fits = [one for one in bastions if one.name.lower() == name and group in ("", one.group.lower())]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise _unknown(named)
    raise BadInput(
        f"there are {len(fits)} Bastions named `{named}`",
        f"say which, by its id: {'; '.join(one.id for one in fits)}",
        code="bastion-ambiguous",
    )


def _unknown(named: str) -> BadInput:
    return BadInput(
        f"there is no Bastion `{named}` where this cluster's networks are and lead to, or you may not see it",
        "list them: az network bastion list -o table; or give its full resource id",
        code="bastion-unknown",
    )
