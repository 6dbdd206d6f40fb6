"""Network profiles: which subnet containers get addresses in (Network Profiles REST reference)."""

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.resources.rules import Attempt, Links, Rules, reference


def _properties(attempt: Attempt) -> Body:
    """A subnet without delegation is taken too: only the containers that come later need it."""
    interfaces = attempt.properties.get("containerNetworkInterfaceConfigurations") or []
    for _, configuration in kinds.container_addresses({"properties": attempt.properties}):
        subnet = (configuration.get("properties") or {}).get("subnet")
        attempt.referenced(subnet, kinds.SUBNET, region=attempt.region)
    shown = []
    for sent in interfaces:
        id_ = f"{attempt.id}/containerNetworkInterfaceConfigurations/{sent['name']}"
        inner = [
            kinds.resource(f"{id_}/ipConfigurations/{one['name']}", None, one["properties"])
            for one in (sent.get("properties") or {}).get("ipConfigurations") or []
        ]
        shown.append(kinds.resource(id_, None, {"ipConfigurations": inner, "containerNetworkInterfaces": []}))
    return attempt.properties | {
        "containerNetworkInterfaceConfigurations": shown,
        "containerNetworkInterfaces": [],
        "resourceGuid": kinds.stable_guid(attempt.id),
    }


def _links(body: Body) -> Links:
    for _, configuration in kinds.container_addresses({"properties": body.get("properties") or {}}):
        yield f"{kinds.SUBNET}/join/action", reference((configuration.get("properties") or {}).get("subnet"))


NETWORK_PROFILES = Rules(
    kind=kinds.NETWORK_PROFILE,
    properties=_properties,
    creation=0,
    removal=5,
    linked=_links,
)
