"""The networks of the world, and the questions the internet asks them: who is peered, who resolves, who leaves how.

Resources are kept as the ARM JSON that GET shows; the answers are read from that JSON, so what is shown is what holds.
"""

from ipaddress import IPv4Address

from aksess_sim.world.network_bodies import (
    DNS_LINK,
    DNS_ZONE,
    NAT_GATEWAY,
    PUBLIC_IP,
    SUBNET,
    VNET,
    Body,
    address_records,
)
from aksess_sim.world.resource_ids import name_of, parent_of
from aksess_sim.world.resources.store import Store


class Networks:
    """Questions about the network resources of a store, each network with what is inside it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, body: Body) -> None:
        """Put a resource into the world."""
        self._store.put(body)

    def add_records(self, zone_id: str, records: dict[str, IPv4Address]) -> None:
        """Put address records into a private DNS zone; names are relative to the zone."""
        for name, address in records.items():
            self._store.put(address_records(f"{zone_id}/A/{name}", [address]))

    def add_peering(self, half: Body, vnet: str) -> None:
        """Put one half of a peering into its network."""
        self._typed(vnet, VNET)["properties"]["virtualNetworkPeerings"].append(half)

    def leave_through(self, gateway_id: str, subnet_id: str) -> None:
        """Let a NAT gateway know a subnet that uses it."""
        self._typed(gateway_id, NAT_GATEWAY)["properties"]["subnets"].append({"id": subnet_id})

    def find(self, id_: str) -> Body | None:
        """The resource of that id; subnets and peerings are found inside their networks."""
        return self._store.find(id_)

    def of_kind(self, kind: str, scope: str = "") -> list[Body]:
        """The resources of a type (`Microsoft.Network/natGateways`) at or below a scope, in the order added."""
        return self._store.of_kind(kind, scope)

    def subnet_named(self, network: str) -> str:
        """The id of the subnet that `VNET/SUBNET` or its own id names; KeyError says which ones there are."""
        known = {f"{name_of(vnet_of(s['id']))}/{s['name']}": str(s["id"]) for s in self.of_kind(SUBNET)}
        if network in known.values():
            return network
        try:
            return known[network]
        except KeyError:
            raise KeyError(f"no subnet `{network}` in this world; there are: {', '.join(known)}") from None

    def egress_address(self, subnet_id: str) -> IPv4Address | None:
        """The address a subnet's machines leave through: its NAT gateway's first, None without one.

        A NAT gateway without an address, or one that is still being made, lets nobody out: None too.
        """
        subnet = self.find(subnet_id)
        gateway = self.find(((subnet or {}).get("properties", {}).get("natGateway") or {}).get("id", ""))
        if gateway is None or not gateway["properties"]["publicIpAddresses"]:
            return None
        return self.address_of(self.gateway_ips(gateway["id"])[0])

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
        for zone in self.of_kind(DNS_ZONE):
            suffix = f".{zone['name'].lower()}"
            record = self.find(f"{zone['id']}/A/{host.lower().removesuffix(suffix)}")
            if host.lower().endswith(suffix) and record and self._linked(zone["id"], vnet):
                return IPv4Address(record["properties"]["aRecords"][0]["ipv4Address"])
        return None

    def _has_half(self, vnet: str, other: str) -> bool:
        body = self.find(vnet)
        return body is not None and any(
            half["properties"]["remoteVirtualNetwork"]["id"].lower() == other.lower()
            and half["properties"]["peeringState"] == "Connected"
            and half["properties"]["allowVirtualNetworkAccess"]
            for half in body["properties"]["virtualNetworkPeerings"]
        )

    def _linked(self, zone_id: str, vnet: str) -> bool:
        return any(
            link["properties"]["virtualNetwork"]["id"].lower() == vnet.lower()
            and link["properties"]["virtualNetworkLinkState"] == "Completed"
            for link in self.of_kind(DNS_LINK, zone_id)
        )

    def _typed(self, id_: str, kind: str) -> Body:
        body = self.find(id_)
        if body is None or body["type"] != kind:
            raise ValueError(f"{id_} is no {kind}")
        return body


def vnet_of(subnet_id: str) -> str:
    """The id of a subnet's network."""
    return parent_of(subnet_id)
