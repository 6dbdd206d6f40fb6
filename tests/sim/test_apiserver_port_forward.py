"""Connections to the ports of a pod, over SPDY and over SPDY in a WebSocket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
import pytest_asyncio

from aksess_sim.services.apiserver.identity import NodeView
from sim.container_client import POD, cluster_with_pod
from sim.spdy_client import SpdyClient, tunneled, upgrade, upgraded
from sim.standing_cluster import StandingCluster

PATH = f"{POD}/portforward"
PROTOCOL = "portforward.k8s.io"
GET = b"GET /x HTTP/1.1\r\nHost: pod\r\n\r\n"

Connect = Callable[[StandingCluster], AbstractAsyncContextManager[SpdyClient]]


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with cluster_with_pod() as standing:
        yield standing


@pytest.fixture(params=[upgraded, tunneled], ids=["SPDY", "WebSocket"])
def connect(request: pytest.FixtureRequest) -> Connect:
    return lambda cluster: request.param(cluster, PATH, PROTOCOL)


async def dial(client: SpdyClient, port: int, request: int) -> tuple[int, int]:
    """A connection's two streams: what is wrong, and its bytes; opened and half closed as kubectl does."""
    error = await client.open(streamType="error", port=str(port), requestID=str(request))
    await client.send(error, last=True)
    return error, await client.open(streamType="data", port=str(port), requestID=str(request))


async def test_a_request_and_its_answer(cluster: StandingCluster, connect: Connect) -> None:
    async with connect(cluster) as client:
        error, data = await dial(client, 80, 0)
        await client.send(data, GET)
        await client.until(lambda: b"on port 80" in client.streams[data].data)
        assert client.streams[data].data.endswith(b"\r\n\r\none answers GET /x on port 80\n")
        await client.send(data, last=True)
        assert (await client.all_of(data), await client.all_of(error))[1] == ""


async def test_many_connections_at_once(cluster: StandingCluster, connect: Connect) -> None:
    async with connect(cluster) as client:
        opened = [await dial(client, 80, number) for number in range(50)]
        for _, data in reversed(opened):
            await client.send(data, GET.replace(b"/x", b"/%d" % data))
            await client.send(data, last=True)
        for error, data in opened:
            assert f"answers GET /{data} on port 80\n" in await client.all_of(data)
            assert await client.all_of(error) == ""


async def test_a_port_where_nothing_listens(cluster: StandingCluster, connect: Connect) -> None:
    async with connect(cluster) as client:
        error, data = await dial(client, 81, 0)
        assert "dial tcp4 127.0.0.1:81: connect: connection refused" in await client.all_of(error)
        assert await client.all_of(data) == ""
        _, other = await dial(client, 80, 1)
        await client.send(other, GET)
        await client.send(other, last=True)
        assert "answers GET" in await client.all_of(other)


@pytest.mark.parametrize(
    "headers",
    [
        {"streamType": "data"},
        {"streamType": "data", "port": "0"},
        {"streamType": "data", "port": "65536"},
        {"streamType": "data", "port": "9" * 5000},
        {"streamType": "other", "port": "80"},
    ],
)
async def test_streams_that_make_no_sense(cluster: StandingCluster, connect: Connect, headers: dict[str, str]) -> None:
    async with connect(cluster) as client:
        stream = await client.open(**headers)
        await client.until(lambda: client.streams[stream].reset)


async def test_a_half_that_comes_twice(cluster: StandingCluster, connect: Connect) -> None:
    async with connect(cluster) as client:
        first, second = [await client.open(streamType="error", port="80", requestID="7") for _ in range(2)]
        data = await client.open(streamType="data", port="80", requestID="7")
        await client.send(data, GET)
        await client.until(lambda: b"on port 80" in client.streams[data].data)
        assert [client.streams[stream].reset for stream in (first, second)] == [False, True]


async def test_halves_without_a_request_are_told_by_their_numbers(cluster: StandingCluster, connect: Connect) -> None:
    async with connect(cluster) as client:
        await client.open(streamType="error", port="80")
        data = await client.open(streamType="data", port="80")
        await client.send(data, GET)
        await client.until(lambda: b"on port 80" in client.streams[data].data)


async def test_many_bytes_to_a_pod(cluster: StandingCluster, connect: Connect) -> None:
    count = 8 * 1024 * 1024
    async with connect(cluster) as client:
        _, data = await dial(client, 80, 0)
        await client.send(data, f"POST / HTTP/1.1\r\nContent-Length: {count}\r\n\r\n".encode())
        for _ in range(count // 4096):
            await client.send(data, bytes(4096))
        await client.send(data, GET)
        await client.send(data, last=True)
        answers = await client.all_of(data)
    assert f"{count} bytes received\n" in answers
    assert answers.endswith("one answers GET /x on port 80\n")


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (b"HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK"),
        (b"GET / HTTP/1.0\r\n\r\n" + GET, "HTTP/1.1 200 OK"),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n" + GET, "HTTP/1.1 200 OK"),
        (b"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        (b"\x16\x03\x01" + bytes(100_000), "HTTP/1.1 400 Bad Request"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 400 Bad Request"),
    ],
)
async def test_the_server_in_the_pod(cluster: StandingCluster, request_: bytes, answer: str) -> None:
    async with upgraded(cluster, PATH, PROTOCOL) as client:
        _, data = await dial(client, 80, 0)
        await client.send(data, request_)
        await client.until(lambda: b"\r\n\r\n" in client.streams[data].data)
        if not request_.startswith(b"HEAD"):
            await client.all_of(data)
    told = client.streams[data].data.decode()
    assert told.startswith(answer)
    assert told.count("HTTP/1.1 ") == 1


async def test_connections_end_with_their_client(cluster: StandingCluster, connect: Connect) -> None:
    before = asyncio.all_tasks()
    async with connect(cluster) as client:
        for number in range(3):
            _, data = await dial(client, 80, number)
        await client.until(lambda: client.streams[data].replied)
        await asyncio.sleep(0)
        assert len([task for task in asyncio.all_tasks() - before if "forwarded" in task.get_name()]) == 3
    await asyncio.sleep(1)
    assert not [task for task in asyncio.all_tasks() - before if "forwarded" in task.get_name()]


async def test_a_forward_ends_with_its_pod(cluster: StandingCluster, connect: Connect) -> None:
    async with connect(cluster) as client:
        _, data = await dial(client, 80, 0)
        await client.until(lambda: client.streams[data].replied)
        await cluster.ask("DELETE", POD)
        with pytest.raises(EOFError):
            await client.until(lambda: False)


async def test_a_forward_that_stays_idle(cluster: StandingCluster, connect: Connect) -> None:
    async with connect(cluster) as client:
        _, data = await dial(client, 80, 0)
        await asyncio.sleep(3600)
        await client.send(data, GET)
        await client.until(lambda: b"on port 80" in client.streams[data].data)


async def test_a_protocol_that_is_not_known(cluster: StandingCluster) -> None:
    head, reader, writer = await upgrade(cluster, PATH, "v2.portforward.example")
    assert head.startswith("HTTP/1.1 403 ")
    assert b"server accepts [portforward.k8s.io]" in await reader.read(2000)
    writer.close()


async def test_who_may_not(cluster: StandingCluster) -> None:
    assert "neither SPDY nor a WebSocket" in await cluster.refused(400, "POST", PATH, b"")
    assert "cannot create" in await cluster.refused(403, "POST", PATH, b"", token="reader")
    cluster.nodes[:] = [NodeView(node.name, False, node.version) for node in cluster.nodes]
    assert "No agent available" in await cluster.refused(500, "POST", PATH, b"")
