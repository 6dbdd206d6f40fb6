"""Deployments on the wire: from PUT to DELETE, lists, validation."""

from typing import Any

from aksess_sim.world.loader import load_world
from sim.arm_client import VERSION, Arm, Reply, arm

TEMPLATE = {"$schema": "https://x", "contentVersion": "1.0.0.0", "resources": []}
SENT: dict[str, Any] = {"properties": {"mode": "Incremental", "template": TEMPLATE}, "tags": {"a": "b"}}


def path(client: Arm, name: str = "") -> str:
    group = client.group.replace("resourceGroups", "resourcegroups")
    return f"{group}/providers/Microsoft.Resources/deployments" + (f"/{name}" if name else "")


async def done(client: Arm, name: str) -> Reply:
    reply = await client("PUT", path(client, name), body=SENT)
    await client.world.clock.sleep(2)
    return reply


async def test_the_life_of_a_record() -> None:
    async with arm(load_world()) as client:
        created = await client("PUT", path(client, "one"), body=SENT)
        assert (created.status, created.body["properties"]["provisioningState"]) == (201, "Running")
        address = created.headers["Azure-AsyncOperation"]
        assert (await client.follow(address)).body == {"status": "Running"}
        again = await client("PUT", path(client, "one"), body=SENT)
        assert (again.status, again.body["error"]["code"]) == (409, "DeploymentActive")
        await client.world.clock.sleep(2)
        assert (await client.follow(address)).body == {"status": "Succeeded"}
        record = await client("GET", path(client, "ONE"))
        assert (record.body["tags"], record.body["properties"]["provisioningState"]) == ({"a": "b"}, "Succeeded")
        exported = await client("POST", path(client, "one") + "/exportTemplate", "ada", body={})
        assert exported.body == {"template": SENT["properties"]["template"]}
        assert (await client("PUT", path(client, "one"), body=SENT)).status == 200
        await client.world.clock.sleep(2)
        deleted = await client("DELETE", path(client, "one"))
        assert deleted.status == 202
        assert (await client.follow(deleted.headers["Location"])).status == 202
        await client.world.clock.sleep(2)
        assert (await client.follow(deleted.headers["Location"])).status == 204
        gone = await client("GET", path(client, "one"))
        assert (gone.status, gone.code) == (404, "DeploymentNotFound")
        assert (await client("DELETE", path(client, "one"))).status == 204


async def test_a_list_is_newest_first_in_pages_filtered_and_cut() -> None:
    async with arm(load_world()) as client:
        for number in range(120):
            await client("PUT", path(client, f"d{number}"), body=SENT)
        await client.world.clock.sleep(2)
        await client("PUT", path(client, "running"), body=SENT)
        only_done = VERSION | {"$filter": "provisioningState eq 'Succeeded'"}
        first = await client("GET", path(client), query=only_done)
        second = await client.follow(first.body["nextLink"])
        names = [record["name"] for reply in (first, second) for record in reply.body["value"]]
        assert names == [f"d{number}" for number in reversed(range(120))]
        assert "nextLink" not in second.body
        newest = await client("GET", path(client), query=VERSION | {"$top": "2"})
        assert [record["name"] for record in newest.body["value"]] == ["running", "d119"]


async def test_a_list_that_is_asked_for_wrongly_is_refused() -> None:
    async with arm(load_world()) as client:
        for query in ({"$filter": "name eq 'x'"}, {"$top": "0"}, {"$top": "x"}, {"$skiptoken": "x"}):
            assert (await client("GET", path(client), query=VERSION | query)).status == 400


async def test_validation_answers_without_leaving_a_record() -> None:
    async with arm(load_world()) as client:
        good = await client("POST", path(client, "one") + "/validate", body=SENT)
        assert (good.status, good.body["properties"]["provisioningState"]) == (200, "Succeeded")
        bad = await client("POST", path(client, "one") + "/validate", body={"properties": {"template": {}}})
        assert (bad.status, bad.code) == (400, "InvalidTemplate")
        asked = await client("POST", path(client, "one") + "/whatIf", body=SENT)
        assert asked.status == 202
        assert (await client.follow(asked.headers["Location"])).status == 202
        await client.world.clock.sleep(1)
        foreseen = (await client.follow(asked.headers["Location"])).body["properties"]["changes"]
        assert {change["changeType"] for change in foreseen} == {"Ignore"}
        assert (await client("GET", path(client))).body == {"value": []}


async def test_names_have_a_form() -> None:
    async with arm(load_world()) as client:
        assert (await client("PUT", path(client, "a" * 65), body=SENT)).code == "InvalidDeploymentName"
        assert (await client("PUT", path(client, "a" * 64), body=SENT)).status == 201


async def test_a_record_has_no_operations_on_resources() -> None:
    async with arm(load_world()) as client:
        await done(client, "one")
        assert (await client("GET", client.group + "/deployments/one/operations")).body == {"value": []}
        assert (await client("GET", client.group + "/deployments/two/operations")).status == 404


async def test_writing_a_record_takes_the_right_to() -> None:
    async with arm(load_world()) as client:
        for person in ("ben", "cat"):
            reply = await client("PUT", path(client, "one"), person, body=SENT)
            assert (reply.status, reply.code) == (403, "AuthorizationFailed")
            assert "Microsoft.Resources/deployments/write" in reply.body["error"]["message"]
