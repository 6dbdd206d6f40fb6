"""Who gets in: tokens, roles, routes, ARM's own throttling."""

from datetime import timedelta

import pytest

from aksess_sim.world.loader import load_world, read_world
from sim.arm_client import AUDIENCE, Arm, Reply, arm

ACTIONS = [
    ("GET", "", "Microsoft.ContainerService/managedClusters/read"),
    ("PUT", "", "Microsoft.ContainerService/managedClusters/write"),
    ("PATCH", "", "Microsoft.ContainerService/managedClusters/write"),
    (
        "POST",
        "/listClusterUserCredential",
        "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    ),
    (
        "POST",
        "/listClusterAdminCredential",
        "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
    ),
    ("GET", "/providers/Microsoft.Authorization/permissions", "Microsoft.Authorization/permissions/read"),
]


async def with_header(client: Arm, value: str) -> Reply:
    return await client("GET", "/subscriptions", headers={"Authorization": value})


async def test_without_a_token_of_this_world_nothing_is_answered() -> None:
    async with arm(load_world()) as client:
        tokens, ada = client.world.tokens, client.world.person("ada")
        for header, code in [
            ("", "AuthenticationFailed"),
            ("Basic abc", "AuthenticationFailed"),
            ("Bearer abc", "InvalidAuthenticationToken"),
            (f"Bearer {tokens.mint(ada, AUDIENCE, lifetime=timedelta(0))}", "ExpiredAuthenticationToken"),
            (f"Bearer {tokens.mint(ada, 'https://graph.microsoft.com')}", "InvalidAuthenticationTokenAudience"),
        ]:
            reply = await with_header(client, header)
            assert (reply.status, reply.body["error"]["code"]) == (401, code)
            assert reply.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("audience", ["https://management.azure.com", "https://management.core.windows.net/"])
async def test_both_audiences_will_do(audience: str) -> None:
    async with arm(load_world()) as client:
        token = client.world.tokens.mint(client.world.person("ada"), audience)
        assert (await with_header(client, f"bearer {token}")).status == 200


@pytest.mark.parametrize(("method", "path", "action"), ACTIONS)
async def test_a_missing_right_is_named_with_its_scope(method: str, path: str, action: str) -> None:
    async with arm(read_world("people: {eve: {}}\nclusters: {web: {}}")) as client:
        reply = await client(method, client.cluster("web") + path, "eve", body={} if method != "GET" else None)
        eve = client.world.person("eve")
        assert (reply.status, reply.body["error"]["code"]) == (403, "AuthorizationFailed")
        assert f"'{action}' over scope '{client.cluster('web')}'" in reply.body["error"]["message"]
        assert f"'{eve.user_principal_name}' with object id '{eve.object_id}'" in reply.body["error"]["message"]


async def test_a_right_is_missed_before_a_resource() -> None:
    async with arm(load_world()) as client:
        absent = f"{client.group}/providers/Microsoft.ContainerService/managedClusters/none"
        assert (await client("GET", absent, "ben")).status == 403
        assert (await client("GET", absent, "cat")).status == 404


async def test_unknown_places_and_methods() -> None:
    async with arm(load_world()) as client:
        for path, status, code in [
            ("/nothing", 404, "NotFound"),
            (f"{client.subscription}/providers/Microsoft.Foo/bars", 404, "InvalidResourceType"),
            ("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups", 404, "SubscriptionNotFound"),
            (f"{client.subscription}/resourceGroups/none", 404, "ResourceGroupNotFound"),
        ]:
            reply = await client("GET", path)
            assert (reply.status, reply.code) == (status, code)
        twice = await client("GET", client.cluster("web").replace("ContainerService/", "ContainerService//"))
        assert twice.status == 200
        reply = await client("DELETE", client.cluster("web"))
        assert (reply.status, reply.code) == (405, "HttpMethodNotAllowed")


async def test_every_request_needs_an_api_version_of_any_kind() -> None:
    async with arm(load_world()) as client:
        reply = await client("GET", client.cluster("web"), query={})
        assert (reply.status, reply.code) == (400, "MissingApiVersionParameter")
        assert (await client("GET", client.cluster("web"), query={"api-version": "2035-01-01-preview"})).status == 200


async def test_arm_throttles_each_person_and_says_what_remains() -> None:
    async with arm(load_world()) as client:
        path = client.subscription
        first = await client("GET", path)
        assert first.headers["x-ms-ratelimit-remaining-subscription-reads"] == "249"
        replies = [await client("GET", path) for _ in range(250)]
        assert [reply.status for reply in replies] == [200] * 249 + [429]
        assert (replies[-1].code, int(replies[-1].headers["Retry-After"])) == ("SubscriptionRequestsThrottled", 1)
        assert (await client("GET", path, "cat")).status == 200
        await client.world.clock.sleep(1)
        assert (await client("GET", path)).status == 200


async def test_permissions_list_one_item_for_each_role_in_force() -> None:
    async with arm(load_world()) as client:
        suffix = "/providers/Microsoft.Authorization/permissions"
        web = await client("GET", client.cluster("web") + suffix, "ben")
        assert [item["actions"] for item in web.body["value"]] == [["*"]]
        assert "Microsoft.Authorization/*/Write" in web.body["value"][0]["notActions"]
        assert (await client("GET", client.cluster("open") + suffix, "ben")).status == 403
        group = await client("GET", client.group + suffix, "cat")
        assert [item["actions"] for item in group.body["value"]] == [["*/read"]]


async def test_subscriptions_and_tenants_for_whoever_has_a_part_in_them() -> None:
    async with arm(
        read_world("subscriptions: [one, two]\npeople: {p: {roles: [{role: Reader, at: two}]}, q: {}}")
    ) as client:
        seen = (await client("GET", "/subscriptions", "p")).body["value"]
        assert [subscription["displayName"] for subscription in seen] == ["two"]
        assert seen[0]["tenantId"] == client.world.people.tenant_id
        assert (await client("GET", seen[0]["id"], "p")).body == seen[0]
        assert (await client("GET", client.subscription, "p")).code == "SubscriptionNotFound"
        assert (await client("GET", "/subscriptions", "q")).body["value"] == []
        tenants = (await client("GET", "/tenants", "q")).body["value"]
        assert [tenant["tenantId"] for tenant in tenants] == [client.world.people.tenant_id]


async def test_groups_with_the_node_groups_among_them() -> None:
    async with arm(load_world()) as client:
        names = [
            group["name"] for group in (await client("GET", client.subscription + "/resourcegroups")).body["value"]
        ]
        assert {"rg-demo", "rg-hub", "MC_rg-demo_web_westeurope"} <= set(names)
        assert (await client("GET", client.group.upper())).body["name"] == "rg-demo"
        assert (await client("HEAD", client.group)).status == 204
        assert (await client("HEAD", client.group + "x")).status == 404
