"""Subnets, alone or inside the PUT of their network, and who is in them.

Sources: Subnets REST reference; Virtual Network docs manage-subnet-delegation, virtual-network-manage-subnet.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Any

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of, parent_of
from aksess_sim.world.resources import prefixes
from aksess_sim.world.resources.rules import Attempt, Links, Rules, Surroundings, reference
from aksess_sim.world.resources.store import Store

_OURS = ("privateEndpoints", "ipConfigurations", "ipConfigurationProfiles", "serviceAssociationLinks", "purpose")
"""Only Azure writes these."""


def users(around: Surroundings, subnet: str) -> list[str]:
    """The ids of what has, or may take, addresses in a subnet."""
    return [*_inside(around.store, subnet), *around.guests(subnet)]


def subnet_properties(attempt: Attempt, space: Iterable[IPv4Network], siblings: Iterable[Body]) -> Body:
    """The properties of a subnet beside its siblings. Raises Refused."""
    name, vnet = name_of(attempt.id), parent_of(attempt.id)
    sent = {key: value for key, value in attempt.properties.items() if key not in (*_OURS, "provisioningState")}
    several = sent.get("addressPrefixes") or [None]
    prefix = prefixes.parsed(sent.get("addressPrefix") or several[0], attempt.id)
    prefixes.check_subnet(prefix, name, vnet, space)
    for sibling in siblings:
        if sibling["name"].lower() != name.lower() and prefix.overlaps(prefixes.of_subnet(sibling)):
            message = f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing "
            raise Refused("NetcfgSubnetRangesOverlap", message + f"subnet in virtual network '{name_of(vnet)}'.")
    for field, kind in (("natGateway", kinds.NAT_GATEWAY), ("networkSecurityGroup", kinds.NSG)):
        if reference(sent.get(field)):
            attempt.referenced(sent[field], kind, region=attempt.region)
        else:
            sent.pop(field, None)
    delegations = [_delegation(attempt.id, item) for item in sent.get("delegations") or []]
    _check_occupied(attempt, prefix, delegations)
    return {
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
        **sent,
        "addressPrefix": str(prefix),
        "delegations": delegations,
        "serviceEndpoints": [_service_endpoint(item) for item in sent.get("serviceEndpoints") or []],
        **{key: attempt.known[key] for key in _OURS if key in attempt.known},
    }


def subnet_links(body: Body) -> Links:
    """The rights on what a subnet is joined to."""
    properties = body.get("properties") or {}
    for field, kind in (("natGateway", kinds.NAT_GATEWAY), ("networkSecurityGroup", kinds.NSG)):
        if reference(properties.get(field)):
            yield f"{kind}/join/action", reference(properties[field])


def refuse_used(around: Surroundings, subnet: Body) -> None:
    """A subnet with anything in it stays. Raises Refused `InUseSubnetCannotBeDeleted` (nav-arm-templates#161)."""
    inside = users(around, subnet["id"])
    if inside:
        raise Refused(
            "InUseSubnetCannotBeDeleted",
            f"Subnet {subnet['name']} is in use by {inside[0]} and cannot be deleted. In order to delete the subnet, "
            "delete all the resources within the subnet. See aka.ms/deletesubnet.",
        )


def _properties(attempt: Attempt) -> Body:
    vnet = attempt.around.store.find(parent_of(attempt.id)) or {}
    return subnet_properties(attempt, prefixes.of_space(vnet), vnet["properties"]["subnets"])


def _check_occupied(attempt: Attempt, prefix: IPv4Network, delegations: list[Body]) -> None:
    """What is in a subnet holds its prefix and its delegation in place."""
    inside = users(attempt.around, attempt.id) if attempt.before else []
    if not inside or attempt.before is None:
        return
    old = prefixes.of_subnet(attempt.before)
    if prefix != old:
        message = f"IpPrefix {old} on Subnet {name_of(attempt.id)} has active allocations and cannot be deleted."
        raise Refused("InUsePrefixCannotBeDeleted", message)
    if _services(delegations) != _services(attempt.known.get("delegations") or []):
        raise Refused(
            "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
            f"Delegations of subnet {attempt.id} cannot be changed from {_services(attempt.known['delegations'])} to "
            f"{_services(delegations)} because it is being used by the resource {inside[0]}.",
        )


def _services(delegations: Iterable[Body]) -> list[str]:
    return sorted(str(one["properties"]["serviceName"]) for one in delegations)


def _delegation(subnet: str, sent: Any) -> Body:
    service = str((sent.get("properties") or {}).get("serviceName") or "")
    if service.count("/") != 1:
        raise Refused("InvalidSubnetDelegation", f"Subnet {subnet} is delegated to `{service}`, which is no service.")
    return kinds.delegation(subnet, service, str(sent.get("name") or service.rsplit("/", 1)[-1]))


def _service_endpoint(sent: Body) -> Body:
    return {"provisioningState": "Succeeded", "locations": ["*"]} | sent


def _inside(store: Store, subnet: str) -> Iterator[str]:
    wanted = subnet.lower()
    for endpoint in store.of_kind(kinds.PRIVATE_ENDPOINT):
        if reference(endpoint["properties"]["subnet"]).lower() == wanted:
            yield str(endpoint["id"])
    for profile in store.of_kind(kinds.NETWORK_PROFILE):
        for interface, configuration in kinds.container_addresses(profile):
            if reference(configuration["properties"].get("subnet")).lower() == wanted:
                yield f"{profile['id']}/containerNetworkInterfaceConfigurations/{interface['name']}"
    for bastion in store.of_kind(kinds.BASTION):
        for configuration in bastion["properties"].get("ipConfigurations") or []:
            if reference(configuration["properties"].get("subnet")).lower() == wanted:
                yield str(configuration["id"])


SUBNETS = Rules(
    kind=kinds.SUBNET, properties=_properties, place="parent", creation=4, linked=subnet_links, keep=refuse_used
)
