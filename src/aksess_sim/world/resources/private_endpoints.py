"""Private endpoints, the connections they make, and the DNS records that a zone group keeps for them.

Sources: Private Endpoints and Private DNS Zone Groups REST references; Private Link docs private-endpoint-overview
(approval), private-endpoint-dns (zones and groups).
"""

from ipaddress import IPv4Address

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import kind_of, name_of, parent_of
from aksess_sim.world.resources import prefixes, private_links
from aksess_sim.world.resources.rules import Attempt, Links, Rules, reference
from aksess_sim.world.resources.store import Store

_RESERVED = 4
"""Azure keeps the first four addresses of a subnet (Virtual Network FAQ)."""
_LISTS = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")


def _properties(attempt: Attempt) -> Body:
    subnet = attempt.referenced(attempt.properties.get("subnet"), kinds.SUBNET, region=attempt.region)
    if subnet["properties"]["delegations"]:
        raise Refused(
            "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated",
            f"Private endpoint {attempt.id} cannot be created as subnet {subnet['id']} is delegated.",
        )
    wanted = [(field, one) for field in _LISTS for one in attempt.properties.get(field) or []]
    if len(wanted) != 1:
        message = f"Private endpoint {attempt.id} must have exactly one private link service connection."
        raise Refused("InvalidPrivateLinkServiceConnection", message)
    [(field, sent)] = wanted
    connection = _connection(attempt, sent, manual=field == _LISTS[1])
    address = _address(attempt, subnet)
    service, group = connection["properties"]["privateLinkServiceId"], connection["properties"]["groupIds"][0]
    return attempt.properties | {
        "subnet": {"id": subnet["id"]},
        **{key: [connection] if key == field else [] for key in _LISTS},
        "networkInterfaces": [{"id": interface_of(attempt.id)}],
        "customDnsConfigs": [
            {"fqdn": private_links.host(service, group), "ipAddresses": [str(address)]},
        ],
        "resourceGuid": kinds.stable_guid(attempt.id),
    }


def interface_of(endpoint: str) -> str:
    """The id of the network interface that comes with a private endpoint and goes with it."""
    group = parent_of(parent_of(endpoint))
    name = f"{name_of(endpoint)}.nic.{kinds.stable_guid(endpoint)}"
    return f"{group}/providers/{kinds.NETWORK_INTERFACE}/{name}"


def address_of(endpoint: Body, store: Store) -> IPv4Address | None:
    """The private address of an endpoint, None while it has none."""
    interface = store.find(interface_of(endpoint["id"]))
    if interface is None:
        return None
    return IPv4Address(interface["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"])


def _connection(attempt: Attempt, sent: Body, *, manual: bool) -> Body:
    properties = sent.get("properties") or {}
    service = str(properties.get("privateLinkServiceId") or "")
    target = attempt.referenced({"id": service}, kind_of(service))
    groups = properties.get("groupIds") or []
    if len(groups) != 1 or groups[0] not in private_links.groups(service):
        known = ", ".join(private_links.groups(service))
        message = f"Private endpoint {attempt.id} asks for the groups {groups} of {service}, which has: {known}."
        raise Refused("InvalidPrivateLinkGroupId", message)
    may = attempt.around.may(f"{kind_of(service)}/PrivateEndpointConnectionsApproval/action", service)
    if not manual and not may and not attempt.before:
        raise private_links.approval_refused(attempt.id, service)
    state = private_links.present_state(attempt.around.store, attempt.id, service) or (
        private_links.PENDING if manual else private_links.APPROVED
    )
    return kinds.resource(
        f"{attempt.id}/privateLinkServiceConnections/{sent['name']}",
        f"{kinds.PRIVATE_ENDPOINT}/privateLinkServiceConnections",
        {"privateLinkServiceId": target["id"], "groupIds": groups, "privateLinkServiceConnectionState": state},
    )


def _address(attempt: Attempt, subnet: Body) -> IPv4Address:
    """The one it has, else the first that is free.

    Raises Refused `SubnetIsFull` (terraform-provider-azurerm#14252 and others).
    """
    store = attempt.around.store
    present = address_of(attempt.before, store) if attempt.before else None
    if present:
        return present
    taken = {address_of(endpoint, store) for endpoint in store.of_kind(kinds.PRIVATE_ENDPOINT)}
    network = prefixes.of_subnet(subnet)
    offset = _RESERVED
    while network[offset] in taken:
        offset += 1
        if offset >= network.num_addresses - 1:
            message = f"Subnet {subnet['name']} with address prefix {network} does not have enough capacity for 1 IP "
            raise Refused("SubnetIsFull", f"{message}addresses.")
    return network[offset]


def _links(body: Body) -> Links:
    subnet = reference((body.get("properties") or {}).get("subnet"))
    if subnet:
        yield f"{kinds.SUBNET}/join/action", subnet


def _begun(store: Store, endpoint: Body) -> None:
    """The address is taken at once, with the network interface that has it."""
    properties = endpoint["properties"]
    inner = {
        "privateIPAddress": properties["customDnsConfigs"][0]["ipAddresses"][0],
        "privateIPAllocationMethod": "Dynamic",
        "subnet": properties["subnet"],
    }
    nic = interface_of(endpoint["id"])
    configuration = kinds.resource(f"{nic}/ipConfigurations/privateEndpointIpConfig", None, inner)
    shown = {"ipConfigurations": [configuration], "privateEndpoint": {"id": endpoint["id"]}}
    store.put(kinds.resource(nic, kinds.NETWORK_INTERFACE, shown, location=endpoint["location"]))


def _settled(store: Store, endpoint: Body) -> None:
    """The service shows the connection, and groups write their records."""
    connection = next(one for field in _LISTS for one in endpoint["properties"][field])
    private_links.connect(store, endpoint["id"], connection)
    for group in store.of_kind(kinds.ZONE_GROUP, endpoint["id"]):
        _group_settled(store, group)


def _gone(store: Store, endpoint: Body) -> None:
    for group in store.of_kind(kinds.ZONE_GROUP, endpoint["id"]):
        _group_gone(store, group)
    store.remove(interface_of(endpoint["id"]))
    private_links.disconnect(store, endpoint["id"])


def _group_properties(attempt: Attempt) -> Body:
    """Azure takes one group an endpoint, and one zone of a name in it (private-endpoint-dns)."""
    siblings = attempt.around.store.of_kind(kinds.ZONE_GROUP, attempt.parent["id"])
    if any(one["id"].lower() != attempt.id.lower() for one in siblings):
        message = f"Private endpoint {attempt.parent['id']} has a private DNS zone group already."
        raise Refused("MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed", message)
    shown = []
    for sent in attempt.properties.get("privateDnsZoneConfigs") or []:
        zone = attempt.referenced({"id": (sent.get("properties") or {}).get("privateDnsZoneId")}, kinds.DNS_ZONE)
        shown.append({"name": sent["name"], "properties": {"privateDnsZoneId": zone["id"], "recordSets": []}})
    return {"privateDnsZoneConfigs": shown}


def _group_links(body: Body) -> Links:
    for config in (body.get("properties") or {}).get("privateDnsZoneConfigs") or []:
        yield f"{kinds.DNS_ZONE}/join/action", str((config.get("properties") or {}).get("privateDnsZoneId"))


def _group_settled(store: Store, group: Body) -> None:
    """A record for the endpoint in each zone whose name is the service's private one, and in no zone it had before."""
    endpoint = store.find(parent_of(group["id"]))
    address = address_of(endpoint, store) if endpoint else None
    if endpoint is None or address is None:
        return
    connection = next(one["properties"] for field in _LISTS for one in endpoint["properties"][field])
    note = f"created by private endpoint {endpoint['name']} with resource guid {kinds.stable_guid(endpoint['id'])}"
    for record in store.of_kind(kinds.DNS_A):
        if (record["properties"].get("metadata") or {}).get("creator") == note:
            store.remove(record["id"])
    label, zone_name = private_links.private_name(connection["privateLinkServiceId"], connection["groupIds"][0])
    for config in group["properties"]["privateDnsZoneConfigs"]:
        zone = store.find(config["properties"]["privateDnsZoneId"])
        if zone is None or zone["name"].lower() != zone_name:
            continue
        record = kinds.address_records(f"{zone['id']}/A/{label}", [address], ttl=10)
        record["properties"]["metadata"] = {"creator": note}
        store.put(record)
        config["properties"]["recordSets"] = [
            {
                "recordType": "A",
                "recordSetName": label,
                "fqdn": f"{label}.{zone_name}",
                "ttl": 10,
                "ipAddresses": [str(address)],
                "provisioningState": "Succeeded",
            }
        ]


def _group_gone(store: Store, group: Body) -> None:
    for config in group["properties"]["privateDnsZoneConfigs"]:
        for record in config["properties"]["recordSets"]:
            store.remove(f"{config['properties']['privateDnsZoneId']}/A/{record['recordSetName']}")


PRIVATE_ENDPOINTS = Rules(
    kind=kinds.PRIVATE_ENDPOINT,
    properties=_properties,
    creation=40,
    linked=_links,
    begun=_begun,
    settled=_settled,
    dropped=_gone,
)
ZONE_GROUPS = Rules(
    kind=kinds.ZONE_GROUP,
    properties=_group_properties,
    place="parent",
    creation=10,
    linked=_group_links,
    settled=_group_settled,
    dropped=_group_gone,
)
