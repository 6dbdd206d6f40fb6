"""Logs and commands in containers, over the protocols kubectl uses."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientWebSocketResponse

from aksess_sim.services.apiserver.identity import NodeView
from sim.standing_cluster import StandingCluster, pod, standing_cluster

POD = "/api/v1/namespaces/demo/pods/one"


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with standing_cluster() as standing:
        body = pod()
        body["spec"]["containers"][0]["env"] = [{"name": "COLOUR", "value": "blue"}]
        await standing.ask("POST", "/api/v1/namespaces/demo/pods", body, status=201)
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
    assert asyncio.get_running_loop().time() - began >= 2
    await cluster.ask("DELETE", POD)
    rest = await response.content.read()
    assert rest.count(b"\n") <= 1


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


async def test_exec_is_a_web_socket(cluster: StandingCluster) -> None:
    assert "v5.channel.k8s.io" in await cluster.refused(400, "POST", f"{POD}/exec?command=ls", b"")


@asynccontextmanager
async def running(cluster: StandingCluster, query: str) -> AsyncIterator[ClientWebSocketResponse]:
    async with cluster.client.ws_connect(
        f"{POD}/exec?{query}", protocols=["v5.channel.k8s.io"], headers={"Authorization": "Bearer writer"}
    ) as socket:
        assert socket.protocol == "v5.channel.k8s.io"
        yield socket


async def ended(socket: ClientWebSocketResponse) -> tuple[str, str, Any]:
    """Standard output, standard error and the closing status."""
    channels = {1: "", 2: "", 3: ""}
    async for message in socket:
        channels[message.data[0]] += message.data[1:].decode()
    return channels[1], channels[2], json.loads(channels[3])


@pytest.mark.parametrize(
    ("query", "output", "errors", "code"),
    [
        ("command=echo&command=a&command=b%20c", "a b c\n", "", "0"),
        ("command=hostname", "one\n", "", "0"),
        ("command=printenv&command=COLOUR", "blue\n", "", "0"),
        ("command=printenv&command=NONE", "", "", "1"),
        ("command=/bin/false", "", "", "1"),
        ("command=sh&command=-c&command=echo%20a;%20nope;%20exit%203", "a\n", "sh: nope: not found\n", "3"),
        ("command=sh&command=-c&command=echo%20'", "", "sh: syntax error: No closing quotation\n", "2"),
    ],
)
async def test_commands(cluster: StandingCluster, query: str, output: str, errors: str, code: str) -> None:
    async with running(cluster, query) as socket:
        *written, status = await ended(socket)
    assert written == [output, errors]
    causes = status.get("details", {}).get("causes") or [{"message": "0"}]
    assert causes[0]["message"] == code
    assert status["status"] == ("Success" if code == "0" else "Failure")


async def test_a_program_that_is_not_there(cluster: StandingCluster) -> None:
    async with running(cluster, "command=vim") as socket:
        *_, status = await ended(socket)
    assert 'exec: "vim": executable file not found in $PATH' in status["message"]


async def test_standard_input_until_it_is_closed(cluster: StandingCluster) -> None:
    async with running(cluster, "command=cat&stdin=true") as socket:
        await socket.send_bytes(b"\x00one\n")
        await socket.send_bytes(b"\x00two\n")
        await socket.send_bytes(b"\xff\x00")
        output, _, status = await ended(socket)
    assert (output, status["status"]) == ("one\ntwo\n", "Success")


async def test_a_shell_at_a_terminal(cluster: StandingCluster) -> None:
    async with running(cluster, "command=sh&stdin=true&tty=true") as socket:
        await socket.send_bytes(b"\x04" + json.dumps({"Width": 80, "Height": 24}).encode())
        await socket.send_bytes(b"\x00hostnamm\x7fe\r")
        await socket.send_bytes(b"\x00exit 4\r")
        output, _, status = await ended(socket)
    assert output == "/ # hostnamm\b \be\r\none\r\n/ # exit 4\r\n"
    assert status["details"]["causes"][0]["message"] == "4"
