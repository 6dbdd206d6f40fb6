"""The networks of the world, and the questions the internet asks them: who is peered, who resolves, who leaves how.

Resources are kept as the ARM JSON that GET shows; the answers are read from that JSON, so what is shown is what holds.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address

from aksess_sim.world.network_bodies import DNS_LINK, NAT_GATEWAY, PEERING, PUBLIC_IP, SUBNET, VNET, Body
from aksess_sim.world.resource_ids import name_of, within

_INSIDE_VNETS = {SUBNET.lower(): "subnets", PEERING.lower(): "virtualNetworkPeerings"}
"""Kinds that exist only in the JSON of their network, and where."""


class Networks:
    """All network resources by lower-case id, each network with what is inside it, and DNS zones' address records."""

    def __init__(self) -> None:
        self._resources: dict[str, Body] = {}
        self._records: dict[str, dict[str, IPv4Address]] = {}

    def add(self, body: Body) -> None:
        """Put a resource into the world."""
        self._resources[body["id"].lower()] = body

    def add_records(self, zone_id: str, records: dict[str, IPv4Address]) -> None:
        """Put address records into a private DNS zone; names are relative to the zone."""
        self._records[zone_id.lower()] = {name.lower(): address for name, address in records.items()}

    def add_peering(self, half: Body, vnet: str) -> None:
        """Put one half of a peering into its network."""
        self._typed(vnet, VNET)["properties"]["virtualNetworkPeerings"].append(half)

    def leave_through(self, gateway_id: str, subnet_id: str) -> None:
        """Let a NAT gateway know a subnet that uses it."""
        self._typed(gateway_id, NAT_GATEWAY)["properties"]["subnets"].append({"id": subnet_id})

    def find(self, id_: str) -> Body | None:
        """The resource of that id; subnets and peerings are found inside their networks."""
        inside = (child for kind in _INSIDE_VNETS for child in self.of_kind(kind))
        body = self._resources.get(id_.lower())
        return body or next((child for child in inside if child["id"].lower() == id_.lower()), None)

    def of_kind(self, kind: str, scope: str = "") -> Iterator[Body]:
        """The resources of a type (`Microsoft.Network/natGateways`) at or below a scope, in the order added."""
        field = _INSIDE_VNETS.get(kind.lower())
        if field:
            bodies = (child for vnet in self.of_kind(VNET) for child in vnet["properties"][field])
        else:
            bodies = (body for body in self._resources.values() if body["type"].lower() == kind.lower())
        return (body for body in bodies if not scope or within(body["id"], scope))

    def subnet_named(self, network: str) -> str:
        """The id of the subnet that `VNET/SUBNET` names; KeyError says which ones there are."""
        known = {f"{name_of(vnet_of(s['id']))}/{s['name']}": str(s["id"]) for s in self.of_kind(SUBNET)}
        try:
            return known[network]
        except KeyError:
            raise KeyError(f"no subnet `{network}` in this world; there are: {', '.join(known)}") from None

    def egress_address(self, subnet_id: str) -> IPv4Address | None:
        """The address a subnet's machines leave through: its NAT gateway's first, None without one."""
        subnet = self.find(subnet_id)
        gateway = subnet and subnet["properties"].get("natGateway")
        return self.address_of(self.gateway_ips(gateway["id"])[0]) if gateway else None

    def gateway_ips(self, gateway_id: str) -> list[str]:
        """The ids of a NAT gateway's public addresses."""
        return [str(ip["id"]) for ip in self._typed(gateway_id, NAT_GATEWAY)["properties"]["publicIpAddresses"]]

    def address_of(self, public_ip_id: str) -> IPv4Address:
        """The address that a public IP resource holds."""
        return IPv4Address(self._typed(public_ip_id, PUBLIC_IP)["properties"]["ipAddress"])

    def connected(self, vnet: str, other: str) -> bool:
        """Does traffic pass between two networks? Peering is not transitive and needs both halves."""
        if vnet.lower() == other.lower():
            return True
        return self._has_half(vnet, other) and self._has_half(other, vnet)

    def resolve(self, host: str, vnet: str) -> IPv4Address | None:
        """What a private name means inside a network: only zones linked to that network answer."""
        for zone_id, records in self._records.items():
            suffix = f".{name_of(zone_id)}"
            label = host.lower().removesuffix(suffix)
            if host.lower().endswith(suffix) and label in records and self._linked(zone_id, vnet):
                return records[label]
        return None

    def _has_half(self, vnet: str, other: str) -> bool:
        halves = self._typed(vnet, VNET)["properties"]["virtualNetworkPeerings"]
        return any(
            half["properties"]["remoteVirtualNetwork"]["id"].lower() == other.lower()
            and half["properties"]["peeringState"] == "Connected"
            and half["properties"]["allowVirtualNetworkAccess"]
            for half in halves
        )

    def _linked(self, zone_id: str, vnet: str) -> bool:
        links = self.of_kind(DNS_LINK, zone_id)
        return any(link["properties"]["virtualNetwork"]["id"].lower() == vnet.lower() for link in links)

    def _typed(self, id_: str, kind: str) -> Body:
        body = self._resources[id_.lower()]
        if body["type"] != kind:
            raise ValueError(f"{id_} is no {kind}")
        return body


def vnet_of(subnet_id: str) -> str:
    """The id of a subnet's network."""
    return subnet_id.rsplit("/", 2)[0]
