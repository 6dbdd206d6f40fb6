"""Public addresses, NAT gateways, security groups and network profiles on the wire."""

import pytest

from aksess_sim.world.loader import load_world, read_world
from sim.arm_client import arm
from sim.network_steps import SMALL, Steps, plain

RULE = {"priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "*"}


async def test_what_points_shows_on_both_sides() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        gateway = await steps.gateway("out")
        group = steps.id("networkSecurityGroups/n")
        await steps.put(group)
        joined = {"natGateway": {"id": gateway}, "networkSecurityGroup": {"id": group}}
        vnet = await steps.vnet("v", "10.9.0.0/16", s=plain("10.9.0.0/24", **joined))
        for id_ in (gateway, group):
            assert (await client("GET", id_)).body["properties"]["subnets"] == [{"id": f"{vnet}/subnets/s"}]
        address = steps.id("publicIPAddresses/out-ip")
        assert (await client("GET", address)).body["properties"]["natGateway"] == {"id": gateway}
        await steps.put(f"{vnet}/subnets/s", plain("10.9.0.0/24"))
        for id_ in (gateway, group):
            assert (await client("GET", id_)).body["properties"]["subnets"] == []


async def test_an_address_is_one_gateways_and_stays_the_same() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        gateway, address = await steps.gateway("out"), steps.id("publicIPAddresses/out-ip")
        before = (await client("GET", address)).body["properties"]["ipAddress"]
        await steps.put(address, {"publicIPAllocationMethod": "Static"}, sku={"name": "Standard"}, tags={"a": "b"})
        assert (await client("GET", address)).body["properties"]["ipAddress"] == before
        other = steps.id("natGateways/other")
        taken = await steps.put(other, {"publicIpAddresses": [{"id": address}]}, sku={"name": "Standard"})
        assert taken.code == "PublicIPAddressInUse"
        refused = await client("DELETE", address)
        assert (refused.status, refused.code) == (400, "PublicIPAddressCannotBeDeleted")
        await steps.put(gateway, {"publicIpAddresses": []}, sku={"name": "Standard"})
        assert (await steps.delete(address)).status == 202


async def test_addresses_of_clusters_and_bastions_stay() -> None:
    async with arm(load_world()) as client:
        for group, kind in (("rg-hub", "hub-bastion-ip"), ("rg-demo", "nat-out-ip")):
            id_ = f"{client.subscription}/resourceGroups/{group}/providers/Microsoft.Network/publicIPAddresses/{kind}"
            assert (await client("DELETE", id_)).code == "PublicIPAddressCannotBeDeleted"


async def test_only_standard_addresses_and_only_static_ones() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        moving = {"publicIPAllocationMethod": "Dynamic"}
        refused = await steps.put(steps.id("publicIPAddresses/a"), moving, sku={"name": "Standard"})
        assert refused.code == "StandardSkuPublicIPAddressesMustUseStaticAllocationMethod"
        await steps.put(steps.id("publicIPAddresses/basic"), moving, sku={"name": "Basic"})
        of = {"publicIpAddresses": [{"id": steps.id("publicIPAddresses/basic")}]}
        assert (await steps.put(steps.id("natGateways/n"), of)).code == "NatGatewayAndPublicIpSkuMismatch"


async def test_a_gateway_that_a_subnet_leaves_through_stays() -> None:
    async with arm(load_world()) as client:
        refused = await client("DELETE", Steps(client).id("natGateways/nat-shell"))
        assert (refused.status, refused.code) == (400, "CannotDeleteNatGatewayAssociatedToSubnet")
        assert "still configured on 1 subnets" in refused.body["error"]["message"]


async def test_a_limit_counts_what_there_is_in_the_region() -> None:
    async with arm(read_world(SMALL + "\nlimits: {publicIPAddresses: 1}")) as client:
        steps = Steps(client)
        await steps.address("one")
        assert (await steps.put(steps.id("publicIPAddresses/two"), sku={"name": "Standard"})).code == (
            "StandardSkuPublicIPCountLimitReached"
        )
        assert (await steps.put(steps.id("publicIPAddresses/one"), sku={"name": "Standard"})).status == 200
        away = await steps.put(steps.id("publicIPAddresses/two"), location="northeurope", sku={"name": "Standard"})
        assert away.status == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"priority": 99}, "SecurityRuleInvalidPriority"),
        ({"priority": "100"}, "SecurityRuleInvalidPriority"),
        ({}, "SecurityRuleConflict"),
        ({"direction": "inbound", "access": "Allow"}, "SecurityRuleConflict"),
    ],
)
async def test_rules_that_cannot_be(change: dict[str, object], code: str) -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        group = steps.id("networkSecurityGroups/n")
        await steps.put(group, {"securityRules": [{"name": "one", "properties": RULE}]})
        alone = await steps.put(f"{group}/securityRules/two", RULE | change)
        assert (alone.status, alone.code) == (400, code)
        both = [{"name": "one", "properties": RULE}, {"name": "two", "properties": RULE | change}]
        assert (await steps.put(group, {"securityRules": both})).code == code
        assert (await steps.put(f"{group}/securityRules/two", RULE | {"direction": "Outbound"})).status == 200
        shown = (await client("GET", group)).body["properties"]
        assert [rule["name"] for rule in shown["securityRules"]] == ["one", "two"]
        assert len(shown["defaultSecurityRules"]) == 6


async def test_a_group_that_a_subnet_has_stays() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        group = steps.id("networkSecurityGroups/n")
        await steps.put(group)
        await steps.vnet("v", "10.9.0.0/16", s=plain("10.9.0.0/24", networkSecurityGroup={"id": group}))
        assert (await client("DELETE", group)).code == "InUseNetworkSecurityGroupCannotBeDeleted"


async def test_a_profile_needs_a_subnet_that_is_there() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        address = {"name": "ip", "properties": {"subnet": {"id": steps.id("virtualNetworks/v/subnets/s")}}}
        interface = {"name": "eth", "properties": {"ipConfigurations": [address]}}
        refused = await steps.put(
            steps.id("networkProfiles/p"), {"containerNetworkInterfaceConfigurations": [interface]}
        )
        assert refused.code == "InvalidResourceReference"
