"""Azure Relay namespaces and the private endpoint connections that they show and may refuse.

Sources: Relay Namespaces and Private Endpoint Connections REST references (Microsoft.Relay, 2021-11-01).
"""

import re

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of
from aksess_sim.world.resources.private_links import RELAY, connections, tell_endpoint
from aksess_sim.world.resources.rules import Attempt, Rules
from aksess_sim.world.resources.store import Store

_NAME = re.compile(r"[a-z][a-z0-9-]{4,48}[a-z0-9]", re.IGNORECASE)


def is_name(name: str) -> bool:
    """May a namespace be called so?"""
    return bool(_NAME.fullmatch(name))


def _properties(attempt: Attempt) -> Body:
    name = name_of(attempt.id)
    if not is_name(name):
        message = f"The specified name '{name}' is not available: 6 to 50 letters, digits and hyphens, a letter first."
        raise Refused("BadRequest", message)
    others = (one["id"] for one in attempt.around.store.of_kind(RELAY) if one["id"].lower() != attempt.id.lower())
    if any(name_of(other).lower() == name.lower() for other in others):
        message = f"Namespace name is not available: '{name}'. Names of namespaces are unique in all of Azure."
        raise Refused("NamespaceUnavailable", message)
    if (attempt.sent.get("sku") or {"name": "Standard"}).get("name") != "Standard":
        raise Refused("BadRequest", "The sku of a Relay namespace must be Standard.")
    return {
        "publicNetworkAccess": "Enabled",
        **attempt.properties,
        "metricId": f"{attempt.id.split('/')[2]}:{name.lower()}",
        "serviceBusEndpoint": f"https://{name}.servicebus.windows.net:443/",
        "status": "Active",
    }


def _gone(store: Store, namespace: Body) -> None:
    """Endpoints outlive what they led to, disconnected."""
    for endpoint in store.of_kind(kinds.PRIVATE_ENDPOINT):
        for connection in endpoint["properties"]["privateLinkServiceConnections"]:
            if connection["properties"]["privateLinkServiceId"].lower() == namespace["id"].lower():
                connection["properties"]["privateLinkServiceConnectionState"] = {
                    "status": "Disconnected",
                    "description": "Removed by a user",
                    "actionsRequired": "None",
                }


def _connection_properties(attempt: Attempt) -> Body:
    """Connections are made by endpoints; a PUT approves or rejects one."""
    if attempt.before is None:
        known = ", ".join(name_of(one["id"]) for one in connections(attempt.around.store, attempt.parent["id"]))
        message = f"The private endpoint connection {name_of(attempt.id)} was not found; there are: {known or 'none'}."
        raise Refused("NotFound", message)
    state = attempt.known["privateLinkServiceConnectionState"] | (
        attempt.properties.get("privateLinkServiceConnectionState") or {}
    )
    if state.get("status") not in ("Approved", "Rejected", "Pending"):
        raise Refused("BadRequest", f"The status of a connection cannot be set to {state.get('status')}.")
    return attempt.known | {"privateLinkServiceConnectionState": state}


def _connection_settled(store: Store, connection: Body) -> None:
    tell_endpoint(store, connection, connection["properties"]["privateLinkServiceConnectionState"])


def _connection_gone(store: Store, connection: Body) -> None:
    state = {"status": "Disconnected", "description": "Removed by a user", "actionsRequired": "None"}
    tell_endpoint(store, connection, state)


RELAYS = Rules(kind=RELAY, properties=_properties, top=("sku",), creation=40, removal=10, etag=False, dropped=_gone)
RELAY_CONNECTIONS = Rules(
    kind=f"{RELAY}/privateEndpointConnections",
    properties=_connection_properties,
    place="parent",
    creation=0,
    removal=5,
    etag=False,
    settled=_connection_settled,
    dropped=_connection_gone,
)
