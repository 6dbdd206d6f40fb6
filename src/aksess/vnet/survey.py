"""What must be known before a network can be planned, as values; the bodies stay as ARM gave them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from aksess.azure.arm import Json
from aksess.azure.clusters import Cluster
from aksess.azure.network_bodies import VNET
from aksess.azure.resource_ids import name_of, parent_of, resource_id, same
from aksess.ranges import read_entry


@dataclass(frozen=True)
class Subnet:
    """A subnet of a network, read from the network's own body."""

    body: Json

    @property
    def id(self) -> str:
        return str(self.body.get("id", ""))

    @property
    def name(self) -> str:
        return str(self.body.get("name") or name_of(self.id))

    @property
    def prefixes(self) -> tuple[IPv4Network, ...]:
        """`addressPrefix`, or `addressPrefixes` where there are several; IPv6 left out."""
        one = self._properties.get("addressPrefix")
        return networks([one] if one else self._properties.get("addressPrefixes") or ())

    @property
    def delegations(self) -> tuple[str, ...]:
        found = self._properties.get("delegations") or ()
        return tuple(str((one.get("properties") or {}).get("serviceName", "")) for one in found)

    @property
    def nat_gateway(self) -> str | None:
        return (self._properties.get("natGateway") or {}).get("id")

    @property
    def security_group(self) -> str | None:
        return (self._properties.get("networkSecurityGroup") or {}).get("id")

    @property
    def route_table(self) -> str | None:
        return (self._properties.get("routeTable") or {}).get("id")

    @property
    def in_use(self) -> bool:
        """Something has an address in it, so that its delegation and prefix cannot change."""
        users = ("ipConfigurations", "ipConfigurationProfiles", "privateEndpoints", "serviceAssociationLinks")
        return any(self._properties.get(user) for user in users)

    @property
    def _properties(self) -> Json:
        return self.body.get("properties") or {}


@dataclass(frozen=True)
class Peering:
    """One half of a peering, as its own network shows it."""

    body: Json

    @property
    def id(self) -> str:
        return str(self.body.get("id", ""))

    @property
    def remote(self) -> str:
        """The other network's id; that network may be in another subscription and unreadable."""
        return str((self._properties.get("remoteVirtualNetwork") or {}).get("id", ""))

    @property
    def state(self) -> str:
        """`Initiated`, `Connected` or `Disconnected`."""
        return str(self._properties.get("peeringState", ""))

    @property
    def remote_spaces(self) -> tuple[IPv4Network, ...]:
        """What this half believes the other network to be; known even where the other cannot be read."""
        for key in ("remoteVirtualNetworkAddressSpace", "remoteAddressSpace"):
            if found := (self._properties.get(key) or {}).get("addressPrefixes"):
                return networks(found)
        return ()

    @property
    def _properties(self) -> Json:
        return self.body.get("properties") or {}


@dataclass(frozen=True)
class Network:
    """A virtual network with what is in it."""

    body: Json

    @property
    def id(self) -> str:
        return str(self.body.get("id", ""))

    @property
    def name(self) -> str:
        return name_of(self.id)

    @property
    def location(self) -> str:
        return str(self.body.get("location", "")).lower().replace(" ", "")

    @property
    def spaces(self) -> tuple[IPv4Network, ...]:
        return networks((self._properties.get("addressSpace") or {}).get("addressPrefixes") or ())

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        return tuple(map(Subnet, self._properties.get("subnets") or ()))

    @property
    def peerings(self) -> tuple[Peering, ...]:
        return tuple(map(Peering, self._properties.get("virtualNetworkPeerings") or ()))

    @property
    def dns_servers(self) -> tuple[str, ...]:
        """Its own, which are asked instead of Azure's; empty for Azure's."""
        return tuple((self._properties.get("dhcpOptions") or {}).get("dnsServers") or ())

    def subnet(self, name: str) -> Subnet | None:
        return next((one for one in self.subnets if one.name.lower() == name.lower()), None)

    def peering_with(self, network: str) -> Peering | None:
        return next((one for one in self.peerings if same(one.remote, network)), None)

    @property
    def _properties(self) -> Json:
        return self.body.get("properties") or {}


@dataclass(frozen=True)
class Survey:
    """What is known. What could not be read is None (or missing), never a guess."""

    cluster: Cluster
    deployer: str
    """The caller's name, for the tags."""
    cluster_network: Network | None = None
    """Where the cluster's nodes are, and a private API server's address."""
    neighbours: tuple[Network, ...] = ()
    """Networks that are peered with the cluster's, or with the one that was named, as far as they may be read."""
    shell_network: Network | None = None
    """The network that was named, or ours where it already stands (`model.Names.network` in the cluster's group)."""
    zone: str | None = None
    """Id of the private DNS zone that holds the private API server's name; None when there is none."""
    zone_links: tuple[Json, ...] | None = None
    """The links of that zone; None when they may not be read."""
    standing: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """What already stands, by lower-case type: network profiles, relays, private endpoints and NAT gateways of the
    group, and in the whole subscription the zones for relays with their links and A records."""
    principal: str | None = None
    """Object id of the Azure Container Instance Service; None when Graph does not tell."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """Registration state by lower-case namespace, e.g. `{"microsoft.relay": "Registered"}`."""

    def of_kind(self, kind: str) -> tuple[Json, ...]:
        return self.standing.get(kind.lower(), ())


def network_of(cluster: Cluster) -> str | None:
    """Id of the network its nodes are in; None when AKS made one of its own, which stands in the node group."""
    return parent_of(cluster.node_subnets[0]) if cluster.node_subnets else None


def api_zone(cluster: Cluster) -> str | None:
    """Id of the private zone that holds the API server's name; None for a public cluster, and for `none`."""
    return cluster.private_zone if cluster.private else None


def cloud_shell_profile(cluster: Cluster) -> str | None:
    """The mode of the preview `cloudShellProfile`, by which AKS itself connects Cloud Shell; None when it does not."""
    mode = str((_properties(cluster).get("cloudShellProfile") or {}).get("mode") or "Disabled")
    return None if mode.lower() == "disabled" else mode


def own_network_id(cluster: Cluster, name: str) -> str:
    """Where a network of our own stands: in the cluster's resource group."""
    return resource_id(cluster.id.group_path, VNET, name)


def _properties(cluster: Cluster) -> Json:
    return cluster.body.get("properties") or {}


def networks(texts: Sequence[str]) -> tuple[IPv4Network, ...]:
    """The IPv4 ones among these."""
    return tuple(found for found in map(read_entry, texts) if found is not None)
