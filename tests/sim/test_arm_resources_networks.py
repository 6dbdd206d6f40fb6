"""Virtual networks, subnets and peerings on the wire: what fits, what overlaps, what stays while it is used."""

from typing import Any

import pytest

from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.operations import OperationError
from sim.arm_client import arm
from sim.network_steps import SMALL, Steps, delegated, plain


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("10.9.0.0/25", "NetcfgSubnetRangesOverlap"),
        ("10.8.0.0/24", "NetcfgSubnetRangeOutsideVnet"),
        ("10.9.8.0/30", "NetcfgInvalidSubnet"),
        ("10.9.8.5/24", "InvalidCIDRNotation"),
        ("10.9.8.0", "InvalidCIDRNotation"),
        ("ten", "InvalidAddressPrefixFormat"),
    ],
)
async def test_a_subnet_that_does_not_fit_is_refused_alone_and_inside_its_network(prefix: str, code: str) -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet = await steps.vnet("v", "10.9.0.0/16", a=plain("10.9.0.0/24"))
        alone = await steps.put(f"{vnet}/subnets/b", plain(prefix))
        assert (alone.status, alone.code) == (400, code)
        subnets = [{"name": "a", "properties": plain("10.9.0.0/24")}, {"name": "b", "properties": plain(prefix)}]
        inside = await steps.put(vnet, {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}, "subnets": subnets})
        assert (inside.status, inside.code) == (400, code)
        assert [s["name"] for s in (await client("GET", f"{vnet}/subnets")).body["value"]] == ["a"]


async def test_subnets_that_a_put_leaves_out_stay_and_a_list_replaces_them() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet = await steps.vnet("v", "10.9.0.0/16", a=plain("10.9.0.0/24"), b=plain("10.9.1.0/24"))
        space = {"addressSpace": {"addressPrefixes": ["10.9.0.0/16", "10.10.0.0/16"]}}
        assert len((await steps.put(vnet, space)).body["properties"]["subnets"]) == 2
        only = space | {"subnets": [{"name": "b", "properties": plain("10.9.1.0/24")}]}
        assert [s["name"] for s in (await steps.put(vnet, only)).body["properties"]["subnets"]] == ["b"]
        shrunk = await steps.put(vnet, {"addressSpace": {"addressPrefixes": ["10.10.0.0/16"]}})
        assert shrunk.code == "NetcfgSubnetRangeOutsideVnet"
        assert (await steps.put(vnet, {})).code == "InvalidRequestFormat"


async def test_what_is_in_a_subnet_holds_it_in_place() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet = await steps.vnet("v", "10.9.0.0/16", s=delegated("10.9.0.0/24"))
        subnet = f"{vnet}/subnets/s"
        address = {"name": "ip", "properties": {"subnet": {"id": subnet}}}
        interface = {"name": "eth", "properties": {"ipConfigurations": [address]}}
        profile = steps.id("networkProfiles/p")
        made = await steps.put(profile, {"containerNetworkInterfaceConfigurations": [interface]})
        assert made.body["properties"]["provisioningState"] == "Succeeded"
        [user] = (await client("GET", subnet)).body["properties"]["ipConfigurationProfiles"]
        assert user["id"].startswith(profile)
        codes = {
            "SubnetDelegationsCannotChangeWhenSubnetUsedByResource": plain("10.9.0.0/24"),
            "InUsePrefixCannotBeDeleted": delegated("10.9.0.0/25"),
        }
        for code, properties in codes.items():
            assert (await steps.put(subnet, properties)).code == code
        space = {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}
        for refused in (
            await client("DELETE", subnet),
            await client("DELETE", vnet),
            await steps.put(vnet, space | {"subnets": []}),
        ):
            assert (refused.status, refused.code) == (400, "InUseSubnetCannotBeDeleted")
            assert profile in refused.body["error"]["message"]
        assert (await steps.put(subnet, delegated("10.9.0.0/24", serviceEndpoints=[{"service": "Microsoft.Storage"}]))
                ).status == 200  # fmt: skip
        await steps.delete(profile)
        assert (await steps.delete(subnet)).status == 202
        assert (await client("GET", vnet)).body["properties"]["subnets"] == []


async def test_clusters_and_bastions_hold_their_subnets_too() -> None:
    async with arm(load_world()) as client:
        for name, user in (
            ("rg-demo/vnet-vault/nodes", "/vault"),
            ("rg-hub/vnet-hub/AzureBastionSubnet", "/hub-bastion"),
        ):
            group, vnet, subnet = name.split("/")
            id_ = f"{client.subscription}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{vnet}"
            refused = await client("DELETE", f"{id_}/subnets/{subnet}")
            assert refused.code == "InUseSubnetCannotBeDeleted"
            assert user in refused.body["error"]["message"]


async def states(steps: Steps, *peerings: str) -> list[Any]:
    return [(await steps.client("GET", one)).body["properties"]["peeringState"] for one in peerings]


async def test_a_peering_is_what_both_halves_make_of_it() -> None:
    async with arm(read_world(SMALL)) as client:
        steps, networks = Steps(client), client.world.networks
        a, b = await steps.vnet("a", "10.1.0.0/16"), await steps.vnet("b", "10.2.0.0/16")
        there, back = f"{a}/virtualNetworkPeerings/to-b", f"{b}/virtualNetworkPeerings/to-a"
        assert (await steps.peer(a, b)).body["properties"]["peeringState"] == "Initiated"
        assert not networks.connected(a, b)
        await steps.peer(b, a)
        assert await states(steps, there, back) == ["Connected", "Connected"]
        assert networks.connected(a, b)
        await steps.peer(a, b)
        assert await states(steps, there, back) == ["Connected", "Connected"]
        await steps.delete(back)
        assert await states(steps, there) == ["Disconnected"]
        assert not networks.connected(a, b)
        refused = await steps.peer(b, a)
        assert (refused.status, refused.code) == (400, "RemotePeeringIsDisconnected")
        assert (await steps.peer(a, b)).body["properties"]["peeringState"] == "Initiated"
        await steps.peer(b, a)
        assert networks.connected(a, b)
        await steps.delete(b)
        assert await states(steps, there) == ["Disconnected"]


async def test_a_half_whose_operation_failed_connects_nothing() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        a, b = await steps.vnet("a", "10.1.0.0/16"), await steps.vnet("b", "10.2.0.0/16")
        client.world.operations.fail_next(
            f"{a}/virtualNetworkPeerings/to-b", OperationError("InternalError", "no luck")
        )
        failed = await steps.peer(a, b)
        assert failed.body["properties"]["provisioningState"] == "Failed"
        await steps.peer(b, a)
        assert not client.world.networks.connected(a, b)
        await steps.peer(a, b)
        assert client.world.networks.connected(a, b)


async def test_peerings_that_cannot_be() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        names = {"a": "10.1.0.0/16", "b": "10.2.0.0/16", "same": "10.1.128.0/17", "twin": "10.2.0.0/17"}
        a, b, same, twin = [await steps.vnet(name, space) for name, space in names.items()]
        assert (await steps.peer(a, a)).code == "InvalidRequestFormat"
        assert (await steps.peer(a, same)).code == "VnetAddressSpacesOverlap"
        assert (await steps.peer(a, steps.id("virtualNetworks/none"))).code == "InvalidResourceReference"
        await steps.peer(a, b)
        assert (await steps.peer(a, twin)).code == "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet"
        again = {"remoteVirtualNetwork": {"id": b}}
        refused = await steps.put(f"{a}/virtualNetworkPeerings/second", again)
        assert refused.code == "AnotherPeeringAlreadyReferencesRemoteVnet"
        grown = {"addressSpace": {"addressPrefixes": ["10.1.0.0/16", "10.2.4.0/24"]}}
        assert (await steps.put(a, grown)).code == "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet"


async def test_peering_takes_a_right_at_the_other_network() -> None:
    people = """
people: {ada: {roles: [Owner]}, eve: {roles: [{role: Network Contributor, at: rg-demo}]}}
groups: {rg-demo: {}}
networks: {far: {group: rg-far, space: 10.7.0.0/16}}
"""
    async with arm(read_world(people)) as client:
        vnet = await Steps(client).vnet("v", "10.9.0.0/16")
        far = f"{client.subscription}/resourceGroups/rg-far/providers/Microsoft.Network/virtualNetworks/far"
        refused = await Steps(client, "eve").peer(vnet, far)
        assert (refused.status, refused.code) == (403, "LinkedAuthorizationFailed")
        assert "virtualNetworks/peer/action" in refused.body["error"]["message"]
        assert (await Steps(client).peer(vnet, far)).status == 200


async def test_a_subnets_gateway_must_be_done_and_in_its_region() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet = await steps.vnet("v", "10.9.0.0/16")
        gateway = steps.id("natGateways/out")
        await client("PUT", gateway, body={"location": "westeurope", "sku": {"name": "Standard"}, "properties": {}})
        early = await steps.put(f"{vnet}/subnets/s", plain("10.9.0.0/24", natGateway={"id": gateway}))
        assert (early.status, early.code) == (429, "RetryableError")
        assert early.body["error"]["details"][0]["code"] == "ReferencedResourceNotProvisioned"
        await client.world.clock.sleep(11)
        assert (await steps.put(f"{vnet}/subnets/s", plain("10.9.0.0/24", natGateway={"id": gateway}))).status == 200
        assert client.world.networks.egress_address(f"{vnet}/subnets/s") is None, "a gateway without an address"
        away = steps.id("natGateways/away")
        await steps.put(away, location="northeurope", sku={"name": "Standard"})
        other = await steps.put(f"{vnet}/subnets/t", plain("10.9.1.0/24", natGateway={"id": away}))
        assert other.code == "InvalidResourceReference"


async def test_an_etag_that_is_not_the_present_one_stops_a_write() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet = await steps.vnet("v", "10.9.0.0/16")
        etag = (await client("GET", vnet)).body["etag"]
        await steps.put(f"{vnet}/subnets/s", plain("10.9.0.0/24"))
        body = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}}
        for method in ("PUT", "DELETE"):
            stale = await client(method, vnet, body=body, headers={"If-Match": etag})
            assert (stale.status, stale.code) == (412, "PreconditionFailed")
        fresh = (await client("GET", vnet)).body["etag"]
        only_new = await client("PUT", vnet, body=body, headers={"If-None-Match": "*"})
        assert only_new.status == 412
        assert (await client("PUT", vnet, body=body, headers={"If-Match": fresh})).status == 200


@pytest.mark.parametrize(
    ("location", "code"),
    [(None, "LocationRequired"), ("atlantis", "LocationNotAvailableForResourceType"),
     ("northeurope", "InvalidResourceLocation")],
)  # fmt: skip
async def test_a_place_that_cannot_be(location: str | None, code: str) -> None:
    async with arm(read_world(SMALL)) as client:
        vnet = await Steps(client).vnet("v", "10.9.0.0/16")
        body = {"location": location, "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}}
        assert (await client("PUT", vnet, body=body)).code == code


async def test_a_child_without_parent_and_a_patch_of_more_than_tags() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        orphan = await steps.put(steps.id("virtualNetworks/none/subnets/s"), plain("10.9.0.0/24"))
        assert (orphan.status, orphan.code) == (404, "ParentResourceNotFound")
        vnet = await steps.vnet("v", "10.9.0.0/16")
        assert (await client("PATCH", vnet, body={"tags": {"a": "b"}})).body["tags"] == {"a": "b"}
        assert (await client("PATCH", vnet, body={"properties": {}})).status == 400
