"""managedClusters on the wire: reads, lists in pages, PUT and its operation, PATCH."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.operations import OperationError
from sim.arm_client import VERSION, Arm, Reply, arm

CLUSTERS = "/providers/Microsoft.ContainerService/managedClusters"


async def put(client: Arm, *ranges: str, person: str = "ada", **headers: str) -> Reply:
    body = (await client("GET", client.cluster("web"))).body
    body["properties"]["apiServerAccessProfile"]["authorizedIPRanges"] = list(ranges)
    return await client("PUT", client.cluster("web"), person, body=body, headers=headers)


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
async def test_case_of_the_path_does_not_matter(random: Any) -> None:
    async with arm(load_world()) as client:
        mixed = "".join(random.choice((c.lower(), c.upper())) for c in client.cluster("web"))
        reply = await client("GET", mixed)
        assert (reply.status, reply.body["id"]) == (200, client.cluster("web"))


async def test_what_get_shows_can_be_put_back_and_nothing_changes() -> None:
    async with arm(load_world()) as client:
        before = (await client("GET", client.cluster("web"))).body
        reply = await client("PUT", client.cluster("web"), body=before)
        assert reply.status == 200
        await client.world.clock.sleep(90)
        now = (await client("GET", client.cluster("web"))).body
        for body in (before, now):
            del body["eTag"], body["properties"]["agentPoolProfiles"][0]["eTag"]
        assert now == before


async def test_a_put_is_followed_to_its_end() -> None:
    async with arm(load_world()) as client:
        reply = await put(client, "73.140.245.7")
        assert reply.status == 200
        assert reply.body["properties"]["provisioningState"] == "Updating"
        assert reply.body["properties"]["apiServerAccessProfile"]["authorizedIPRanges"] == ["73.140.245.7/32"]
        assert int(reply.headers["Retry-After"]) >= 1
        address = reply.headers["Azure-AsyncOperation"]
        running = await client.follow(address)
        assert (running.status, running.body["status"]) == (200, "InProgress")
        assert "Retry-After" in running.headers
        await client.world.clock.sleep(90)
        ended = await client.follow(address)
        assert (ended.status, ended.body["status"]) == (200, "Succeeded")
        assert "Retry-After" not in ended.headers
        assert (await client("GET", client.cluster("web"))).body["properties"]["provisioningState"] == "Succeeded"


async def test_a_failed_operation_is_told_with_200_and_rolls_back() -> None:
    async with arm(load_world()) as client:
        client.world.operations.fail_next(client.cluster("web"), OperationError("NodesNotReady", "no"))
        reply = await put(client, "73.140.245.7")
        await client.world.clock.sleep(90)
        ended = await client.follow(reply.headers["Azure-AsyncOperation"])
        assert (ended.status, ended.body["status"]) == (200, "Failed")
        assert ended.body["error"] == {"code": "NodesNotReady", "message": "no"}
        properties = (await client("GET", client.cluster("web"))).body["properties"]
        assert properties["provisioningState"] == "Failed"
        assert properties["apiServerAccessProfile"]["authorizedIPRanges"] == ["51.144.20.0/24", "40.68.115.7/32"]


@pytest.mark.parametrize("speed", [1, 60, 100_000])
async def test_retry_after_is_a_whole_number_above_zero_at_every_speed(speed: float) -> None:
    async with arm(load_world(speed=speed)) as client:
        reply = await put(client, "73.140.245.7")
        assert int(reply.headers["Retry-After"]) == (10 if speed == 1 else 1)


async def test_whoever_holds_a_role_at_the_cluster_only_can_still_follow_the_operation() -> None:
    async with arm(load_world()) as client:
        body = (await client("GET", client.cluster("web"))).body
        address = (await client("PUT", client.cluster("web"), "ben", body=body)).headers["Azure-AsyncOperation"]
        assert (await client.follow(address, "ben")).status == 200
        assert (await client.follow(address.partition("&")[0], "ben")).code == "AuthorizationFailed"
        assert (await client.follow(address.partition("&")[0], "cat")).status == 200


async def test_errors_of_the_resource_provider_are_bare_and_those_of_arm_wrapped() -> None:
    async with arm(load_world()) as client:
        await put(client, "73.140.245.7")
        busy = await put(client, "73.140.245.8")
        assert (busy.status, busy.body["code"]) == (409, "OperationNotAllowed")
        assert "Retry-After" not in busy.headers
        assert "aka.ms/aks-pending-operation" in busy.body["message"]
        absent = await client("GET", f"{client.group}{CLUSTERS}/none")
        assert (absent.status, absent.body["error"]["code"]) == (404, "ResourceNotFound")
        assert "Microsoft.ContainerService/managedClusters/none" in absent.body["error"]["message"]


async def test_etags_on_the_wire() -> None:
    async with arm(load_world()) as client:
        etag = (await client("GET", client.cluster("web"))).body["eTag"]
        wrong = await put(client, "73.140.245.7", **{"If-Match": '"x"'})
        assert (wrong.status, wrong.code) == (412, "PreConditionFailed")
        assert (await put(client, "73.140.245.7", **{"If-Match": f'"{etag}"'})).status == 200
        absent = await client("PUT", f"{client.group}{CLUSTERS}/none", body={}, headers={"If-Match": "*"})
        assert absent.status == 412


async def test_puts_are_throttled_with_a_wait_that_is_enough() -> None:
    async with arm(load_world(speed=60)) as client:
        for _ in range(20):
            assert (await put(client, "73.140.245.7", **{"If-Match": "x"})).status == 412
        refused = await put(client, "73.140.245.7")
        assert (refused.status, refused.body["code"]) == (429, "Throttled")
        await client.world.clock.sleep(int(refused.headers["Retry-After"]) * 60)
        assert (await put(client, "73.140.245.7")).status == 200


async def test_reads_of_one_cluster_are_throttled_apart_from_another() -> None:
    async with arm(load_world()) as client:
        replies = [await client("GET", client.cluster("web")) for _ in range(61)]
        assert [reply.status for reply in replies] == [200] * 60 + [429]
        assert (await client("GET", client.cluster("open"))).status == 200


async def test_patch_changes_tags_and_nothing_else() -> None:
    async with arm(load_world()) as client:
        before = copy.deepcopy(client.world.cluster_named("web").body)
        reply = await client("PATCH", client.cluster("web"), body={"tags": {"new": "tag"}, "location": "x"})
        assert reply.status == 200
        assert "Azure-AsyncOperation" in reply.headers
        await client.world.clock.sleep(90)
        now = (await client("GET", client.cluster("web"))).body
        assert now["tags"] == {"new": "tag"}
        assert now["location"] == before["location"]
        assert now["properties"]["apiServerAccessProfile"] == before["properties"]["apiServerAccessProfile"]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (100, 1), (101, 2), (230, 3)])
@pytest.mark.parametrize("scope", ["subscription", "group"])
async def test_a_long_list_comes_in_pages(scope: str, count: int, pages: int) -> None:
    expected = [f"c{number:03}" for number in range(count)]
    text = "groups: {rg-demo: {}}\npeople: {ada: {roles: [Owner]}}\nclusters: {%s}"
    async with arm(read_world(text % ", ".join(f"{name}: {{}}" for name in expected))) as client:
        replies = [await client("GET", getattr(client, scope) + CLUSTERS)]
        while link := replies[-1].body.get("nextLink"):
            replies.append(await client.follow(link))
        assert len(replies) == pages
        assert [cluster["name"] for reply in replies for cluster in reply.body["value"]] == expected


async def test_a_list_shows_what_one_may_read() -> None:
    async with arm(load_world()) as client:
        for scope in (client.subscription, client.group):
            reply = await client("GET", scope + CLUSTERS, "ben")
            assert [cluster["name"] for cluster in reply.body["value"]] == ["web"]


async def test_a_stranger_gets_no_list() -> None:
    async with arm(read_world("people: {eve: {}}\nclusters: {web: {}}")) as client:
        assert (await client("GET", client.subscription + CLUSTERS, "eve")).code == "AuthorizationFailed"


@pytest.mark.parametrize("body", [None, [], "text"])
async def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    async with arm(load_world()) as client:
        reply = await client("PUT", client.cluster("web"), body=body)
        assert (reply.status, reply.body["error"]["code"]) == (400, "InvalidRequestContent")


async def test_a_world_creates_no_clusters() -> None:
    async with arm(load_world()) as client:
        reply = await client("PUT", f"{client.group}{CLUSTERS}/new", body={"location": "westeurope"}, query=VERSION)
        assert (reply.status, reply.code) == (400, "OperationNotSupported")
