"""Private DNS zones, their links to networks, and their A records.

Sources: Private DNS REST reference; Azure DNS docs private-dns-virtual-network-links (one zone of a name a network),
private-dns-privatednszone (names).
"""

import re
from ipaddress import IPv4Address

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of, parent_of
from aksess_sim.world.resources.rules import Attempt, Links, Rules, Surroundings, reference
from aksess_sim.world.resources.store import Store

_ZONE_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+", re.IGNORECASE)


def _zone_properties(attempt: Attempt) -> Body:
    if not _ZONE_NAME.fullmatch(name_of(attempt.id)):
        raise Refused("BadRequest", f"The domain name '{name_of(attempt.id)}' is invalid.")
    return {"internalId": kinds.stable_guid(attempt.id)} | kinds.zone_limits()


def _keep_zone(around: Surroundings, zone: Body) -> None:
    """Links are nested resources, which ARM wants deleted first; record sets go with their zone."""
    if around.store.of_kind(kinds.DNS_LINK, zone["id"]):
        raise Refused("CannotDeleteResource", "Can not delete resource before nested resources are deleted.")


def _link_properties(attempt: Attempt) -> Body:
    vnet = attempt.referenced(attempt.properties.get("virtualNetwork"), kinds.VNET)
    known = reference(attempt.known.get("virtualNetwork"))
    if known and known.lower() != vnet["id"].lower():
        raise Refused("BadRequest", f"The virtual network of the link {attempt.id} cannot be changed.")
    zone = parent_of(attempt.id)
    for link in attempt.around.store.of_kind(kinds.DNS_LINK):
        elsewhere = reference(link["properties"]["virtualNetwork"]).lower() != vnet["id"].lower()
        if elsewhere or link["id"].lower() == attempt.id.lower():
            continue
        other = parent_of(link["id"])
        if name_of(other).lower() == name_of(zone).lower():
            raise Refused(
                "BadRequest",
                "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link "
                f"virtual network with '{name_of(zone)}' and '{name_of(other)}' zones.",
            )
    return {
        "registrationEnabled": bool(attempt.properties.get("registrationEnabled")),
        "virtualNetwork": {"id": vnet["id"]},
        "virtualNetworkLinkState": attempt.known.get("virtualNetworkLinkState", "InProgress"),
    }


def _link_links(body: Body) -> Links:
    vnet = reference((body.get("properties") or {}).get("virtualNetwork"))
    if vnet:
        yield f"{kinds.VNET}/join/action", vnet


def _link_settled(store: Store, link: Body) -> None:
    del store
    link["properties"]["virtualNetworkLinkState"] = "Completed"


def _record_properties(attempt: Attempt) -> Body:
    records = attempt.properties.get("aRecords") or attempt.properties.get("ARecords") or []
    try:
        addresses = [IPv4Address(str(record.get("ipv4Address"))) for record in records]
    except ValueError as error:
        raise Refused("BadRequest", f"The record set {name_of(attempt.id)} has an invalid address: {error}.") from None
    if not addresses:
        raise Refused("BadRequest", f"The record set {name_of(attempt.id)} has no records.")
    ttl = int(attempt.properties.get("ttl") or attempt.properties.get("TTL") or 3600)
    metadata = {key: attempt.properties[key] for key in ("metadata",) if key in attempt.properties}
    shown: Body = kinds.address_records(attempt.id, addresses, ttl=ttl)["properties"]
    return shown | metadata


DNS_ZONES = Rules(
    kind=kinds.DNS_ZONE, properties=_zone_properties, place="global", creation=25, removal=10, keep=_keep_zone
)
DNS_LINKS = Rules(
    kind=kinds.DNS_LINK,
    properties=_link_properties,
    place="global",
    creation=35,
    removal=10,
    linked=_link_links,
    settled=_link_settled,
)
DNS_RECORDS = Rules(kind=kinds.DNS_A, properties=_record_properties, place="parent", creation=0, removal=0)
