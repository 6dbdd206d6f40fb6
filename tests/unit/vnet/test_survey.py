"""Networks are read from ARM's JSON, whatever of it is there."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from aksess.azure.clusters import Cluster
from aksess.azure.ids import ClusterId
from aksess.vnet.survey import (
    Network,
    Peering,
    Subnet,
    Survey,
    api_zone,
    cloud_shell_profile,
    network_of,
    own_network_id,
)

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


def cluster(properties: dict[str, Any]) -> Cluster:
    return Cluster(ClusterId("s", "rg-demo", "vault"), {"properties": {"nodeResourceGroup": "MC_x", **properties}})


ZONE = "/providers/Microsoft.Network/privateDnsZones"


@pytest.mark.parametrize(
    ("choice", "zone"),
    [
        (None, f"/subscriptions/s/resourceGroups/MC_x{ZONE}/g.privatelink.westeurope.azmk8s.io"),
        ("system", f"/subscriptions/s/resourceGroups/MC_x{ZONE}/g.privatelink.westeurope.azmk8s.io"),
        ("none", None),
        ("/zones/mine", "/zones/mine"),
    ],
)
def test_the_zone_of_a_private_api_server(choice: str | None, zone: str | None) -> None:
    profile = {"enablePrivateCluster": True, "privateDNSZone": choice}
    host = "vault-1.g.privatelink.westeurope.azmk8s.io"
    assert api_zone(cluster({"apiServerAccessProfile": profile, "privateFQDN": host})) == zone


def test_a_public_one_has_none() -> None:
    assert api_zone(cluster({"privateFQDN": "a.b"})) is None


def test_the_network_of_the_nodes() -> None:
    pools = [{"vnetSubnetID": f"{HUB}/subnets/nodes"}]
    assert network_of(cluster({"agentPoolProfiles": pools})) == HUB
    assert network_of(cluster({})) is None
    assert cluster({}).node_group_path == "/subscriptions/s/resourceGroups/MC_x"
    assert own_network_id(cluster({}), "n").endswith("/rg-demo/providers/Microsoft.Network/virtualNetworks/n")


@pytest.mark.parametrize(
    ("profile", "mode"), [({"mode": "Managed"}, "Managed"), ({"mode": "disabled"}, None), ({}, None), (None, None)]
)
def test_the_preview_of_aks_itself(profile: dict[str, str] | None, mode: str | None) -> None:
    assert cloud_shell_profile(cluster({"cloudShellProfile": profile})) == mode
