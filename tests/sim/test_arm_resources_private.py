"""Private endpoints, DNS zones, relays and storage accounts on the wire: what leads where, and who may say so."""

from typing import Any

import pytest

from aksess_sim.world.loader import read_world
from aksess_sim.world.operations import OperationError
from sim.arm_client import Arm, Reply, arm
from sim.network_steps import SMALL, Steps, delegated, plain

ZONE = "privatelink.servicebus.windows.net"
HOST = f"relay-1.{ZONE}"


async def ground(steps: Steps) -> tuple[str, str]:
    """A network with a subnet for endpoints and one for containers, and a relay."""
    vnet = await steps.vnet("v", "10.9.0.0/16", pe=plain("10.9.1.0/29"), shell=delegated("10.9.0.0/24"))
    return vnet, await steps.relay("relay-1")


async def zone(steps: Steps, name: str = ZONE) -> str:
    reply = await steps.put(steps.id(f"privateDnsZones/{name}"), location="global")
    assert reply.status == 200, reply.body
    return str(reply.body["id"])


async def link(steps: Steps, zone_id: str, vnet: str) -> Reply:
    properties = {"virtualNetwork": {"id": vnet}, "registrationEnabled": False}
    return await steps.put(f"{zone_id}/virtualNetworkLinks/{vnet.rpartition('/')[2]}", properties, location="global")


async def group(steps: Steps, endpoint: str, zone_id: str, name: str = "default") -> Reply:
    config = {"name": "relay", "properties": {"privateDnsZoneId": zone_id}}
    return await steps.put(f"{endpoint}/privateDnsZoneGroups/{name}", {"privateDnsZoneConfigs": [config]})


async def test_an_endpoint_takes_addresses_until_the_subnet_is_full() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet, relay = await ground(steps)
        addresses = []
        for number in range(3):
            made = await steps.endpoint(f"pe{number}", relay, f"{vnet}/subnets/pe")
            addresses.append(made.body["properties"]["customDnsConfigs"][0]["ipAddresses"][0])
            [interface] = made.body["properties"]["networkInterfaces"]
            shown = (await client("GET", interface["id"])).body["properties"]["ipConfigurations"][0]["properties"]
            assert shown["privateIPAddress"] == addresses[-1]
        assert addresses == ["10.9.1.4", "10.9.1.5", "10.9.1.6"]
        full = await steps.endpoint("pe3", relay, f"{vnet}/subnets/pe")
        assert (full.status, full.code) == (400, "SubnetIsFull")
        again = await steps.endpoint("pe1", relay, f"{vnet}/subnets/pe")
        assert again.body["properties"]["customDnsConfigs"][0]["ipAddresses"] == ["10.9.1.5"]
        await steps.delete(again.body["id"])
        assert (await client("GET", again.body["properties"]["networkInterfaces"][0]["id"])).status == 404
        free = await steps.endpoint("pe3", relay, f"{vnet}/subnets/pe")
        assert free.body["properties"]["customDnsConfigs"][0]["ipAddresses"] == ["10.9.1.5"]


async def test_two_endpoints_begun_at_once_have_two_addresses() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet, relay = await ground(steps)
        for name in ("a", "b"):
            connection = {"name": name, "properties": {"privateLinkServiceId": relay, "groupIds": ["namespace"]}}
            properties = {"subnet": {"id": f"{vnet}/subnets/pe"}, "privateLinkServiceConnections": [connection]}
            body = {"location": "westeurope", "properties": properties}
            assert (await client("PUT", steps.id(f"privateEndpoints/{name}"), body=body)).status == 201
        shown = [(await client("GET", steps.id(f"privateEndpoints/{name}"))).body["properties"] for name in "ab"]
        assert [one["customDnsConfigs"][0]["ipAddresses"] for one in shown] == [["10.9.1.4"], ["10.9.1.5"]]


async def test_endpoints_that_cannot_be() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet, relay = await ground(steps)
        refused = await steps.endpoint("pe", relay, f"{vnet}/subnets/shell")
        assert refused.code == "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated"
        nowhere = await steps.endpoint("pe", relay, f"{vnet}/subnets/none")
        assert nowhere.code == "InvalidResourceReference"
        nothing = await steps.endpoint("pe", relay.replace("relay-1", "relay-2"), f"{vnet}/subnets/pe")
        assert nothing.code == "InvalidResourceReference"
        wrong = {"name": "pe", "properties": {"privateLinkServiceId": relay, "groupIds": ["file"]}}
        properties = {"subnet": {"id": f"{vnet}/subnets/pe"}, "privateLinkServiceConnections": [wrong]}
        assert (await steps.put(steps.id("privateEndpoints/pe"), properties)).code == "InvalidPrivateLinkGroupId"
        del properties["privateLinkServiceConnections"]
        none = await steps.put(steps.id("privateEndpoints/pe"), properties)
        assert none.code == "InvalidPrivateLinkServiceConnection"


async def test_the_service_shows_each_connection_and_may_reject_it() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet, relay = await ground(steps)
        endpoint = (await steps.endpoint("pe", relay, f"{vnet}/subnets/pe")).body["id"]
        [connection] = (await client("GET", f"{relay}/privateEndpointConnections")).body["value"]
        assert connection["properties"]["privateLinkServiceConnectionState"]["status"] == "Approved"
        assert (await client("GET", relay)).body["properties"]["privateEndpointConnections"] == [connection]
        rejected = {"privateLinkServiceConnectionState": {"status": "Rejected", "description": "no"}}
        assert (await steps.put(connection["id"], rejected)).status == 200

        async def state() -> str:
            [one] = (await client("GET", endpoint)).body["properties"]["privateLinkServiceConnections"]
            return str(one["properties"]["privateLinkServiceConnectionState"]["status"])

        assert await state() == "Rejected"
        await steps.delete(connection["id"])
        assert await state() == "Disconnected"
        assert (await client("GET", f"{relay}/privateEndpointConnections")).body["value"] == []
        missing = await steps.put(f"{relay}/privateEndpointConnections/none", rejected)
        assert missing.status == 404


async def test_who_may_not_approve_asks_for_approval_by_hand() -> None:
    people = """
people: {ada: {roles: [Owner]}, eve: {roles: [Network Contributor]}}
groups: {rg-demo: {}}
"""
    async with arm(read_world(people)) as client:
        steps, eve = Steps(client), Steps(client, "eve")
        vnet, relay = await ground(steps)
        refused = await eve.endpoint("pe", relay, f"{vnet}/subnets/pe")
        assert (refused.status, refused.code) == (403, "LinkedAuthorizationFailed")
        assert "PrivateEndpointConnectionsApproval/action" in refused.body["error"]["message"]
        connection = {"name": "pe", "properties": {"privateLinkServiceId": relay, "groupIds": ["namespace"]}}
        properties = {"subnet": {"id": f"{vnet}/subnets/pe"}, "manualPrivateLinkServiceConnections": [connection]}
        made = await eve.put(steps.id("privateEndpoints/pe"), properties)
        [asked] = made.body["properties"]["manualPrivateLinkServiceConnections"]
        assert asked["properties"]["privateLinkServiceConnectionState"]["status"] == "Pending"
        [waiting] = (await client("GET", f"{relay}/privateEndpointConnections")).body["value"]
        approved = {"privateLinkServiceConnectionState": {"status": "Approved"}}
        await steps.put(waiting["id"], approved)
        [asked] = (await client("GET", made.body["id"])).body["properties"]["manualPrivateLinkServiceConnections"]
        assert asked["properties"]["privateLinkServiceConnectionState"]["status"] == "Approved"


async def test_a_name_means_something_only_with_record_and_link() -> None:
    async with arm(read_world(SMALL)) as client:
        steps, networks = Steps(client), client.world.networks
        vnet, relay = await ground(steps)
        zone_id = await zone(steps)
        record = f"{zone_id}/A/relay-1"
        await link(steps, zone_id, vnet)
        assert networks.resolve(HOST, vnet) is None
        endpoint = (await steps.endpoint("pe", relay, f"{vnet}/subnets/pe")).body["id"]
        await group(steps, endpoint, zone_id)
        assert str(networks.resolve(HOST, vnet)) == "10.9.1.4"
        assert (await client("GET", record)).body["properties"]["metadata"]["creator"].startswith("created by private")
        assert (await client("GET", endpoint)).body["properties"]["customDnsConfigs"] == []
        counts = (await client("GET", zone_id)).body["properties"]
        assert (counts["numberOfRecordSets"], counts["numberOfVirtualNetworkLinks"]) == (2, 1)
        await steps.delete(f"{zone_id}/virtualNetworkLinks/v")
        assert networks.resolve(HOST, vnet) is None
        await link(steps, zone_id, vnet)
        await steps.delete(f"{endpoint}/privateDnsZoneGroups/default")
        assert networks.resolve(HOST, vnet) is None
        written = await client(
            "PUT", record, body={"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.9.1.6"}]}}
        )
        assert (written.status, written.body["properties"]["fqdn"]) == (201, f"{HOST}.")
        assert str(networks.resolve(HOST, vnet)) == "10.9.1.6"
        assert (await client("DELETE", record)).status == 200
        assert (await client("DELETE", record)).status == 204


async def test_a_link_resolves_when_it_is_done_and_not_when_it_failed() -> None:
    async with arm(read_world(SMALL)) as client:
        steps, networks = Steps(client), client.world.networks
        vnet, _ = await ground(steps)
        zone_id = await zone(steps, "a.example")
        body = {"properties": {"aRecords": [{"ipv4Address": "10.9.1.6"}]}}
        await client("PUT", f"{zone_id}/A/x", body=body)
        id_ = f"{zone_id}/virtualNetworkLinks/v"
        client.world.operations.fail_next(id_, OperationError("InternalError", "no luck"))
        failed = await link(steps, zone_id, vnet)
        assert failed.body["properties"]["virtualNetworkLinkState"] == "InProgress"
        assert networks.resolve("x.a.example", vnet) is None
        await link(steps, zone_id, vnet)
        assert str(networks.resolve("x.a.example", vnet)) == "10.9.1.6"


async def test_zones_and_links_that_cannot_be() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet, _ = await ground(steps)
        zone_id = await zone(steps)
        await link(steps, zone_id, vnet)
        kept = await client("DELETE", zone_id)
        assert (kept.status, kept.code) == (409, "CannotDeleteResource")
        await client("PUT", f"{client.subscription}/resourceGroups/rg-two", body={"location": "westeurope"})
        twin = zone_id.replace("rg-demo", "rg-two")
        await steps.put(twin, location="global")
        second = await link(steps, twin, vnet)
        assert (second.status, second.code) == (400, "BadRequest")
        assert "overlapping namespaces" in second.body["error"]["message"]
        here = await steps.put(steps.id("privateDnsZones/b.example"), location="westeurope")
        assert here.code == "LocationNotAvailableForResourceType"
        assert (await steps.put(steps.id("privateDnsZones/nodots"), location="global")).code == "BadRequest"
        for records in ([], [{"ipv4Address": "x"}]):
            wrong = await client("PUT", f"{zone_id}/A/x", body={"properties": {"aRecords": records}})
            assert wrong.code == "BadRequest"


async def test_an_endpoint_has_one_zone_group_and_takes_its_records_along() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet, relay = await ground(steps)
        zone_id = await zone(steps)
        endpoint = (await steps.endpoint("pe", relay, f"{vnet}/subnets/pe")).body["id"]
        await group(steps, endpoint, zone_id)
        second = await group(steps, endpoint, zone_id, "second")
        assert second.code == "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed"
        other = await zone(steps, "other.example")
        elsewhere = await group(steps, endpoint, other)
        assert elsewhere.body["properties"]["privateDnsZoneConfigs"][0]["properties"]["recordSets"] == []
        assert (await client("GET", f"{zone_id}/A/relay-1")).status == 404
        await group(steps, endpoint, zone_id)
        assert (await client("GET", f"{zone_id}/A/relay-1")).status == 200
        assert (await steps.delete(endpoint)).status == 202
        assert (await client("GET", f"{zone_id}/A/relay-1")).status == 404
        assert (await client("GET", f"{relay}/privateEndpointConnections")).body["value"] == []


@pytest.mark.parametrize(
    ("name", "code"), [("short", "BadRequest"), ("1relay-name", "BadRequest"), ("relay-1", "NamespaceUnavailable")]
)
async def test_a_relays_name_has_a_form_and_is_the_worlds_only_one(name: str, code: str) -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        await steps.relay("relay-1")
        await client("PUT", f"{client.subscription}/resourceGroups/rg-two", body={"location": "westeurope"})
        id_ = steps.id(f"namespaces/{name}", "Microsoft.Relay").replace("rg-demo", "rg-two")
        assert (await steps.put(id_)).code == code


async def test_an_endpoint_outlives_its_relay_disconnected() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        vnet, relay = await ground(steps)
        endpoint = (await steps.endpoint("pe", relay, f"{vnet}/subnets/pe")).body["id"]
        await steps.delete(relay)
        [connection] = (await client("GET", endpoint)).body["properties"]["privateLinkServiceConnections"]
        assert connection["properties"]["privateLinkServiceConnectionState"]["status"] == "Disconnected"


async def storage(client: Arm, name: str, **properties: Any) -> Reply:
    return await Steps(client).put(Steps(client).id(f"storageAccounts/{name}", "Microsoft.Storage"), properties)


async def test_a_storage_account_lets_in_subnets_with_its_endpoint_only() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        service = [{"service": "Microsoft.Storage"}]
        vnet = await steps.vnet(
            "v", "10.9.0.0/16", a=plain("10.9.0.0/24"), b=plain("10.9.1.0/24", serviceEndpoints=service)
        )
        for subnet, status in (("a", 400), ("b", 200)):
            acls = {"virtualNetworkRules": [{"id": f"{vnet}/subnets/{subnet}", "action": "Allow"}]}
            reply = await storage(client, "stone", networkAcls=acls)
            assert reply.status == status, reply.body
        assert reply.body["properties"]["primaryEndpoints"]["file"] == "https://stone.file.core.windows.net/"
        share = await steps.put(f"{reply.body['id']}/fileServices/default", {})
        assert share.status == 200
        made = await client("PUT", f"{reply.body['id']}/fileServices/default/shares/s", body={"properties": {}})
        assert made.status == 201
        assert (await storage(client, "No")).code == "AccountNameInvalid"
        await client("PUT", f"{client.subscription}/resourceGroups/rg-two", body={"location": "westeurope"})
        other = await steps.put(str(reply.body["id"]).replace("rg-demo", "rg-two"), {})
        assert (other.status, other.code) == (409, "StorageAccountAlreadyTaken")


async def test_a_storage_account_shows_its_network_rules_though_nobody_gave_it_any() -> None:
    async with arm(read_world(SMALL)) as client:
        shown = (await storage(client, "stone")).body["properties"]["networkAcls"]
        assert (shown["defaultAction"], shown["virtualNetworkRules"], shown["ipRules"]) == ("Allow", [], [])
        closed = await storage(client, "stone", networkAcls={"defaultAction": "Deny", "virtualNetworkRules": None})
        assert closed.body["properties"]["networkAcls"]["defaultAction"] == "Deny"


@pytest.mark.parametrize(
    ("provider", "name", "reason"),
    [
        ("Microsoft.Storage", "stone", "AlreadyExists"),
        ("Microsoft.Storage", "Stone", "AccountNameInvalid"),
        ("Microsoft.Storage", "stone2", None),
        ("Microsoft.Relay", "RELAY-1", "NameInUse"),
        ("Microsoft.Relay", "r", "InvalidName"),
        ("Microsoft.Relay", "relay-2", None),
    ],
)
async def test_whether_a_name_is_free(provider: str, name: str, reason: str | None) -> None:
    async with arm(read_world(SMALL)) as client:
        await storage(client, "stone")
        await Steps(client).relay("relay-1")
        told = await client("POST", f"{client.subscription}/providers/{provider}/checkNameAvailability", "cat",
                            body={"name": name})  # fmt: skip
        assert (told.body["nameAvailable"], told.body.get("reason")) == (reason is None, reason)


async def test_a_zone_lists_every_record_set_and_counts_them_alike() -> None:
    async with arm(read_world(SMALL)) as client:
        zone_id = await zone(Steps(client))
        await client("PUT", f"{zone_id}/A/x", body={"properties": {"aRecords": [{"ipv4Address": "10.9.1.6"}]}})
        listed = (await client("GET", f"{zone_id}/ALL")).body["value"]
        assert [(one["name"], one["type"].rpartition("/")[2]) for one in listed] == [("@", "SOA"), ("x", "A")]
        assert (await client("GET", zone_id)).body["properties"]["numberOfRecordSets"] == len(listed)
        missing = await client("GET", f"{zone_id}x/ALL")
        assert (missing.status, missing.code) == (404, "ResourceNotFound")
