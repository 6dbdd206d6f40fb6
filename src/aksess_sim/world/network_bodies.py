"""The ARM JSON of network resources, as their REST references show it; pure builders, no state."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from aksess_sim.world.resource_ids import name_of

Body = dict[str, Any]

VNET = "Microsoft.Network/virtualNetworks"
SUBNET = "Microsoft.Network/virtualNetworks/subnets"
PEERING = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
PUBLIC_IP = "Microsoft.Network/publicIPAddresses"
NAT_GATEWAY = "Microsoft.Network/natGateways"
LOAD_BALANCER = "Microsoft.Network/loadBalancers"
BASTION = "Microsoft.Network/bastionHosts"
DNS_ZONE = "Microsoft.Network/privateDnsZones"
DNS_LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
DNS_A = "Microsoft.Network/privateDnsZones/A"
NSG = "Microsoft.Network/networkSecurityGroups"
SECURITY_RULE = "Microsoft.Network/networkSecurityGroups/securityRules"
NETWORK_PROFILE = "Microsoft.Network/networkProfiles"
NETWORK_INTERFACE = "Microsoft.Network/networkInterfaces"
PRIVATE_ENDPOINT = "Microsoft.Network/privateEndpoints"
ZONE_GROUP = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"


def virtual_network(id_: str, location: str, prefix: str, subnets: Sequence[Body]) -> Body:
    """A network with its subnets inline; peerings are added by `peering`."""
    properties = {"addressSpace": {"addressPrefixes": [prefix]}, "subnets": list(subnets)}
    return resource(id_, VNET, properties | {"virtualNetworkPeerings": []}, location=location)


def subnet(id_: str, prefix: str, *, nat_gateway: str | None, service: str | None) -> Body:
    """A subnet; `service` is what it is delegated to, such as `Microsoft.ContainerInstance/containerGroups`."""
    properties: Body = {
        "addressPrefix": prefix,
        "delegations": [delegation(id_, service, name_of(service))] if service else [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }
    if nat_gateway:
        properties["natGateway"] = {"id": nat_gateway}
    return resource(id_, SUBNET, properties)


def peering(here: str, there: str, *, connected: bool) -> Body:
    """One half of a peering; `Initiated` until the other half is there (Azure virtual network peering docs)."""
    id_ = f"{here}/virtualNetworkPeerings/to-{name_of(there)}"
    properties = {
        "peeringState": "Connected" if connected else "Initiated",
        "peeringSyncLevel": "FullyInSync" if connected else "RemoteNotInSync",
        "remoteVirtualNetwork": {"id": there},
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": False,
        "allowGatewayTransit": False,
        "useRemoteGateways": False,
    }
    return resource(id_, PEERING, properties)


def public_ip(
    id_: str,
    location: str,
    address: IPv4Address,
    *,
    used_by: str | None = None,
    nat_gateway: str | None = None,
) -> Body:
    """A Standard static public address, bound to an ip configuration (`used_by`) or to a NAT gateway (ids)."""
    properties: Body = {
        "ipAddress": str(address),
        "publicIPAddressVersion": "IPv4",
        "publicIPAllocationMethod": "Static",
        "idleTimeoutInMinutes": 4,
    }
    if used_by:
        properties["ipConfiguration"] = {"id": used_by}
    if nat_gateway:
        properties["natGateway"] = {"id": nat_gateway}
    sku = {"name": "Standard", "tier": "Regional"}
    return resource(id_, PUBLIC_IP, properties, location=location, sku=sku)


def nat_gateway(id_: str, location: str, public_ips: Sequence[str]) -> Body:
    """A NAT gateway with its addresses; subnets that leave through it are added later."""
    properties = {
        "idleTimeoutInMinutes": 4,
        "publicIpAddresses": [{"id": ip} for ip in public_ips],
        "subnets": [],
    }
    return resource(id_, NAT_GATEWAY, properties, location=location, sku={"name": "Standard"})


def load_balancer(id_: str, location: str, public_ips: Sequence[str]) -> Body:
    """The Standard load balancer `kubernetes` that AKS puts into the node resource group."""
    frontends = [
        resource(f"{id_}/frontendIPConfigurations/{name_of(ip)}", None, {"publicIPAddress": {"id": ip}})
        for ip in public_ips
    ]
    references = [{"id": frontend["id"]} for frontend in frontends]
    rule = {"frontendIPConfigurations": references, "protocol": "All", "enableTcpReset": True}
    outbound = resource(f"{id_}/outboundRules/aksOutboundRule", None, rule | {"idleTimeoutInMinutes": 30})
    properties = {"frontendIPConfigurations": frontends, "outboundRules": [outbound]}
    return resource(id_, LOAD_BALANCER, properties, location=location, sku={"name": "Standard"})


def bastion(id_: str, location: str, *, sku: str, tunneling: bool | None, scale_units: int, place: Body) -> Body:
    """A Bastion host; `tunneling` None leaves `enableTunneling` out, as some answers do (azure-cli#32845).

    `place` is `bastion_place` of its subnet, or `virtualNetwork` for the SKUs that stand in none.
    """
    name = f"bst-{uuid.uuid5(uuid.NAMESPACE_URL, id_)}.bastion.azure.com"
    properties: Body = {"dnsName": name, "scaleUnits": scale_units} | place
    if tunneling is not None:
        properties["enableTunneling"] = tunneling
    return resource(id_, BASTION, properties, location=location, sku={"name": sku})


def bastion_configuration(bastion_id: str) -> str:
    """The id of a Bastion host's ip configuration."""
    return f"{bastion_id}/bastionHostIpConfigurations/IpConf"


def bastion_place(bastion_id: str, *, subnet_id: str, public_ip_id: str) -> Body:
    """Where the machines of a Bastion host stand, and the address they are reached at and leave from."""
    configuration = {
        "subnet": {"id": subnet_id},
        "publicIPAddress": {"id": public_ip_id},
        "privateIPAllocationMethod": "Dynamic",
    }
    return {"ipConfigurations": [resource(bastion_configuration(bastion_id), None, configuration)]}


def dns_zone(id_: str, records: Mapping[str, IPv4Address], links: int) -> Body:
    """A private DNS zone; it counts its record sets (the SOA is one) and its links."""
    counts = {"numberOfRecordSets": len(records) + 1, "numberOfVirtualNetworkLinks": links}
    return resource(id_, DNS_ZONE, zone_limits() | counts, location="global")


def zone_limits() -> Body:
    """What a private DNS zone says about how much it may hold, and about what it holds while it is empty."""
    return {
        "maxNumberOfRecordSets": 25000,
        "numberOfRecordSets": 1,
        "numberOfVirtualNetworkLinks": 0,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "numberOfVirtualNetworkLinksWithRegistration": 0,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
    }


def dns_link(id_: str, vnet: str) -> Body:
    """What lets a network's machines resolve a zone's names."""
    properties = {
        "virtualNetwork": {"id": vnet},
        "registrationEnabled": False,
        "virtualNetworkLinkState": "Completed",
    }
    return resource(id_, DNS_LINK, properties, location="global")


def address_records(id_: str, addresses: Sequence[IPv4Address], *, ttl: int = 3600) -> Body:
    """A set of A records; its name is relative to the zone, `fqdn` ends with a dot (Private DNS REST reference)."""
    zone = id_.rsplit("/", 3)[1]
    properties = {
        "fqdn": f"{name_of(id_)}.{zone}.",
        "ttl": ttl,
        "aRecords": [{"ipv4Address": str(address)} for address in addresses],
        "isAutoRegistered": False,
    }
    return resource(id_, DNS_A, properties)


def authority(zone_id: str) -> Body:
    """The SOA record set, which Azure makes with a zone and writes itself (Private DNS REST reference)."""
    record = {
        "host": "azureprivatedns.net",
        "email": "azureprivatedns-host.microsoft.com",
        "serialNumber": 1,
        "refreshTime": 3600,
        "retryTime": 300,
        "expireTime": 2419200,
        "minimumTtl": 10,
    }
    properties = {"fqdn": f"{name_of(zone_id)}.", "ttl": 3600, "soaRecord": record, "isAutoRegistered": False}
    return resource(f"{zone_id}/SOA/@", f"{DNS_ZONE}/SOA", properties)


def resource(id_: str, type_: str | None, properties: Body, **top: Any) -> Body:
    """A resource that is done, or with `type_` None a thing inside one; `top` is what stands beside the properties."""
    body: Body = {"id": id_, "name": name_of(id_), "etag": f'W/"{uuid.uuid5(uuid.NAMESPACE_URL, id_)}"'}
    if type_:
        body["type"] = type_
    return body | top | {"properties": {"provisioningState": "Succeeded"} | properties}


def delegation(subnet_id: str, service: str, name: str) -> Body:
    """What gives a subnet to a service (`Microsoft.ContainerInstance/containerGroups`)."""
    return resource(f"{subnet_id}/delegations/{name}", None, {"serviceName": service})


def stable_guid(id_: str) -> str:
    """A GUID of a resource that Azure would draw at random, the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"guid:{id_}".lower()))


def container_addresses(profile: Body) -> Iterator[tuple[Body, Body]]:
    """A network profile's interfaces, each with each of its ip configurations."""
    for interface in profile["properties"].get("containerNetworkInterfaceConfigurations") or []:
        for configuration in (interface.get("properties") or {}).get("ipConfigurations") or []:
            yield interface, configuration
