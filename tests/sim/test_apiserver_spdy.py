"""SPDY/3.1 as the API server speaks it: headers, frames, and commands in containers over it."""

import asyncio
import hashlib
import json
import random
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.services.apiserver.streaming import spdy_frames as frames
from aksess_sim.services.apiserver.streaming.spdy_frames import BadFrame, Control, Data, Kind, Unpacker
from aksess_sim.services.apiserver.streaming.spdy_headers import (
    DICTIONARY,
    BadHeaders,
    HeaderReader,
    HeaderWriter,
)
from sim.container_client import POD, cluster_with_pod, exit_code
from sim.spdy_client import SpdyClient, upgrade, upgraded
from sim.standing_cluster import StandingCluster

V4 = "v4.channel.k8s.io"
MIB = 1024 * 1024


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with cluster_with_pod() as standing:
        yield standing


def test_the_dictionary_is_the_one_of_the_protocol() -> None:
    """Every compressor of SPDY/3 begins with these six bytes: zlib's header and the dictionary's checksum."""
    assert len(DICTIONARY) == 1423
    assert HeaderWriter().write({})[:6] == bytes.fromhex("78bbe3c6a7c2")


def test_headers_go_through_and_names_are_lowered() -> None:
    writer, reader = HeaderWriter(), HeaderReader()
    for headers in ({"StreamType": "data", "port": "80"}, {}, {"requestID": "7"}):
        assert reader.read(writer.write(headers)) == {name.lower(): value for name, value in headers.items()}


@pytest.mark.parametrize(
    "plain", [b"", b"\0\0\0\1", struct.pack(">II", 1, 9) + b"short", struct.pack(">II", 1, 1) + b"\xff", bytes(10**6)]
)
def test_blocks_that_are_none(plain: bytes) -> None:
    packer = zlib.compressobj(zdict=DICTIONARY)
    block = packer.compress(plain) + packer.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(BadHeaders):
        HeaderReader().read(block)
    with pytest.raises(BadHeaders):
        HeaderReader().read(b"no zlib")


def test_frames_come_in_pieces() -> None:
    wire = frames.data(5, b"abc") + frames.control(Kind.PING, b"\0\0\0\7") + frames.data(5, b"", last=True)
    unpacker, got = Unpacker(), list[object]()
    for place in range(len(wire)):
        unpacker.feed(wire[place : place + 1])
        got += list(unpacker.frames())
    assert got == [Data(5, b"abc", last=False), Control(Kind.PING, 0, b"\0\0\0\7"), Data(5, b"", last=True)]


@pytest.mark.parametrize("wire", ["0000000101ffffff", "8002000100000000"])
def test_frames_that_are_none(wire: str) -> None:
    unpacker = Unpacker()
    unpacker.feed(bytes.fromhex(wire))
    with pytest.raises(BadFrame):
        list(unpacker.frames())
    with pytest.raises(BadFrame):
        assert Control(Kind.PING, 0, b"\0").number


@given(wire=st.lists(st.binary(max_size=40), max_size=6))
def test_any_bytes_are_frames_or_refused(wire: list[bytes]) -> None:
    unpacker, reader = Unpacker(), HeaderReader()
    with suppress(BadFrame, BadHeaders):
        for piece in wire:
            unpacker.feed(piece)
            for frame in unpacker.frames():
                assert len(frame.body) <= sum(map(len, wire))
        reader.read(b"".join(wire))


async def opened(client: SpdyClient, *types: str) -> list[int]:
    numbers = [await client.open(streamType=type_) for type_ in types]
    await client.until(lambda: all(client.streams[number].replied for number in numbers))
    return numbers


async def test_a_command_with_its_output_and_its_end(cluster: StandingCluster) -> None:
    query = "command=sh&command=-c&command=echo%20a;%20nope;%20exit%203&stdout=true&stderr=true"
    async with upgraded(cluster, f"{POD}/exec?{query}", V4) as client:
        error, out, err = await opened(client, "error", "stdout", "stderr")
        assert [await client.all_of(stream) for stream in (out, err)] == ["a\n", "sh: nope: not found\n"]
        assert exit_code(json.loads(await client.all_of(error))) == "3"
        await client.until(lambda: client.gone)


async def test_standard_input_is_taken_as_it_comes_and_closed_alone(cluster: StandingCluster) -> None:
    data = random.Random(5).randbytes(8 * MIB)  # noqa: S311 - bytes to compare, no secret
    async with upgraded(cluster, f"{POD}/exec?command=cat&stdin=true&stdout=true&stderr=false", V4) as client:
        error, out, into = await opened(client, "error", "stdout", "stdin")
        await client.send(into, b"first")
        await client.until(lambda: client.streams[out].data == b"first")

        async def send() -> None:
            for start in range(0, len(data), 32 * 1024):
                await client.send(into, data[start : start + 32 * 1024])
            await client.send(into, last=True)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            await client.until(lambda: client.streams[out].over)
        received = client.streams[out].data[len("first") :]
        assert hashlib.sha256(received).digest() == hashlib.sha256(data).digest()
        assert json.loads(await client.all_of(error))["status"] == "Success"


async def test_a_reader_that_stalls_stalls_the_writer(cluster: StandingCluster) -> None:
    sent, before = 0, asyncio.all_tasks()
    async with upgraded(cluster, f"{POD}/exec?command=cat&stdin=true&stdout=true&stderr=false", V4) as client:
        _, _, into = await opened(client, "error", "stdout", "stdin")
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while sent < 256 * MIB:
                    await client.send(into, bytes(32 * 1024))
                    sent += 32 * 1024
    assert sent < 32 * MIB
    await asyncio.sleep(1)
    assert not [task for task in asyncio.all_tasks() - before if "container" in task.get_name()]


async def test_a_shell_at_a_terminal_ignores_its_size(cluster: StandingCluster) -> None:
    query = "command=sh&stdin=true&stdout=true&stderr=true&tty=true"
    async with upgraded(cluster, f"{POD}/exec?{query}", V4) as client:
        error, into, out, size = await opened(client, "error", "stdin", "stdout", "resize")
        await client.send(size, b'{"Width":80,"Height":24}\n')
        await client.send(into, b"exit 4\r")
        assert await client.all_of(out) == "/ # exit 4\r\n"
        assert exit_code(json.loads(await client.all_of(error))) == "4"


async def test_pings_are_answered(cluster: StandingCluster) -> None:
    async with upgraded(cluster, f"{POD}/exec?command=sleep&command=1h&stdout=true", V4) as client:
        await client.ping(1)
        await client.ping(2)
        await client.ping(3)
        await client.until(lambda: len(client.pings) == 2)
        assert client.pings == [1, 3]


async def test_streams_nobody_asked_for_are_refused(cluster: StandingCluster) -> None:
    async with upgraded(cluster, f"{POD}/exec?command=cat&stdout=true&stderr=false", V4) as client:
        wrong = [await client.open(streamType=type_) for type_ in ("stdin", "stderr", "nonsense")]
        first, second = await client.open(streamType="stdout"), await client.open(streamType="stdout")
        await client.until(lambda: client.streams[first].replied and client.streams[second].reset)
        assert all(client.streams[number].reset for number in wrong)


async def test_a_client_that_opens_no_streams_is_let_go(cluster: StandingCluster) -> None:
    async with upgraded(cluster, f"{POD}/exec?command=hostname&stdout=true&stderr=true", V4) as client:
        await client.open(streamType="stdout")
        with pytest.raises(EOFError):
            await client.until(lambda: client.gone)


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", bytes.fromhex("8003000100000002ffff"), b"\xff" * 64])
async def test_nonsense_ends_the_connection(cluster: StandingCluster, nonsense: bytes) -> None:
    async with upgraded(cluster, f"{POD}/exec?command=sleep&command=1h&stdout=true", V4) as client:
        await client.write(nonsense)
        with pytest.raises(EOFError):
            await client.until(lambda: client.gone)


async def test_a_protocol_that_is_not_known(cluster: StandingCluster) -> None:
    head, reader, writer = await upgrade(cluster, f"{POD}/exec?command=ls", "channel.k8s.io")
    assert head.startswith("HTTP/1.1 403 ")
    assert b"client supports [channel.k8s.io old.example]" in await reader.read(2000)
    writer.close()


async def test_a_program_ends_when_its_client_has_left(cluster: StandingCluster) -> None:
    before = asyncio.all_tasks()
    async with upgraded(cluster, f"{POD}/exec?command=sleep&command=1h&stdout=true&stderr=false", V4) as client:
        await opened(client, "error", "stdout")
        assert len(asyncio.all_tasks()) > len(before)
    await asyncio.sleep(1)
    assert not [task for task in asyncio.all_tasks() - before if "container" in task.get_name()]


async def test_a_server_that_stops_ends_what_runs(cluster: StandingCluster) -> None:
    async with upgraded(cluster, f"{POD}/exec?command=sleep&command=1h&stdout=true&stderr=false", V4) as client:
        await opened(client, "error", "stdout")
        async with asyncio.TaskGroup() as tasks:
            closing = tasks.create_task(cluster.client.server.close())
            with pytest.raises(EOFError):
                await client.until(lambda: client.gone)
            await closing
