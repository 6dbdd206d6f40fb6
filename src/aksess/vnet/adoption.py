"""Recognise what already serves Cloud Shell in a network: the official template's work, whole or half, or our own.

Recognised by how things hang together (a profile on a subnet, an endpoint to a relay), not by their names, which
people choose. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.azure.resource_ids import name_of, parent_of, same
from aksess.vnet.model import Names
from aksess.vnet.survey import Network, Subnet, Survey

OFFICIAL_SHELL, OFFICIAL_RELAY, OFFICIAL_STORAGE = "cloudshellsubnet", "relaysubnet", "storagesubnet"
RECORD = "Microsoft.Network/privateDnsZones/A"


@dataclass(frozen=True)
class Found:
    """What is there; None is to be made. Ids, but for subnets."""

    shell: Subnet | None = None
    relay_subnet: Subnet | None = None
    storage: Subnet | None = None
    profile: str | None = None
    relay: str | None = None
    endpoint: str | None = None
    zone: str | None = None
    link: str | None = None
    recorded: bool = False
    """The relay's address record was written by hand (or by the official template)."""


def recognise(survey: Survey, network: Network, names: Names) -> Found:
    """What of it stands in or beside this network."""
    profiles = [one for one in survey.of_kind(bodies.PROFILE) if same(parent_of(_profile_subnet(one)), network.id)]
    shell = _shell_subnet(network, names, profiles)
    endpoint = _endpoint(survey, network)
    relay = _target(endpoint) if endpoint else _lone_relay(survey, names)
    link = _link(survey, network)
    zone = parent_of(str(link["id"])) if link else None
    # The record of an endpoint of our own is its zone group's work, which is a piece of the plan.
    ours = endpoint is not None and name_of(str(endpoint["id"])).lower() == names.endpoint.lower()
    return Found(
        shell=shell,
        relay_subnet=_relay_subnet(network, names, endpoint),
        storage=_first(network, (names.storage_subnet, OFFICIAL_STORAGE)),
        profile=_profile(profiles, shell),
        relay=relay,
        endpoint=str(endpoint["id"]) if endpoint else None,
        zone=zone,
        link=str(link["id"]) if link else None,
        recorded=bool(relay and zone and not ours and _recorded(survey, zone, name_of(relay))),
    )


def elsewhere(survey: Survey, network: str) -> tuple[str, ...]:
    """Networks of the group that Cloud Shell already has a profile in, other than this one."""
    found = {parent_of(_profile_subnet(one)) for one in survey.of_kind(bodies.PROFILE)} - {""}
    return tuple(sorted(one for one in found if one and not same(one, network)))


def _shell_subnet(network: Network, names: Names, profiles: Iterable[Json]) -> Subnet | None:
    """Ours; else the one a profile points to; else one that is delegated and waits."""
    profiled = [one for one in network.subnets for it in profiles if same(one.id, _profile_subnet(it))]
    delegated = [one for one in network.subnets if is_delegated(one)]
    return _first(network, (names.shell_subnet,)) or next(iter([*profiled, *_named_first(delegated)]), None)


def is_delegated(subnet: Subnet) -> bool:
    """To Container Instances, in whatever case."""
    return bodies.DELEGATION.lower() in map(str.lower, subnet.delegations)


def _named_first(subnets: Iterable[Subnet]) -> list[Subnet]:
    return sorted(subnets, key=lambda one: (one.name.lower() != OFFICIAL_SHELL, one.name.lower()))


def _relay_subnet(network: Network, names: Names, endpoint: Json | None) -> Subnet | None:
    used = str((_properties(endpoint).get("subnet") or {}).get("id", ""))
    by_endpoint = next((one for one in network.subnets if same(one.id, used)), None)
    return by_endpoint or _first(network, (names.relay_subnet, OFFICIAL_RELAY))


def _first(network: Network, wanted: Iterable[str]) -> Subnet | None:
    return next((found for name in wanted if (found := network.subnet(name))), None)


def _profile(profiles: Iterable[Json], shell: Subnet | None) -> str | None:
    fitting = sorted(str(one["id"]) for one in profiles if shell and same(_profile_subnet(one), shell.id))
    return fitting[0] if fitting else None


def _profile_subnet(profile: Json) -> str:
    for interface in _properties(profile).get("containerNetworkInterfaceConfigurations") or ():
        for address in _properties(interface).get("ipConfigurations") or ():
            return str((_properties(address).get("subnet") or {}).get("id", ""))
    return ""


def _endpoint(survey: Survey, network: Network) -> Json | None:
    """A private endpoint in this network that leads to a relay."""
    for one in survey.of_kind(bodies.ENDPOINT):
        subnet = str((_properties(one).get("subnet") or {}).get("id", ""))
        if same(parent_of(subnet), network.id) and f"/{bodies.RELAY}/".lower() in _target(one).lower():
            return one
    return None


def _target(endpoint: Json) -> str:
    for connection in _properties(endpoint).get("privateLinkServiceConnections") or ():
        return str(_properties(connection).get("privateLinkServiceId", ""))
    return ""


def _lone_relay(survey: Survey, names: Names) -> str | None:
    """A relay no endpoint leads to yet: ours, or the only one that carries the official template's tag."""
    relays = survey.of_kind(bodies.RELAY)
    ours = [str(one["id"]) for one in relays if name_of(str(one["id"])).lower() == names.relay]
    official = [str(one["id"]) for one in relays if (one.get("tags") or {}).get("Environment") == "cloudshell"]
    return next(iter(ours), official[0] if len(official) == 1 else None)


def _link(survey: Survey, network: Network) -> Json | None:
    """A network can be linked to one zone of a name only, wherever that zone is."""
    for link in survey.of_kind(bodies.ZONE_LINK):
        of_relays = name_of(parent_of(str(link.get("id", "")))).lower() == bodies.RELAY_ZONE
        if of_relays and same((_properties(link).get("virtualNetwork") or {}).get("id"), network.id):
            return link
    return None


def _recorded(survey: Survey, zone: str, label: str) -> bool:
    records = [str(one.get("id", "")) for one in survey.of_kind(RECORD)]
    return any(same(parent_of(one), zone) and name_of(one).lower() == label.lower() for one in records)


def _properties(body: Json | None) -> Json:
    return (body or {}).get("properties") or {}
