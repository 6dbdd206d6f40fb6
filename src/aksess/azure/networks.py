"""The networks around a cluster: where its nodes leave from, what its network is peered with, who resolves its name.

The first is needed before an open API server may be locked down, the others to find a Bastion that reaches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from aksess.azure.arm import Arm, Json
from aksess.azure.clusters import Cluster
from aksess.azure.resource_ids import parent_of
from aksess.errors import AksessError
from aksess.ranges import read_entry
from aksess.tasks import owned_tasks

API_VERSION = "2024-05-01"
DNS_API_VERSION = "2020-06-01"


@dataclass(frozen=True)
class NodeEgress:
    """`kind` is the cluster's outboundType; `addresses` what was found, `certain` whether that is surely all.

    `automatic`: Azure admits them by itself (the Standard load balancer's addresses; AKS docs, authorized ranges), or
    the nodes reach the API server privately.
    """

    kind: str
    addresses: tuple[str, ...]
    automatic: bool
    certain: bool


@dataclass(frozen=True)
class Peering:
    """One half of a peering, as its own network shows it; traffic passes when both halves let it."""

    remote: str
    state: str
    lets_pass: bool

    @property
    def works(self) -> bool:
        """`Connected` is said by either half only while the other is there (Azure docs, virtual network peering)."""
        return self.state.lower() == "connected" and self.lets_pass


@dataclass(frozen=True)
class Network:
    """A virtual network: its id, its halves of peerings, and DNS servers of its owner's choice.

    `fault`: why it could not be read; then the rest is not known.
    """

    id: str
    peerings: tuple[Peering, ...] = ()
    dns_servers: tuple[str, ...] = ()
    fault: AksessError | None = None

    @classmethod
    def of(cls, body: Json) -> "Network":
        properties = _properties(body)
        halves = (_properties(half) for half in properties.get("virtualNetworkPeerings") or ())
        servers = (properties.get("dhcpOptions") or {}).get("dnsServers") or ()
        return cls(str(body["id"]), tuple(map(_peering, halves)), tuple(map(str, servers)))

    def peering_with(self, vnet: str) -> Peering | None:
        return next((one for one in self.peerings if one.remote.lower() == vnet.lower()), None)


class Networks:
    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def node_egress(self, cluster: Cluster) -> NodeEgress:
        """Never raises for what it may not read: then it is not `certain`."""
        kind = str(cluster.network.get("outboundType") or "loadBalancer")
        if cluster.node_public_addresses:
            # Their prefixes must be listed (AKS docs, authorized IP ranges); how wide they are is not ours to allow.
            return NodeEgress(f"{kind}, and public addresses of the nodes' own", (), automatic=False, certain=False)
        if cluster.vnet_integrated:
            return NodeEgress(kind, (), automatic=True, certain=True)
        if kind == "loadBalancer":
            ids = _ids(cluster.network.get("loadBalancerProfile"))
            addresses, certain = await self._addresses(ids)
            return NodeEgress(kind, addresses, automatic=True, certain=certain)
        if kind == "managedNATGateway":
            ids = _ids(cluster.network.get("natGatewayProfile"))
            addresses, certain = await self._addresses(ids)
            return NodeEgress(kind, addresses, automatic=False, certain=certain and bool(addresses))
        if kind == "userAssignedNATGateway":
            addresses, certain = await self._of_subnets(cluster)
            return NodeEgress(kind, addresses, automatic=False, certain=certain and bool(addresses))
        # A route table sends the nodes through something Azure does not know: a firewall, an appliance.
        return NodeEgress(kind, (), automatic=False, certain=False)

    async def of_cluster(self, cluster: Cluster) -> tuple[Network, ...]:
        """The networks it stands in: those of its subnets, else the one AKS made beside its nodes. Never raises."""
        if cluster.subnets:
            return await self.read(sorted({parent_of(subnet) for subnet in cluster.subnets}))
        path = f"{cluster.node_group_path}/providers/Microsoft.Network/virtualNetworks"
        try:
            return tuple([Network.of(body) async for body in self._arm.items(path, API_VERSION)])
        except AksessError as fault:
            return (Network(path, fault=fault),)

    async def read(self, ids: Sequence[str]) -> tuple[Network, ...]:
        """These networks, side by side. Never raises."""
        async with owned_tasks() as tasks:
            reads = [tasks.create_task(self._network(one)) for one in ids]
        return tuple(one.result() for one in reads)

    async def public_address(self, resource_id: str) -> IPv4Address | None:
        """What a public IP resource holds; None when that cannot be read."""
        found = read_entry(str(_properties(await self._read(resource_id)).get("ipAddress")))
        return found.network_address if found else None

    async def linked(self, zone: str) -> tuple[str, ...] | None:
        """The networks in which a private DNS zone answers, in lower case; None when that cannot be read."""
        try:
            links = [one async for one in self._arm.items(f"{zone}/virtualNetworkLinks", DNS_API_VERSION)]
        except AksessError:
            return None
        return tuple(str((_properties(one).get("virtualNetwork") or {}).get("id", "")).lower() for one in links)

    async def _network(self, vnet: str) -> Network:
        try:
            return Network.of(await self._arm.get(vnet, API_VERSION))
        except AksessError as fault:
            return Network(vnet, fault=fault)

    async def _of_subnets(self, cluster: Cluster) -> tuple[tuple[str, ...], bool]:
        addresses: list[str] = []
        certain = bool(cluster.node_subnets)
        for subnet_id in cluster.node_subnets:
            subnet = await self._read(subnet_id)
            gateway_id = (_properties(subnet).get("natGateway") or {}).get("id")
            gateway = await self._read(gateway_id) if gateway_id else None
            ids = [one["id"] for one in _properties(gateway).get("publicIpAddresses") or ()]
            found, all_read = await self._addresses(ids)
            addresses += found
            # Prefixes are whole ranges of addresses; their size is not ours to allow.
            certain = certain and all_read and bool(ids) and not _properties(gateway).get("publicIpPrefixes")
        return tuple(sorted(set(addresses))), certain

    async def _addresses(self, ids: list[str]) -> tuple[tuple[str, ...], bool]:
        resources = [await self._read(one) for one in ids]
        found = [_properties(resource).get("ipAddress") for resource in resources]
        return tuple(sorted({address for address in found if address})), all(found)

    async def _read(self, resource_id: str) -> Json | None:
        try:
            return await self._arm.get(resource_id, API_VERSION)
        except AksessError:
            return None


def _peering(half: Json) -> Peering:
    remote = str((half.get("remoteVirtualNetwork") or {}).get("id", ""))
    return Peering(remote, str(half.get("peeringState", "")), half.get("allowVirtualNetworkAccess") is not False)


def _properties(resource: Json | None) -> Json:
    return (resource or {}).get("properties") or {}


def _ids(profile: Json | None) -> list[str]:
    return [str(one["id"]) for one in (profile or {}).get("effectiveOutboundIPs") or ()]
