"""The addresses a cluster's nodes leave from: needed before an open API server may be locked down."""

from dataclasses import dataclass

from aksess.azure.arm import Arm, Json
from aksess.azure.clusters import Cluster
from aksess.errors import AksessError

API_VERSION = "2024-05-01"


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


def _properties(resource: Json | None) -> Json:
    return (resource or {}).get("properties") or {}


def _ids(profile: Json | None) -> list[str]:
    return [str(one["id"]) for one in (profile or {}).get("effectiveOutboundIPs") or ()]
