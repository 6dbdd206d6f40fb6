"""What can be wrong with each thing of the chain although it is there, read from its ARM body. Pure.

Each check answers with a sentence, empty when nothing is wrong. Sources: the official template and the troubleshooting
page of Cloud Shell in a network (azure-docs, cloud-shell/vnet), the REST references of each type.
"""

from collections.abc import Callable, Mapping

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.azure.clusters import Cluster
from aksess.azure.resource_ids import name_of, same
from aksess.errors import AksessError
from aksess.vnet.model import Part, Piece

Reading = Json | AksessError | None
"""A body; None for what is not there; the error for what could not be read."""
EVERYWHERE = frozenset({"*", "0.0.0.0/0", "any", "internet", "virtualnetwork", "azurecloud", "servicebus"})
HTTPS = 443


def delegated(subnet: Json, gateway: str | None) -> str:
    """Of the shells' subnet: it takes containers, and lets them out as planned."""
    properties = _properties(subnet)
    services = [str(_properties(one).get("serviceName", "")).lower() for one in properties.get("delegations") or ()]
    if bodies.DELEGATION.lower() not in services:
        return f"`{_name(subnet)}` is not delegated to {bodies.DELEGATION}"
    if gateway and not same(str((properties.get("natGateway") or {}).get("id", "")), gateway):
        return f"`{_name(subnet)}` does not leave through the NAT gateway `{name_of(gateway)}`"
    return ""


def guarded(group: str | None, found: Reading) -> str:
    """Of its security group: shells do not meet, and may go out over HTTPS. Without a group all may go out."""
    if group is None:
        return "it has no network security group: shells of different people can reach each other"
    if not isinstance(found, dict):
        return ""
    rules = [_properties(one) for one in _properties(found).get("securityRules") or ()]
    for rule in sorted(rules, key=lambda one: int(one.get("priority") or 0)):
        if _says(rule, "direction", "outbound") and _meets_https(rule):
            if _says(rule, "access", "deny"):
                return f"the network security group `{name_of(group)}` lets no HTTPS out"
            return ""
    return ""


def is_cut(body: Json) -> bool:
    """A peering whose other half, or a private endpoint whose target, was deleted: no change mends it, it must be made
    anew (Azure docs, virtual network peering; manage private endpoints)."""
    properties = _properties(body)
    states = [str(properties.get("peeringState", "")), *map(_state, _connections(body))]
    return any(state.lower() == "disconnected" for state in states)


def peered(half: Json, piece: Piece, other_stands: bool) -> str:
    """Of one half of a peering: it is connected, and leads to the right network."""
    properties = _properties(half)
    wanted = str((_properties(piece.body).get("remoteVirtualNetwork") or {}).get("id", ""))
    state = str(properties.get("peeringState", ""))
    if not same(str((properties.get("remoteVirtualNetwork") or {}).get("id", "")), wanted):
        return f"`{piece.name}` leads to another network"
    if properties.get("allowVirtualNetworkAccess") is False:
        return f"`{piece.name}` lets no traffic pass (allowVirtualNetworkAccess)"
    if state.lower() == "connected" or (state.lower() == "initiated" and not other_stands):
        return ""
    return f"`{piece.name}` is {state or 'in no state'}, not Connected"


def recorded(group: Json, endpoint: Json | None, record: Reading) -> str:
    """Of the relay's name: its record is there, and leads to the private endpoint."""
    if isinstance(record, AksessError):
        return ""
    if record is None:
        return "the relay's name has no address record in the zone"
    listed = {str(one.get("ipv4Address")) for one in _properties(record).get("aRecords") or ()}
    wanted = {str(one) for one in _addresses(group, endpoint)}
    if wanted and not wanted & listed:
        return f"the relay's record leads to {', '.join(sorted(listed)) or 'nothing'}, not to {', '.join(wanted)}"
    return ""


def shut_out(cluster: Cluster) -> str:
    """What to look at when an API server does not answer where it should."""
    return f"look whether it runs: az aks show -g {cluster.id.group} -n {cluster.id.name} --query powerState"


def _profile(profile: Json, piece: Piece) -> str:
    if not same(_profiled(profile), _profiled(piece.body)):
        return f"`{piece.name}` leads to `{name_of(_profiled(profile)) or 'no subnet'}`, not to the shells' subnet"
    return ""


def _endpoint(endpoint: Json, piece: Piece) -> str:
    links, wanted = _connections(endpoint), _target(_connections(piece.body))
    if not same(_target(links), wanted):
        return f"`{piece.name}` does not lead to the relay `{name_of(wanted)}`"
    state = _state(links[0])
    return "" if state.lower() == "approved" else f"its connection to the relay is {state}, not Approved"


def _zone_link(link: Json, piece: Piece) -> str:
    wanted = str((_properties(piece.body).get("virtualNetwork") or {}).get("id", ""))
    if not same(str((_properties(link).get("virtualNetwork") or {}).get("id", "")), wanted):
        return f"`{piece.name}` links another network than `{name_of(wanted)}`"
    state = str(_properties(link).get("virtualNetworkLinkState") or "Completed")
    return "" if state.lower() == "completed" else f"`{piece.name}` is {state}"


def _relay(relay: Json, piece: Piece) -> str:
    status = str(_properties(relay).get("status") or "Active")
    return "" if status.lower() in ("active", "created", "succeeded") else f"`{piece.name}` is {status}"


def _gateway(gateway: Json, piece: Piece) -> str:
    if not (_properties(gateway).get("publicIpAddresses") or _properties(gateway).get("publicIpPrefixes")):
        return f"`{piece.name}` has no public address"
    return ""


def _address(address: Json, piece: Piece) -> str:
    return "" if _properties(address).get("ipAddress") else f"`{piece.name}` holds no address yet"


CHECKS: Mapping[Part, Callable[[Json, Piece], str]] = {
    Part.PROFILE: _profile,
    Part.ENDPOINT: _endpoint,
    Part.ZONE_LINK: _zone_link,
    Part.CLUSTER_LINK: _zone_link,
    Part.RELAY: _relay,
    Part.NAT_GATEWAY: _gateway,
    Part.ADDRESS: _address,
}
"""Those that take only the body and the piece."""


def _profiled(profile: Json) -> str:
    for interface in _properties(profile).get("containerNetworkInterfaceConfigurations") or ():
        for address in _properties(interface).get("ipConfigurations") or ():
            return str((_properties(address).get("subnet") or {}).get("id", ""))
    return ""


def _connections(endpoint: Json) -> list[Json]:
    """Those its maker may approve, and those another must."""
    properties = _properties(endpoint)
    kinds = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
    return [one for kind in kinds for one in properties.get(kind) or ()]


def _state(connection: Json) -> str:
    return str((_properties(connection).get("privateLinkServiceConnectionState") or {}).get("status") or "Approved")


def _target(connections: list[Json]) -> str:
    return str(_properties(connections[0]).get("privateLinkServiceId", "")) if connections else ""


def _addresses(group: Json, endpoint: Json | None) -> list[str]:
    """A zone group tells what it wrote; without one the endpoint tells what should be written."""
    told = _properties(endpoint).get("customDnsConfigs") or ()
    for configuration in _properties(group).get("privateDnsZoneConfigs") or ():
        told = [*told, *(_properties(configuration).get("recordSets") or ())]
    return [address for one in told for address in one.get("ipAddresses") or ()]


def _meets_https(rule: Json) -> bool:
    """Whether a rule is about all HTTPS that leaves: from anywhere inside, to everywhere."""
    to = _several(rule, "destinationAddressPrefix")
    return (
        any(one.lower() in EVERYWHERE for one in to)
        and any(_holds_https(one) for one in _several(rule, "destinationPortRange"))
        and str(rule.get("protocol", "*")).lower() in ("*", "tcp")
    )


def _holds_https(ports: str) -> bool:
    first, _, last = ports.partition("-")
    if not first.isdecimal():
        return ports == "*"
    return int(first) <= HTTPS <= int(last if last.isdecimal() else first)


def _several(rule: Json, key: str) -> list[str]:
    """ARM keeps one value or a list, under two names."""
    plural = f"{key}es" if key.endswith("Prefix") else f"{key}s"
    return [str(one) for one in (rule.get(key), *(rule.get(plural) or ())) if one]


def _says(rule: Json, key: str, word: str) -> bool:
    return str(rule.get(key, "")).lower() == word


def _name(body: Json) -> str:
    return str(body.get("name") or name_of(str(body.get("id", ""))))


def _properties(body: Json | None) -> Json:
    return (body or {}).get("properties") or {}
