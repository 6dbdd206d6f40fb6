"""Watches: what a watcher sees of what happens, from when and until when."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse

from aksess_sim.services.apiserver.identity import NodeView
from aksess_sim.services.apiserver.objects import history
from sim.standing_cluster import TABLE, StandingCluster, pod, standing_cluster

MAPS = "/api/v1/namespaces/demo/configmaps"


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with standing_cluster() as standing:
        yield standing


@asynccontextmanager
async def watching(cluster: StandingCluster, path: str, **headers: str) -> AsyncIterator[ClientResponse]:
    response = await cluster.send("GET", f"{path}{'&' if '?' in path else '?'}watch=1", **headers)
    assert response.status == 200
    try:
        yield response
    finally:
        response.close()


async def event(response: ClientResponse) -> tuple[str, Any]:
    line = json.loads(await response.content.readline())
    return line["type"], line["object"]


async def named(response: ClientResponse) -> tuple[str, str]:
    type_, item = await event(response)
    return type_, item["metadata"]["name"]


async def revision(cluster: StandingCluster) -> str:
    return str((await cluster.ask("GET", MAPS))["metadata"]["resourceVersion"])


async def test_the_life_of_an_object(cluster: StandingCluster) -> None:
    async with watching(cluster, f"{MAPS}?resourceVersion={await revision(cluster)}") as watch:
        made = await cluster.ask("POST", MAPS, {"metadata": {"name": "m"}}, status=201)
        await cluster.ask("POST", "/api/v1/namespaces/default/configmaps", {"metadata": {"name": "x"}}, status=201)
        await cluster.ask("PUT", f"{MAPS}/m", {"metadata": {"name": "m"}, "data": {"a": "1"}})
        await cluster.ask("DELETE", f"{MAPS}/m")
        assert await event(watch) == ("ADDED", made)
        type_, changed = await event(watch)
        assert (type_, changed["data"]) == ("MODIFIED", {"a": "1"})
        type_, gone = await event(watch)
        assert (type_, gone["metadata"]["uid"]) == ("DELETED", made["metadata"]["uid"])
        versions = [int(item["metadata"]["resourceVersion"]) for item in (made, changed, gone)]
        assert versions == sorted(set(versions))


async def test_what_happened_between_list_and_watch_is_not_lost(cluster: StandingCluster) -> None:
    seen = await revision(cluster)
    await cluster.ask("POST", MAPS, {"metadata": {"name": "m"}}, status=201)
    await cluster.ask("DELETE", f"{MAPS}/m")
    async with watching(cluster, f"{MAPS}?resourceVersion={seen}") as watch:
        assert [await named(watch), await named(watch)] == [("ADDED", "m"), ("DELETED", "m")]


async def test_without_a_revision_the_present_comes_first(cluster: StandingCluster) -> None:
    async with watching(cluster, MAPS) as watch:
        assert [await named(watch), await named(watch)] == [("ADDED", "hello-settings"), ("ADDED", "kube-root-ca.crt")]


async def test_a_streamed_list_says_when_it_is_complete(cluster: StandingCluster) -> None:
    query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with watching(cluster, f"{MAPS}?{query}") as watch:
        assert [(await event(watch))[0] for _ in range(2)] == ["ADDED", "ADDED"]
        type_, mark = await event(watch)
        assert (type_, mark["metadata"]["annotations"]) == ("BOOKMARK", {"k8s.io/initial-events-end": "true"})


async def test_entering_and_leaving_a_selection(cluster: StandingCluster) -> None:
    await cluster.ask("POST", MAPS, {"metadata": {"name": "m"}}, status=201)
    merge = "application/merge-patch+json"
    async with watching(cluster, f"{MAPS}?labelSelector=on&resourceVersion={await revision(cluster)}") as watch:
        for value in ("yes", "no", None):
            patch = {"metadata": {"labels": {"on": value}}}
            await cluster.ask("PATCH", f"{MAPS}/m", patch, Content_Type=merge)
        assert [(await event(watch))[0] for _ in range(3)] == ["ADDED", "MODIFIED", "DELETED"]


async def test_tables_carry_their_columns_once(cluster: StandingCluster) -> None:
    path = "/api/v1/namespaces/demo/pods"
    async with watching(cluster, f"{path}?resourceVersion={await revision(cluster)}", Accept=TABLE) as watch:
        await cluster.ask("POST", path, pod(), status=201)
        type_, first = await event(watch)
        assert (type_, first["kind"], first["rows"][0]["cells"][2]) == ("ADDED", "Table", "Pending")
        assert first["columnDefinitions"]
        rows = []
        while not rows or rows[-1] != "Running":
            _, later = await event(watch)
            assert later["columnDefinitions"] is None
            rows.append(later["rows"][0]["cells"][2])


async def test_a_watch_ends_when_its_time_is_up(cluster: StandingCluster) -> None:
    async with watching(cluster, f"{MAPS}?resourceVersion={await revision(cluster)}&timeoutSeconds=30") as watch:
        assert await watch.content.readline() == b""


async def test_a_watch_outlasts_ten_idle_minutes(cluster: StandingCluster) -> None:
    async with watching(cluster, f"{MAPS}?resourceVersion={await revision(cluster)}") as watch:
        await asyncio.sleep(600)
        await cluster.ask("POST", MAPS, {"metadata": {"name": "m"}}, status=201)
        assert await named(watch) == ("ADDED", "m")


async def test_a_revision_long_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "REMEMBERED", 4)
    async with standing_cluster() as forgetful, watching(forgetful, f"{MAPS}?resourceVersion=1") as watch:
        type_, told = await event(watch)
        assert (type_, told["code"], told["reason"]) == ("ERROR", 410, "Expired")


async def test_a_revision_that_is_none(cluster: StandingCluster) -> None:
    await cluster.refused(400, "GET", f"{MAPS}?watch=1&resourceVersion=yesterday")


async def test_a_watcher_sees_nodes_fall_silent_with_no_other_request(cluster: StandingCluster) -> None:
    seen = await revision(cluster)
    async with watching(cluster, f"/api/v1/nodes?resourceVersion={seen}", Accept=TABLE) as watch:
        silent = cluster.nodes[0]
        cluster.nodes[0] = NodeView(silent.name, ready=False, version=silent.version)
        type_, table = await event(watch)
        assert (type_, table["rows"][0]["cells"][:2]) == ("MODIFIED", [silent.name, "NotReady"])
