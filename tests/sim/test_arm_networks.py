"""Network resources by id and in lists."""

import pytest

from aksess_sim.world.loader import load_world
from sim.arm_client import arm

KINDS = ["virtualNetworks", "publicIPAddresses", "natGateways", "loadBalancers", "bastionHosts", "privateDnsZones"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_holds_what_each_of_its_ids_answers(kind: str) -> None:
    async with arm(load_world()) as client:
        everywhere = (await client("GET", f"{client.subscription}/providers/microsoft.network/{kind.upper()}")).body
        assert everywhere["value"]
        for body in everywhere["value"]:
            assert (await client("GET", body["id"])).body == body
            group, _, _ = body["id"].partition("/providers/")
            in_group = (await client("GET", f"{group}/providers/Microsoft.Network/{kind}")).body
            assert body in in_group["value"]


async def test_children_are_listed_below_their_parent() -> None:
    async with arm(load_world()) as client:
        vnet = f"{client.group}/providers/Microsoft.Network/virtualNetworks/vnet-vault"
        subnets = (await client("GET", f"{vnet}/subnets")).body["value"]
        assert [subnet["name"] for subnet in subnets] == ["nodes", "shell"]
        assert (await client("GET", f"{vnet}/subnets/NODES")).body == subnets[0]
        peerings = (await client("GET", f"{vnet}/virtualNetworkPeerings")).body["value"]
        assert [peering["name"] for peering in peerings] == ["to-vnet-hub"]
        assert (await client("GET", peerings[0]["id"])).body == peerings[0]
        zones = await client("GET", f"{client.subscription}/providers/Microsoft.Network/privateDnsZones")
        links = (await client("GET", f"{zones.body['value'][0]['id']}/virtualNetworkLinks")).body["value"]
        linked = [link["properties"]["virtualNetwork"]["id"].rsplit("/", 1)[1] for link in links]
        assert linked == ["vnet-vault", "vnet-hub"]
        assert (await client("GET", links[0]["id"])).body == links[0]


async def test_a_bastion_says_what_it_can_do_and_where_it_stands() -> None:
    async with arm(load_world()) as client:
        (host,) = (await client("GET", f"{client.subscription}/providers/Microsoft.Network/bastionHosts")).body["value"]
        assert (host["name"], host["sku"], host["properties"]["enableTunneling"]) == (
            "hub-bastion",
            {"name": "Standard"},
            True,
        )
        configuration = host["properties"]["ipConfigurations"][0]["properties"]
        assert (await client("GET", configuration["subnet"]["id"])).body["name"] == "AzureBastionSubnet"
        assert (await client("GET", configuration["publicIPAddress"]["id"])).body["properties"]["ipAddress"]


async def test_what_is_not_there_is_not_found_and_what_is_not_ones_own_is_refused() -> None:
    async with arm(load_world()) as client:
        vnet = f"{client.group}/providers/Microsoft.Network/virtualNetworks"
        assert (await client("GET", f"{vnet}/none")).code == "ResourceNotFound"
        assert (await client("GET", f"{vnet}/none/subnets")).code == "ResourceNotFound"
        assert (await client("GET", f"{vnet}/vnet-nat", "ben")).code == "AuthorizationFailed"
        assert (await client("GET", vnet, "ben")).body == {"value": []}
