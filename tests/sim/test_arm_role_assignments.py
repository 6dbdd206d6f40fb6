"""Role assignments on the wire: they grant what they say, to whom there is, until they are taken back."""

import uuid

import pytest

from aksess_sim.world.loader import load_world, read_world
from sim.arm_client import VERSION, Arm, Reply, arm
from sim.network_steps import SMALL, Steps

READER, CONTRIBUTOR = "acdd72a7-3385-48ef-bd42-f606fba81ae7", "b24988ac-6180-42a0-ab88-20f7382dd24c"
PEOPLE = (
    "people: {ada: {roles: [Owner]}, con: {roles: [Contributor]}, eve: {}}\ngroups: {rg-demo: {}}\nclusters: {web: {}}"
)


def path(scope: str, name: str = "") -> str:
    return f"{scope}/providers/Microsoft.Authorization/roleAssignments" + (f"/{name}" if name else "")


def asked(client: Arm, person: str = "eve", role: str = READER) -> dict[str, object]:
    definition = f"{client.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    principal = client.world.person(person).object_id
    return {"properties": {"roleDefinitionId": definition, "principalId": principal}}


async def give(client: Arm, scope: str, *, role: str = READER, name: str = "", person: str = "ada") -> Reply:
    return await client("PUT", path(scope, name or str(uuid.uuid4())), person, body=asked(client, role=role))


@pytest.mark.parametrize("level", ["subscription", "group", "cluster"])
async def test_a_role_holds_at_its_scope_and_below_until_it_is_taken_back(level: str) -> None:
    async with arm(read_world(PEOPLE)) as client:
        cluster = client.cluster("web")
        scope = {"subscription": client.subscription, "group": client.group, "cluster": cluster}[level]
        assert (await client("GET", cluster, "eve")).status == 403
        given = await give(client, scope)
        assert (given.status, given.body["properties"]["principalType"]) == (201, "User")
        assert (await client("GET", cluster, "eve")).status == 200
        assert (await client("GET", given.body["id"])).body == given.body
        assert (await client("GET", client.group, "eve")).status == (403 if level == "cluster" else 200)
        assert (await client("DELETE", given.body["id"])).status == 200
        assert (await client("GET", cluster, "eve")).status == 403
        assert (await client("DELETE", given.body["id"])).status == 204
        assert (await client("GET", given.body["id"])).code == "RoleAssignmentNotFound"


async def test_only_who_may_give_gives() -> None:
    async with arm(read_world(PEOPLE)) as client:
        refused = await give(client, client.cluster("web"), person="con")
        assert (refused.status, refused.code) == (403, "AuthorizationFailed")
        assert "Microsoft.Authorization/roleAssignments/write" in refused.body["error"]["message"]
        given = await give(client, client.group)
        assert (await client("DELETE", given.body["id"], "con")).status == 403


async def test_the_same_again_is_no_change_and_something_else_is_refused() -> None:
    async with arm(read_world(PEOPLE)) as client:
        name = str(uuid.uuid4())
        assert (await give(client, client.group, name=name)).status == 201
        assert (await give(client, client.group, name=name)).status == 200
        twin = await give(client, client.group.upper().replace("SUBSCRIPTIONS", "subscriptions"))
        assert (twin.status, twin.code) == (409, "RoleAssignmentExists")
        assert name in twin.body["error"]["message"]
        other = await give(client, client.group, name=name, role=CONTRIBUTOR)
        assert other.code == "RoleAssignmentUpdateNotPermitted"
        for change, code in (
            ({"principalId": str(uuid.uuid4())}, "PrincipalNotFound"),
            ({"roleDefinitionId": str(uuid.uuid4())}, "RoleDefinitionDoesNotExist"),
            ({"principalId": ""}, "InvalidCreateRoleAssignmentRequest"),
        ):
            sent = asked(client)
            sent["properties"] = {**sent["properties"], **change}  # type: ignore[dict-item]
            reply = await client("PUT", path(client.group, str(uuid.uuid4())), body=sent)
            assert (reply.status, reply.code) == (400, code)
        shapeless = await client("PUT", path(client.group, str(uuid.uuid4())), body={"properties": "all"})
        assert (shapeless.status, shapeless.code) == (400, "InvalidRequestFormat")


async def test_a_resource_that_is_not_there_takes_no_roles_and_one_that_goes_takes_them_along() -> None:
    async with arm(read_world(SMALL)) as client:
        steps = Steps(client)
        missing = await client("PUT", path(steps.id("natGateways/n"), str(uuid.uuid4())), body=asked(client, "cat"))
        assert missing.status == 404
        gateway = await steps.gateway("n")
        given = await client("PUT", path(gateway, str(uuid.uuid4())), body=asked(client, "cat", CONTRIBUTOR))
        assert given.status == 201
        await steps.delete(gateway)
        assert (await client("GET", given.body["id"])).status == 404


async def test_lists_show_what_is_in_force_and_below_or_only_at_the_scope() -> None:
    async with arm(load_world()) as client:
        given = (await give_ben(client)).body["id"]

        async def ids(scope: str, wanted: str = "") -> list[str]:
            query = VERSION | ({"$filter": wanted} if wanted else {})
            return [one["id"] for one in (await client("GET", path(scope), query=query)).body["value"]]

        ben = client.world.person("ben").object_id
        assert given in await ids(client.subscription)
        assert given not in await ids(client.subscription, "atScope()")
        assert given in await ids(client.cluster("open"), "atScope()")
        assert len(await ids(client.subscription, f"principalId eq '{ben}'")) == 2
        assert await ids(client.group, f"assignedTo('{ben}')") == await ids(client.group, f"principalId eq '{ben}'")


async def give_ben(client: Arm) -> Reply:
    return await client("PUT", path(client.cluster("open"), str(uuid.uuid4())), body=asked(client, "ben"))


async def test_roles_are_found_by_name_and_by_id() -> None:
    async with arm(load_world()) as client:
        all_ = f"{client.subscription}/providers/Microsoft.Authorization/roleDefinitions"
        query = VERSION | {"$filter": "roleName eq 'network contributor'"}
        [found] = (await client("GET", all_, query=query)).body["value"]
        assert found["name"] == "4d97b98b-1d4f-4787-a291-c67834d212e7"
        assert (await client("GET", found["id"])).body == found
        assert (await client("GET", f"{all_}/{uuid.uuid4()}")).code == "RoleDefinitionDoesNotExist"
        assert len((await client("GET", all_)).body["value"]) > 5
