"""What containers write, and which of them can be reached."""

import asyncio
import weakref
from collections.abc import AsyncIterator

import pytest_asyncio

from aksess_sim.services.apiserver.containers.container import Containers
from aksess_sim.services.apiserver.controllers.plane import ControlPlane
from aksess_sim.services.apiserver.identity import NodeView
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.manifest import name_of
from aksess_sim.world.clock import WorldClock
from sim.container_client import POD, cluster_with_pod, ended, running
from sim.standing_cluster import StandingCluster, pod


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with cluster_with_pod() as standing:
        yield standing


async def test_logs_and_their_tail(cluster: StandingCluster) -> None:
    lines = (await (await cluster.send("GET", f"{POD}/log")).text()).splitlines()
    assert lines == ["main: starting nginx:1.27", "main: running as one", "main: ready"]
    assert await (await cluster.send("GET", f"{POD}/log?tailLines=1")).text() == "main: ready\n"
    assert await (await cluster.send("GET", f"{POD}/log?tailLines=0")).text() == ""


async def test_following_logs_until_the_pod_is_gone(cluster: StandingCluster) -> None:
    response = await cluster.send("GET", f"{POD}/log?follow=true&tailLines=1")
    assert await response.content.readline() == b"main: ready\n"
    began = asyncio.get_running_loop().time()
    assert b"#1" in await response.content.readline()
    assert b"#2" in await response.content.readline()
    assert asyncio.get_running_loop().time() - began >= 20
    await cluster.ask("DELETE", POD)
    rest = await response.content.read()
    assert rest.count(b"\n") <= 1


async def test_logs_are_followed_for_as_long_as_asked(cluster: StandingCluster) -> None:
    response = await cluster.send("GET", f"{POD}/log?follow=true&tailLines=0")
    for number in range(1, 400):
        assert f"#{number}\n".encode() in await response.content.readline()
    response.close()
    await asyncio.sleep(20)


async def test_complaints_about_containers(cluster: StandingCluster) -> None:
    assert await cluster.refused(400, "GET", f"{POD}/log?container=x") == "container x is not valid for pod one"
    body = pod("two")
    body["spec"]["containers"].append({"name": "side", "image": "b"})
    await cluster.ask("POST", "/api/v1/namespaces/demo/pods", body, status=201)
    told = await cluster.refused(400, "GET", "/api/v1/namespaces/demo/pods/two/log")
    assert told == "a container name must be specified for pod two, choose one of: [main side]"


async def test_a_silent_node_is_not_reached(cluster: StandingCluster) -> None:
    cluster.nodes[:] = [NodeView(node.name, False, node.version) for node in cluster.nodes]
    assert "No agent available" in await cluster.refused(500, "GET", f"{POD}/log")


async def test_files_last_as_long_as_their_pod(cluster: StandingCluster) -> None:
    written = "command=sh&command=-c&command=echo%20kept%20%3E%20/tmp/f"
    read = "command=cat&command=/tmp/f"
    async with running(cluster, written) as socket:
        await ended(socket)
    async with running(cluster, read) as socket:
        assert (await ended(socket))[0] == "kept\n"
    await cluster.ask("DELETE", POD)
    await cluster.ask("POST", "/api/v1/namespaces/demo/pods", pod(), status=201)
    async with running(cluster, read) as socket:
        assert "No such file" in (await ended(socket))[1]


async def test_files_of_pods_that_are_gone_are_let_go() -> None:
    plane = ControlPlane(WorldClock(), lambda: [NodeView("node", True, "1.33.2")])
    containers = Containers(plane.store, plane.clock)
    first, second = plane.store.list(kinds.PODS, "demo")
    kept = weakref.ref(containers.enter(first, "hello").files)
    plane.store.delete(kinds.PODS, "demo", name_of(first))
    containers.enter(second, "hello")
    assert kept() is None
