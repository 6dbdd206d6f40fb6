"""Templates with resources: order, refusals, failures in the middle, what-if, and that twice is the same as once."""

import json
from typing import Any

import pytest

from aksess_sim.world.loader import read_world
from aksess_sim.world.operations import OperationError
from sim.arm_client import Arm, Reply, arm
from sim.network_steps import SMALL, Steps, delegated, plain
from sim.shell_templates import network, quickstart, quickstart_values, resource, template

Body = dict[str, Any]
NETWORK = "Microsoft.Network"


def path(client: Arm, name: str = "d") -> str:
    return f"{client.group}/providers/Microsoft.Resources/deployments/{name}"


def sent(of: Body, parameters: Body | None = None) -> Body:
    return {"properties": {"mode": "Incremental", "template": of, "parameters": parameters or {}}}


async def deploy(client: Arm, of: Body, parameters: Body | None = None, *, person: str = "ada") -> Reply:
    """PUT and wait; the record at the end, or the answer that refused."""
    reply = await client("PUT", path(client), person, body=sent(of, parameters))
    if reply.status >= 400:
        return reply
    while (await client.follow(reply.headers["Azure-AsyncOperation"])).body["status"] == "Running":
        await client.world.clock.sleep(1)
    return await client("GET", path(client))


async def foresee(client: Arm, of: Body, parameters: Body | None = None) -> dict[str, Body]:
    """What-if: the changes by the last two words of their ids."""
    reply = await client("POST", path(client) + "/whatIf", body=sent(of, parameters))
    assert reply.status == 202, reply.body
    await client.world.clock.sleep(1)
    told = await client.follow(reply.headers["Location"])
    return {"/".join(c["resourceId"].split("/")[-2:]): c for c in told.body["properties"]["changes"]}


def container_service(client: Arm) -> str:
    service = client.world.people.by_client_id("6bb8e274-af5d-4df2-98a3-4fd78b4cafd9")
    assert service is not None
    return service.object_id


async def test_the_official_set_is_deployed_and_twice_changes_nothing() -> None:
    async with arm(read_world(SMALL)) as client:
        vnet = await Steps(client).vnet("v", "10.9.0.0/16")
        values = quickstart_values("v", container_service(client))
        validated = await client("POST", path(client) + "/validate", body=sent(quickstart(), values))
        assert (validated.status, len(validated.body["properties"]["validatedResources"])) == (200, 11)
        before = await foresee(client, quickstart(), values)
        assert [change["changeType"] for change in before.values()] == ["Create"] * 11 + ["Ignore"]
        record = await deploy(client, quickstart(), values)
        properties = record.body["properties"]
        assert properties["provisioningState"] == "Succeeded", properties
        assert len(properties["outputResources"]) == 11
        assert properties["outputs"]["subnet"]["value"] == f"{vnet}/subnets/containers"
        host = "relay-qs.privatelink.servicebus.windows.net"
        assert str(client.world.networks.resolve(host, vnet)) == "10.9.2.4"
        principal = client.world.people.by_object_id(container_service(client))
        assert principal is not None
        relay = Steps(client).id("namespaces/relay-qs", "Microsoft.Relay")
        assert client.world.people.allowed(principal, "Microsoft.Relay/namespaces/hybridConnections/write", relay)
        again = await deploy(client, quickstart(), values)
        assert again.body["properties"]["provisioningState"] == "Succeeded", again.body
        after = await foresee(client, quickstart(), values)
        kinds = {name: change["changeType"] for name, change in after.items()}
        assert set(kinds.values()) == {"NoChange", "Ignore"}, kinds


async def test_operations_tell_what_was_made_in_which_order() -> None:
    async with arm(read_world(SMALL)) as client:
        of = template(
            resource(f"{NETWORK}/natGateways", "out", {"publicIpAddresses": [{"id": "[resourceId("
                     "'Microsoft.Network/publicIPAddresses', 'ip')]"}]}, location="westeurope",
                     sku={"name": "Standard"}, dependsOn=["[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]"]),
            resource(f"{NETWORK}/publicIPAddresses", "ip", {"publicIPAllocationMethod": "Static"},
                     location="westeurope", sku={"name": "Standard"}),
        )  # fmt: skip
        assert (await deploy(client, of)).body["properties"]["provisioningState"] == "Succeeded"
        told = (await client("GET", client.group + "/deployments/d/operations")).body["value"]
        names = [one["properties"]["targetResource"]["resourceName"] for one in told]
        assert names == ["out", "ip"]
        assert {one["properties"]["statusCode"] for one in told} == {"Created"}
        gateway, address = told
        assert gateway["properties"]["timestamp"] > address["properties"]["timestamp"]


async def test_a_deployment_goes_on_though_nobody_looks() -> None:
    async with arm(read_world(SMALL)) as client:
        vnet = await Steps(client).vnet("v", "10.9.0.0/16")
        values = quickstart_values("v", container_service(client))
        await client("PUT", path(client), body=sent(quickstart(), values))
        await client.world.clock.sleep(600)
        record = await client("GET", path(client))
        assert record.body["properties"]["provisioningState"] == "Succeeded"
        assert float(record.body["properties"]["duration"].strip("PTS")) < 200
        assert client.world.store.find(f"{vnet}/subnets/storage")


async def test_a_failure_nests_what_went_wrong_and_leaves_what_was_made() -> None:
    async with arm(read_world(SMALL)) as client:
        inside = {"name": "s", "properties": plain("10.9.0.0/24")}
        overlap = resource(
            f"{NETWORK}/virtualNetworks/subnets",
            "v/t",
            plain("10.9.0.0/25"),
            dependsOn=[f"{NETWORK}/virtualNetworks/v"],
        )
        record = await deploy(client, template(network("v", "10.9.0.0/16", inside), overlap))
        error = record.body["properties"]["error"]
        assert (record.body["properties"]["provisioningState"], error["code"]) == ("Failed", "DeploymentFailed")
        [detail] = error["details"]
        assert detail["code"] == "BadRequest"
        assert json.loads(detail["message"])["error"]["code"] == "NetcfgSubnetRangesOverlap"
        assert (await client("GET", Steps(client).id("virtualNetworks/v"))).status == 200
        [failed] = [
            one["properties"]
            for one in (await client("GET", client.group + "/deployments/d/operations")).body["value"]
            if one["properties"]["provisioningState"] == "Failed"
        ]
        assert failed["statusMessage"]["error"]["code"] == "NetcfgSubnetRangesOverlap"


async def test_a_resource_that_fails_on_its_way_is_a_conflict_and_is_mended_by_the_next() -> None:
    async with arm(read_world(SMALL)) as client:
        id_ = Steps(client).id("virtualNetworks/v")
        client.world.operations.fail_next(id_, OperationError("InternalServerError", "no luck"))
        of = template(network("v", "10.9.0.0/16"))
        [detail] = (await deploy(client, of)).body["properties"]["error"]["details"]
        told = json.loads(detail["message"])
        assert (detail["code"], told["status"], told["error"]["code"]) == ("Conflict", "Failed", "InternalServerError")
        assert (await client("GET", id_)).body["properties"]["provisioningState"] == "Failed"
        assert (await deploy(client, of)).body["properties"]["provisioningState"] == "Succeeded"
        assert (await client("GET", id_)).body["properties"]["provisioningState"] == "Succeeded"


async def test_a_deployment_cut_in_the_middle_leaves_half_and_the_next_finishes() -> None:
    async with arm(read_world(SMALL)) as client:
        await Steps(client).vnet("v", "10.9.0.0/16")
        values = quickstart_values("v", container_service(client))
        client.world.operations.fail_next(path(client), OperationError("InternalServerError", "cut"))
        record = (await deploy(client, quickstart(), values)).body["properties"]
        assert (record["provisioningState"], len(record["outputResources"])) == ("Failed", 5)
        assert record["error"]["details"] == [{"code": "InternalServerError", "message": "cut"}]
        assert (await deploy(client, quickstart(), values)).body["properties"]["provisioningState"] == "Succeeded"


async def test_a_cancelled_deployment_begins_nothing_more() -> None:
    async with arm(read_world(SMALL)) as client:
        await Steps(client).vnet("v", "10.9.0.0/16")
        values = quickstart_values("v", container_service(client))
        await client("PUT", path(client), body=sent(quickstart(), values))
        await client.world.clock.sleep(3)
        assert (await client("POST", path(client) + "/cancel")).status == 204
        await client.world.clock.sleep(300)
        record = (await client("GET", path(client))).body["properties"]
        assert record["provisioningState"] == "Canceled"
        assert client.world.store.find(Steps(client).id("privateEndpoints/pe")) is None
        assert (await client("POST", path(client) + "/cancel")).status == 409


async def test_two_subnets_at_once_get_in_each_others_way() -> None:
    async with arm(read_world(SMALL)) as client:
        await Steps(client).vnet("v", "10.9.0.0/16")
        subnets = [resource(f"{NETWORK}/virtualNetworks/subnets", f"v/s{n}", plain(f"10.9.{n}.0/24")) for n in range(2)]
        record = await deploy(client, template(*subnets))
        [detail] = record.body["properties"]["error"]["details"]
        assert json.loads(detail["message"])["error"]["code"] == "AnotherOperationInProgress"


WRONG: list[tuple[Body, str]] = [
    (resource("Microsoft.Web/sites", "x"), "which this world does not make"),
    (resource(f"{NETWORK}/virtualNetworks", "v/s"), "incorrect segment lengths"),
    (resource(f"{NETWORK}/natGateways", "[nonsense('x')]"), "'nonsense' is not valid"),
    (resource(f"{NETWORK}/natGateways", "[concat('x'"), "must have"),
    (resource(f"{NETWORK}/natGateways", "[concat('x']"), "closing parenthesis"),
    (resource(f"{NETWORK}/natGateways", "[parameters('none')]"), "'none' is not found"),
    (resource(f"{NETWORK}/natGateways", "x", dependsOn=["y"]), "'y' is not defined in the template"),
    (resource(f"{NETWORK}/natGateways", "x", dependsOn=["x"]), "Circular dependency"),
    (resource(f"{NETWORK}/natGateways", "x", dependsOn="y"), "`dependsOn`"),
    (resource(f"{NETWORK}/virtualNetworks", "x", resources={"y": {}}), "`resources`"),
    (resource(f"{NETWORK}/virtualNetworks", "x", resources=["y"]), "must be an object"),
    (resource(f"{NETWORK}/natGateways", "x", copy={"count": 2}), "`copy`"),
    (resource(f"{NETWORK}/natGateways", "[reference('x').name]"), "'reference' is not expected"),
]


@pytest.mark.parametrize(("wrong", "words"), [(w, words) for w, words in WRONG if words != "must have"])
async def test_what_arm_finds_wrong_before_it_begins(wrong: Body, words: str) -> None:
    async with arm(read_world(SMALL)) as client:
        for way in ("PUT", "/validate", "/whatIf"):
            method, end = ("PUT", "") if way == "PUT" else ("POST", way)
            reply = await client(method, path(client) + end, body=sent(template(wrong)))
            assert (reply.status, reply.code) == (400, "InvalidTemplate")
            assert words in reply.body["error"]["message"]
        assert (await client("GET", path(client))).status == 404


async def test_rights_are_asked_before_anything_is_made() -> None:
    people = """
people:
  ada: {roles: [Owner]}
  con: {roles: [Contributor]}
groups: {rg-demo: {}}
"""
    async with arm(read_world(people)) as client:
        await Steps(client).vnet("v", "10.9.0.0/16")
        reply = await deploy(client, quickstart(), quickstart_values("v", container_service(client)), person="con")
        assert (reply.status, reply.code) == (403, "InvalidTemplateDeployment")
        assert "Microsoft.Authorization/roleAssignments/write" in reply.body["error"]["message"]
        assert client.world.store.find(Steps(client).id("namespaces/relay-qs", "Microsoft.Relay")) is None


async def test_what_if_names_the_property_that_would_change() -> None:
    async with arm(read_world(SMALL)) as client:
        await Steps(client).vnet("v", "10.9.0.0/16", shell=delegated("10.9.0.0/24"))
        same = network("v", "10.9.0.0/16", {"name": "shell", "properties": delegated("10.9.0.0/24")})
        assert (await foresee(client, template(same)))["virtualNetworks/v"]["changeType"] == "NoChange"
        other = network("v", "10.9.0.0/16", {"name": "shell", "properties": delegated("10.9.0.0/25")})
        change = (await foresee(client, template(other)))["virtualNetworks/v"]
        assert change["changeType"] == "Modify"
        [delta] = change["delta"]
        assert delta["path"] == "properties.subnets.0.properties.addressPrefix"
        assert (delta["before"], delta["after"]) == ("10.9.0.0/24", "10.9.0.0/25")


async def test_a_literal_that_begins_with_a_bracket_is_written_twice() -> None:
    async with arm(read_world(SMALL)) as client:
        of = template(network("v", "10.9.0.0/16", tags={"note": "[[not an expression]"}))
        assert (await deploy(client, of)).body["properties"]["provisioningState"] == "Succeeded"
        shown = await client("GET", Steps(client).id("virtualNetworks/v"))
        assert shown.body["tags"] == {"note": "[not an expression]"}
