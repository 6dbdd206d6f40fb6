"""What a PUT sends for each resource of a Cloud Shell network. Pure; names and ids come from above.

Types and properties are those of Azure/azure-quickstart-templates, demos/cloud-shell-vnet. It differs in two things:
the relay's address record is written by a zone group of the private endpoint, so that nothing has to be read in
between, and there may be a NAT gateway.
"""

from collections.abc import Mapping
from ipaddress import IPv4Network

from aksess.azure.arm import Json

VNET = "Microsoft.Network/virtualNetworks"
SUBNET = "Microsoft.Network/virtualNetworks/subnets"
PEERING = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
SECURITY_GROUP = "Microsoft.Network/networkSecurityGroups"
PUBLIC_ADDRESS = "Microsoft.Network/publicIPAddresses"
NAT_GATEWAY = "Microsoft.Network/natGateways"
PROFILE = "Microsoft.Network/networkProfiles"
ENDPOINT = "Microsoft.Network/privateEndpoints"
ZONE_GROUP = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"
ZONE = "Microsoft.Network/privateDnsZones"
ZONE_LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
RELAY = "Microsoft.Relay/namespaces"
ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"

DELEGATION = "Microsoft.ContainerInstance/containerGroups"
RELAY_ZONE = "privatelink.servicebus.windows.net"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
CONTAINER_INSTANCE_APP = "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9"
"""Application id of the Azure Container Instance Service, the same in every tenant; its object id is not."""
Tags = Mapping[str, str]


def virtual_network(location: str, tags: Tags, space: IPv4Network, subnets: Mapping[str, Json]) -> Json:
    """With its subnets inside: a PUT without them would mean a network without them."""
    inside = [{"name": name, **body} for name, body in subnets.items()]
    return _placed(location, tags, {"addressSpace": {"addressPrefixes": [str(space)]}, "subnets": inside})


def shell_subnet(location: str, prefix: IPv4Network, security_group: str, nat_gateway: str | None) -> Json:
    """Where the containers run; only Container Instances may put anything into it."""
    delegation = {"name": "CloudShellDelegation", "properties": {"serviceName": DELEGATION}}
    properties: Json = {
        "addressPrefix": str(prefix),
        "serviceEndpoints": _storage_endpoints(location),
        "delegations": [delegation],
        "networkSecurityGroup": {"id": security_group},
    }
    return {"properties": properties | ({"natGateway": {"id": nat_gateway}} if nat_gateway else {})}


def relay_subnet(prefix: IPv4Network) -> Json:
    """Where the relay's private endpoint has its address."""
    policies = {"privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled"}
    return {"properties": {"addressPrefix": str(prefix), **policies}}


def storage_subnet(location: str, prefix: IPv4Network) -> Json:
    """Where people who keep their files may put the storage account's endpoint."""
    return {"properties": {"addressPrefix": str(prefix), "serviceEndpoints": _storage_endpoints(location)}}


def security_group(location: str, tags: Tags, shells: IPv4Network) -> Json:
    """Shells do not reach each other."""
    rule = {
        "description": "Deny traffic between container groups of Cloud Shell",
        "protocol": "*",
        "sourcePortRange": "*",
        "destinationPortRange": "*",
        "sourceAddressPrefix": str(shells),
        "destinationAddressPrefix": str(shells),
        "access": "Deny",
        "priority": 100,
        "direction": "Inbound",
    }
    return _placed(location, tags, {"securityRules": [{"name": "DenyIntraSubnetTraffic", "properties": rule}]})


def public_address(location: str, tags: Tags) -> Json:
    """Fixed for as long as it exists."""
    properties = {"publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Static"}
    return {**_placed(location, tags, properties), "sku": {"name": "Standard"}}


def nat_gateway(location: str, tags: Tags, address: str) -> Json:
    """All that leaves the subnet leaves from this address."""
    properties = {"idleTimeoutInMinutes": 4, "publicIpAddresses": [{"id": address}]}
    return {**_placed(location, tags, properties), "sku": {"name": "Standard"}}


def network_profile(location: str, tags: Tags, subnet: str, subnet_name: str) -> Json:
    """How Container Instances finds the subnet, until network profiles are gone."""
    address = {"name": f"ipconfig-{subnet_name}", "properties": {"subnet": {"id": subnet}}}
    interface = {"name": f"eth-{subnet_name}", "properties": {"ipConfigurations": [address]}}
    return _placed(location, tags, {"containerNetworkInterfaceConfigurations": [interface]})


def relay(location: str, tags: Tags) -> Json:
    """Between the browser and the container."""
    return {"location": location, "tags": dict(tags), "sku": {"name": "Standard", "tier": "Standard"}}


def private_endpoint(location: str, tags: Tags, name: str, subnet: str, relay_id: str) -> Json:
    """The relay's address inside the network."""
    target = {"privateLinkServiceId": relay_id, "groupIds": ["namespace"]}
    connections = [{"name": name, "properties": target}]
    return _placed(location, tags, {"privateLinkServiceConnections": connections, "subnet": {"id": subnet}})


def zone(tags: Tags) -> Json:
    """Zones and their links are global."""
    return {"location": "global", "tags": dict(tags)}


def zone_link(tags: Tags, network: str) -> Json:
    """Lets a network resolve a zone's names."""
    return _placed("global", tags, {"registrationEnabled": False, "virtualNetwork": {"id": network}})


def zone_group(zone_id: str) -> Json:
    """Azure writes, and takes away again, the endpoint's address records in this zone."""
    configuration = {"name": RELAY_ZONE.replace(".", "-"), "properties": {"privateDnsZoneId": zone_id}}
    return {"properties": {"privateDnsZoneConfigs": [configuration]}}


def role_assignment(subscription: str, role: str, principal: str) -> Json:
    """`role` is a built-in role's GUID. The kind of principal spares Azure a look that may come too early."""
    definition = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {"roleDefinitionId": definition, "principalId": principal, "principalType": "ServicePrincipal"}
    return {"properties": properties}


def peering(remote: str) -> Json:
    """One half; traffic passes when the other network has its own."""
    flags = {"allowForwardedTraffic": False, "allowGatewayTransit": False, "useRemoteGateways": False}
    return {"properties": {"remoteVirtualNetwork": {"id": remote}, "allowVirtualNetworkAccess": True, **flags}}


def _placed(location: str, tags: Tags, properties: Json) -> Json:
    return {"location": location, "tags": dict(tags), "properties": properties}


def _storage_endpoints(location: str) -> list[Json]:
    return [{"service": "Microsoft.Storage", "locations": [location]}]
