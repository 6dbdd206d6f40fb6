"""What resources show of those that point at them: always worked out anew from what points, so that it cannot go stale.

Azure shows these fields and takes no changes to them (Network REST references).
"""

from collections.abc import Iterator
from typing import Any

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.resources.private_links import RELAY, STORAGE, connections
from aksess_sim.world.resources.rules import reference
from aksess_sim.world.resources.store import Store


def refresh(store: Store) -> None:
    """Bring every back reference in the store up to date."""
    subnets = {subnet["id"].lower(): subnet for subnet in store.of_kind(kinds.SUBNET)}
    _joined_subnets(store, subnets)
    _addresses(store)
    _guests(store, subnets)
    for zone in store.of_kind(kinds.DNS_ZONE):
        zone["properties"] |= {
            "numberOfRecordSets": 1 + len(store.of_kind(kinds.DNS_A, zone["id"])),
            "numberOfVirtualNetworkLinks": len(store.of_kind(kinds.DNS_LINK, zone["id"])),
        }
    for kind in (RELAY, STORAGE):
        for service in store.of_kind(kind):
            service["properties"]["privateEndpointConnections"] = connections(store, service["id"])
    for endpoint in store.of_kind(kinds.PRIVATE_ENDPOINT):
        # With a zone group the names are the group's to show, and this list is empty (seen in answers, not documented).
        if store.of_kind(kinds.ZONE_GROUP, endpoint["id"]):
            endpoint["properties"]["customDnsConfigs"] = []


def _joined_subnets(store: Store, subnets: dict[str, Body]) -> None:
    for kind, field in ((kinds.NAT_GATEWAY, "natGateway"), (kinds.NSG, "networkSecurityGroup")):
        for joined in store.of_kind(kind):
            wanted = joined["id"].lower()
            joined["properties"]["subnets"] = [
                {"id": subnet["id"]}
                for subnet in subnets.values()
                if reference(subnet["properties"].get(field)).lower() == wanted
            ]


def _addresses(store: Store) -> None:
    gateways = {
        reference(ip).lower(): gateway["id"]
        for gateway in store.of_kind(kinds.NAT_GATEWAY)
        for ip in gateway["properties"]["publicIpAddresses"]
    }
    for address in store.of_kind(kinds.PUBLIC_IP):
        gateway = gateways.get(address["id"].lower())
        _show(address, "natGateway", {"id": gateway} if gateway else None)


def _guests(store: Store, subnets: dict[str, Body]) -> None:
    for subnet in subnets.values():
        endpoints = [e for e in store.of_kind(kinds.PRIVATE_ENDPOINT) if _in(e["properties"]["subnet"], subnet)]
        _show(subnet, "privateEndpoints", [{"id": endpoint["id"]} for endpoint in endpoints])
        _show(subnet, "ipConfigurationProfiles", list(_profiles(store, subnet)))


def _profiles(store: Store, subnet: Body) -> Iterator[Body]:
    for profile in store.of_kind(kinds.NETWORK_PROFILE):
        for _, configuration in kinds.container_addresses(profile):
            if _in(configuration["properties"].get("subnet"), subnet):
                yield {"id": configuration["id"]}


def _in(subnet: Any, wanted: Body) -> bool:
    return reference(subnet).lower() == str(wanted["id"]).lower()


def _show(body: Body, field: str, value: Any) -> None:
    """Azure leaves out what is empty."""
    if value:
        body["properties"][field] = value
    else:
        body["properties"].pop(field, None)
