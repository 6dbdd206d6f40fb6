"""What clients ask about resources besides reading them: whether a name is free, and what is in a DNS zone.

Sources: Check Name Availability of Storage Accounts and of Relay Namespaces, Private DNS Record Sets - List, all REST
references.
"""

from collections.abc import Callable
from functools import partial

from aksess_sim.services.arm.errors import not_found
from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, SUBSCRIPTION, Route
from aksess_sim.world import network_bodies as bodies
from aksess_sim.world.resource_ids import resource_id
from aksess_sim.world.resources import relays, storage
from aksess_sim.world.resources.private_links import RELAY, STORAGE

_ZONE = f"{GROUP}/providers/{bodies.DNS_ZONE}/{{zone}}"
_IsName = Callable[[str], bool]


def routes() -> list[Route]:
    """Names may be asked for by whoever may sign in."""
    return [
        Route("POST", _asking(STORAGE), partial(_is_free, STORAGE, storage.is_name, "AlreadyExists")),
        Route("POST", _asking(RELAY), partial(_is_free, RELAY, relays.is_name, "NameInUse")),
        Route("GET", _ZONE + "/ALL", _record_sets, f"{bodies.DNS_ZONE}/ALL/read", _ZONE),
    ]


def _asking(kind: str) -> str:
    return f"{SUBSCRIPTION}/providers/{kind.partition('/')[0]}/checkNameAvailability"


def _is_free(kind: str, is_name: _IsName, in_use: str, asked: Asked) -> Answer:
    """Names of these two are unique in all of Azure."""
    name = str(asked.body.get("name") or "")
    if not is_name(name):
        reason = {STORAGE: "AccountNameInvalid"}.get(kind, "InvalidName")
        return Answer({"nameAvailable": False, "reason": reason, "message": f"{name} is not a valid name."})
    if any(body["name"].lower() == name.lower() for body in asked.world.store.of_kind(kind)):
        return Answer({"nameAvailable": False, "reason": in_use, "message": f"The name {name} is already taken."})
    return Answer({"nameAvailable": True})


def _record_sets(asked: Asked) -> Answer:
    """The SOA that every zone has, then its A records; there are no others here."""
    group = asked.world.groups[asked.group.lower()]
    zone = asked.world.store.find(resource_id(group.subscription, group.name, bodies.DNS_ZONE, asked.names["zone"]))
    if zone is None:
        raise not_found(bodies.DNS_ZONE, asked.names["zone"], asked.names["group"])
    return page(asked, [bodies.authority(zone["id"]), *asked.world.store.of_kind(bodies.DNS_A, zone["id"])])
