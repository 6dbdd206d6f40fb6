"""What private endpoints can lead to, under which names, and the connection that the service shows for each.

Source: Private Link docs private-endpoint-dns (names and zones by service), manage-private-endpoint (states).
"""

from typing import Any

from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import kind_of, name_of
from aksess_sim.world.resources.store import Store

Body = dict[str, Any]

RELAY = "Microsoft.Relay/namespaces"
STORAGE = "Microsoft.Storage/storageAccounts"
APPROVED = {"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"}
PENDING = {"status": "Pending", "description": "", "actionsRequired": "None"}
GONE = {"status": "Disconnected", "description": "Removed by a user", "actionsRequired": "None"}
_SUFFIXES = {
    (RELAY.lower(), "namespace"): "servicebus.windows.net",
    (STORAGE.lower(), "file"): "file.core.windows.net",
    (STORAGE.lower(), "blob"): "blob.core.windows.net",
}


def groups(service: str) -> list[str]:
    """The group ids (sub-resources) of a service's id; none when it takes no private endpoints here."""
    return [group for kind, group in _SUFFIXES if kind == kind_of(service).lower()]


def host(service: str, group: str) -> str:
    """The name under which everybody asks for the service."""
    return f"{name_of(service)}.{_SUFFIXES[kind_of(service).lower(), group]}".lower()


def private_name(service: str, group: str) -> tuple[str, str]:
    """Label and zone of the name that leads to the private endpoint."""
    return name_of(service).lower(), f"privatelink.{_SUFFIXES[kind_of(service).lower(), group]}"


def approval_refused(endpoint: str, service: str) -> Refused:
    """Who may not approve at the service must ask for a manual connection."""
    action = f"{kind_of(service)}/PrivateEndpointConnectionsApproval/action"
    return Refused(
        "LinkedAuthorizationFailed",
        "The client has permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope "
        f"'{endpoint}'; however, it does not have permission to perform action(s) '{action}' on the linked scope(s) "
        f"'{service}' or the linked scope(s) are invalid.",
    )


def connections(store: Store, service: str) -> list[Body]:
    """The connections at a service."""
    return store.of_kind(f"{kind_of(service)}/privateEndpointConnections", service)


def present_state(store: Store, endpoint: str, service: str) -> Body | None:
    """The state of the connection that an endpoint has with a service."""
    for connection in connections(store, service):
        if connection["properties"]["privateEndpoint"]["id"].lower() == endpoint.lower():
            return dict(connection["properties"]["privateLinkServiceConnectionState"])
    return None


def connect(store: Store, endpoint: str, connection: Body) -> None:
    """Let the service show the connection of an endpoint."""
    service = connection["properties"]["privateLinkServiceId"]
    if present_state(store, endpoint, service) or store.find(service) is None:
        return
    kind = f"{kind_of(service)}/privateEndpointConnections"
    properties = {
        "provisioningState": "Succeeded",
        "privateEndpoint": {"id": endpoint},
        "privateLinkServiceConnectionState": dict(connection["properties"]["privateLinkServiceConnectionState"]),
    }
    id_ = f"{service}/privateEndpointConnections/{name_of(endpoint)}"
    store.put({"id": id_, "name": name_of(endpoint), "type": kind, "properties": properties})


def disconnect(store: Store, endpoint: str) -> None:
    """Let services forget an endpoint that has gone."""
    for kind in (RELAY, STORAGE):
        for connection in store.of_kind(f"{kind}/privateEndpointConnections"):
            if connection["properties"]["privateEndpoint"]["id"].lower() == endpoint.lower():
                store.remove(connection["id"])


def tell_endpoint(store: Store, connection: Body, state: Body) -> None:
    """Let the endpoint of a connection show the state that the service gave it."""
    endpoint = store.find(connection["properties"]["privateEndpoint"]["id"])
    for field in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
        for one in endpoint["properties"][field] if endpoint else []:
            one["properties"]["privateLinkServiceConnectionState"] = dict(state)
