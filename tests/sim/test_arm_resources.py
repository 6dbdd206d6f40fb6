"""Resources on the wire: PUT, GET, PATCH, DELETE, lists, rights, etags, operations."""

import pytest

from aksess_sim.world.loader import load_world, read_world
from sim.arm_client import arm
from sim.network_steps import SMALL, Steps, delegated, plain

SPACE = {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}


async def test_the_life_of_a_resource() -> None:
    async with arm(load_world()) as client:
        steps = Steps(client)
        id_ = steps.id("virtualNetworks/v")
        body = {"location": "West Europe", "tags": {"a": "b"}, "properties": SPACE}
        created = await client("PUT", id_, body=body)
        assert (created.status, created.body["properties"]["provisioningState"]) == (201, "Updating")
        address = created.headers["Azure-AsyncOperation"]
        assert (await client.follow(address)).body["status"] == "InProgress"
        busy = await client("PUT", id_, body=body)
        assert (busy.status, busy.code) == (429, "AnotherOperationInProgress")
        await client.world.clock.sleep(5)
        assert (await client.follow(address)).body["status"] == "Succeeded"
        shown = (await client("GET", id_.upper().replace("SUBSCRIPTIONS", "subscriptions"))).body
        assert (shown["location"], shown["tags"], shown["properties"]["provisioningState"]) == (
            "westeurope",
            {"a": "b"},
            "Succeeded",
        )
        assert (await client("PUT", id_, body=body)).status == 200
        await client.world.clock.sleep(5)
        gone = await client("DELETE", id_)
        assert gone.status == 202
        assert (await client.follow(gone.headers["Location"])).status == 202
        await client.world.clock.sleep(5)
        assert (await client.follow(gone.headers["Location"])).status == 204
        assert (await client("GET", id_)).code == "ResourceNotFound"
        assert (await client("DELETE", id_)).status == 204


async def test_a_whole_shell_network_can_be_made_and_unmade() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        gateway = await steps.gateway("out")
        vnet = await steps.vnet(
            "v", "10.9.0.0/16", shell=delegated("10.9.0.0/24", natGateway={"id": gateway}), relay=plain("10.9.1.0/28")
        )
        relay = await steps.relay("relay-1")
        endpoint = (await steps.endpoint("pe", relay, f"{vnet}/subnets/relay")).body
        assert endpoint["properties"]["customDnsConfigs"] == [
            {"fqdn": "relay-1.servicebus.windows.net", "ipAddresses": ["10.9.1.4"]}
        ]
        zone = steps.id("privateDnsZones/privatelink.servicebus.windows.net")
        await steps.put(zone, location="global")
        config = [{"name": "relay", "properties": {"privateDnsZoneId": zone}}]
        await steps.put(f"{endpoint['id']}/privateDnsZoneGroups/default", {"privateDnsZoneConfigs": config})
        link = {"virtualNetwork": {"id": vnet}, "registrationEnabled": False}
        host = "relay-1.privatelink.servicebus.windows.net"
        assert client.world.networks.resolve(host, vnet) is None
        await steps.put(f"{zone}/virtualNetworkLinks/v", link, location="global")
        assert str(client.world.networks.resolve(host, vnet)) == "10.9.1.4"
        address = client.world.networks.egress_address(f"{vnet}/subnets/shell")
        assert (
            str(address) == (await client("GET", steps.id("publicIPAddresses/out-ip"))).body["properties"]["ipAddress"]
        )
        for id_ in (f"{zone}/virtualNetworkLinks/v", f"{endpoint['id']}/privateDnsZoneGroups/default"):
            assert (await steps.delete(id_)).status == 202
        assert (await client("GET", f"{zone}/A/relay-1")).code == "ResourceNotFound"
        for id_ in (zone, endpoint["id"], relay, vnet, gateway, steps.id("publicIPAddresses/out-ip")):
            assert (await steps.delete(id_)).status == 202
            assert (await client("GET", id_)).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_reader_writes_nothing(method: str) -> None:
    async with arm(load_world()) as client:
        id_ = Steps(client).id("virtualNetworks/vnet-hub")
        reply = await client(method, id_, "cat", body={"location": "westeurope", "properties": SPACE})
        verb = "write" if method == "PUT" else "delete"
        assert (reply.status, reply.code) == (403, "AuthorizationFailed")
        assert f"Microsoft.Network/virtualNetworks/{verb}" in reply.body["error"]["message"]


async def test_what_is_pointed_at_takes_a_right_of_its_own() -> None:
    world = """
people:
  ada: {roles: [Owner]}
  eve: {roles: [{role: Network Contributor, at: rg-mine}]}
groups: {rg-mine: {}, rg-demo: {}}
nat_gateways: {out: {}}
"""
    async with arm(read_world(world)) as client:
        gateway = Steps(client).id("natGateways/out")
        vnet = f"{client.subscription}/resourceGroups/rg-mine/providers/Microsoft.Network/virtualNetworks/v"
        subnet = {"name": "s", "properties": plain("10.9.0.0/24", natGateway={"id": gateway})}
        body = {"location": "westeurope", "properties": SPACE | {"subnets": [subnet]}}
        refused = await client("PUT", vnet, "eve", body=body)
        assert (refused.status, refused.code) == (403, "LinkedAuthorizationFailed")
        assert "Microsoft.Network/natGateways/join/action" in refused.body["error"]["message"]
        assert (await client("PUT", vnet, body=body)).status == 201
