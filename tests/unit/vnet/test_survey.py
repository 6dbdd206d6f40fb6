"""Networks are read from ARM's JSON, whatever of it is there."""

from ipaddress import IPv4Network

from aksess.vnet.survey import Network, Peering, Subnet, Survey

GROUP = "/subscriptions/s/resourceGroups/rg"
HUB = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub"
BODY = {
    "id": HUB,
    "location": "West Europe",
    "properties": {
        "addressSpace": {"addressPrefixes": ["10.60.0.0/16", "fd00::/48"]},
        "subnets": [
            {
                "id": f"{HUB}/subnets/shell",
                "name": "shell",
                "properties": {
                    "addressPrefix": "10.60.8.0/24",
                    "delegations": [{"properties": {"serviceName": "Microsoft.ContainerInstance/containerGroups"}}],
                    "natGateway": {"id": "/nat"},
                    "networkSecurityGroup": {"id": "/nsg"},
                    "ipConfigurations": [{"id": "/x"}],
                },
            },
            {"id": f"{HUB}/subnets/two", "properties": {"addressPrefixes": ["10.60.9.0/24", "fd00::/64"]}},
        ],
        "virtualNetworkPeerings": [
            {
                "id": f"{HUB}/virtualNetworkPeerings/to-spoke",
                "properties": {
                    "peeringState": "Connected",
                    "remoteVirtualNetwork": {"id": "/Spoke"},
                    "remoteAddressSpace": {"addressPrefixes": ["10.50.0.0/16"]},
                },
            }
        ],
    },
}


def test_a_network() -> None:
    hub = Network(BODY)
    assert (hub.name, hub.location, hub.spaces) == ("hub", "westeurope", (IPv4Network("10.60.0.0/16"),))
    assert [one.name for one in hub.subnets] == ["shell", "two"]
    shell = hub.subnet("SHELL")
    assert shell is not None
    assert shell.prefixes == (IPv4Network("10.60.8.0/24"),)
    assert shell.delegations == ("Microsoft.ContainerInstance/containerGroups",)
    assert (shell.nat_gateway, shell.security_group, shell.route_table, shell.in_use) == ("/nat", "/nsg", None, True)
    assert hub.subnets[1].prefixes == (IPv4Network("10.60.9.0/24"),)
    assert not hub.subnets[1].in_use


def test_a_peering() -> None:
    half = Network(BODY).peering_with("/spoke/")
    assert half is not None
    assert (half.state, half.remote, half.remote_spaces) == ("Connected", "/Spoke", (IPv4Network("10.50.0.0/16"),))
    assert Network(BODY).peering_with("/other") is None


def test_an_empty_body_has_nothing_in_it() -> None:
    assert (Network({}).spaces, Network({}).subnets, Network({}).peerings) == ((), (), ())
    assert (Subnet({}).prefixes, Subnet({}).delegations, Subnet({}).nat_gateway) == ((), (), None)
    assert (Peering({}).state, Peering({}).remote_spaces) == ("", ())


def test_what_stands_is_found_by_type() -> None:
    survey = Survey(None, "ada", standing={"microsoft.relay/namespaces": ({"id": "/r"},)})  # type: ignore[arg-type]
    assert survey.of_kind("Microsoft.Relay/namespaces") == ({"id": "/r"},)
    assert survey.of_kind("Microsoft.Network/networkProfiles") == ()
