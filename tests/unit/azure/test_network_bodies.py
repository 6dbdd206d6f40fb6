"""The bodies are those of the official quickstart, as main.bicep of demos/cloud-shell-vnet spells them."""

from ipaddress import IPv4Network

from aksess.azure import network_bodies as bodies

SHELLS = IPv4Network("10.9.0.0/25")
TAGS = {"aksess": "vnet"}


def test_the_shells_subnet_is_delegated_and_guarded() -> None:
    properties = bodies.shell_subnet("westeurope", SHELLS, "/nsg", None)["properties"]
    assert properties["addressPrefix"] == "10.9.0.0/25"
    [delegation] = properties["delegations"]
    assert delegation["properties"] == {"serviceName": "Microsoft.ContainerInstance/containerGroups"}
    assert properties["serviceEndpoints"] == [{"service": "Microsoft.Storage", "locations": ["westeurope"]}]
    assert properties["networkSecurityGroup"] == {"id": "/nsg"}
    assert "natGateway" not in properties
    assert bodies.shell_subnet("x", SHELLS, "/nsg", "/nat")["properties"]["natGateway"] == {"id": "/nat"}


def test_a_network_is_never_sent_without_its_subnets() -> None:
    subnets = {"a": bodies.relay_subnet(SHELLS), "b": bodies.storage_subnet("x", SHELLS)}
    body = bodies.virtual_network("x", TAGS, IPv4Network("10.9.0.0/24"), subnets)
    assert body["properties"]["addressSpace"] == {"addressPrefixes": ["10.9.0.0/24"]}
    assert [one["name"] for one in body["properties"]["subnets"]] == ["a", "b"]
    assert body["properties"]["subnets"][0]["properties"]["privateEndpointNetworkPolicies"] == "Disabled"


def test_shells_are_kept_apart() -> None:
    [rule] = bodies.security_group("x", TAGS, SHELLS)["properties"]["securityRules"]
    told = {key: rule["properties"][key] for key in ("access", "direction", "priority", "protocol")}
    assert told == {"access": "Deny", "direction": "Inbound", "priority": 100, "protocol": "*"}
    assert rule["properties"]["sourceAddressPrefix"] == rule["properties"]["destinationAddressPrefix"] == str(SHELLS)


def test_the_way_out_has_a_fixed_standard_address() -> None:
    assert bodies.public_address("x", TAGS)["properties"]["publicIPAllocationMethod"] == "Static"
    assert (
        bodies.public_address("x", TAGS)["sku"] == bodies.nat_gateway("x", TAGS, "/ip")["sku"] == {"name": "Standard"}
    )
    assert bodies.nat_gateway("x", TAGS, "/ip")["properties"]["publicIpAddresses"] == [{"id": "/ip"}]


def test_profile_relay_and_endpoint_hang_together() -> None:
    [interface] = bodies.network_profile("x", TAGS, "/net/subnets/s", "s")["properties"][
        "containerNetworkInterfaceConfigurations"
    ]
    assert interface["name"] == "eth-s"
    assert interface["properties"]["ipConfigurations"][0]["properties"] == {"subnet": {"id": "/net/subnets/s"}}
    assert bodies.relay("x", TAGS)["sku"] == {"name": "Standard", "tier": "Standard"}
    endpoint = bodies.private_endpoint("x", TAGS, "pe", "/subnet", "/relay")["properties"]
    assert endpoint["subnet"] == {"id": "/subnet"}
    [connection] = endpoint["privateLinkServiceConnections"]
    assert connection["properties"] == {"privateLinkServiceId": "/relay", "groupIds": ["namespace"]}


def test_names_resolve_through_the_zone() -> None:
    assert bodies.zone(TAGS)["location"] == bodies.zone_link(TAGS, "/net")["location"] == "global"
    assert bodies.zone_link(TAGS, "/net")["properties"]["registrationEnabled"] is False
    [configuration] = bodies.zone_group("/zone")["properties"]["privateDnsZoneConfigs"]
    assert configuration["properties"] == {"privateDnsZoneId": "/zone"}


def test_a_role_is_assigned_to_a_service_principal() -> None:
    properties = bodies.role_assignment("s", bodies.CONTRIBUTOR, "p")["properties"]
    assert properties["roleDefinitionId"].endswith(f"/roleDefinitions/{bodies.CONTRIBUTOR}")
    assert (properties["principalId"], properties["principalType"]) == ("p", "ServicePrincipal")


def test_a_peering_lets_nothing_through_but_the_two_networks() -> None:
    properties = bodies.peering("/hub")["properties"]
    assert properties["remoteVirtualNetwork"] == {"id": "/hub"}
    assert properties["allowVirtualNetworkAccess"] is True
    assert not any(properties[key] for key in ("allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways"))
