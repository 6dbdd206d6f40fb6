"""Commands in containers over WebSocket: bytes go through as they come, and neither end outlives the other."""

import asyncio
import hashlib
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from aiohttp import ClientWebSocketResponse, WSMsgType

from sim.container_client import POD, V4, V5, cluster_with_pod, ended, exit_code, running
from sim.standing_cluster import StandingCluster

CLOSE_STDIN = b"\xff\x00"
MIB = 1024 * 1024


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with cluster_with_pod() as standing:
        yield standing


async def test_exec_needs_a_protocol_that_carries_streams(cluster: StandingCluster) -> None:
    assert V5 in await cluster.refused(400, "POST", f"{POD}/exec?command=ls", b"")


async def test_exec_needs_a_command(cluster: StandingCluster) -> None:
    assert "at least 1 command" in await cluster.refused(400, "POST", f"{POD}/exec", b"")


@pytest.mark.parametrize(
    ("query", "ends"),
    [
        ("command=echo&command=a&command=b%20c", ("a b c\n", "", "0")),
        ("command=hostname", ("one\n", "", "0")),
        ("command=/bin/false", ("", "", "1")),
        ("command=sh&command=-c&command=echo%20a;%20nope;%20exit%203", ("a\n", "sh: nope: not found\n", "3")),
        ("command=hostname&stdout=false", ("", "", "0")),
    ],
)
@pytest.mark.parametrize("protocol", [V5, V4])
async def test_commands(cluster: StandingCluster, protocol: str, query: str, ends: tuple[str, str, str]) -> None:
    async with running(cluster, query, protocol) as socket:
        output, errors, status = await ended(socket)
    assert (output, errors, exit_code(status)) == ends


async def test_a_program_that_is_not_there(cluster: StandingCluster) -> None:
    async with running(cluster, "command=vim") as socket:
        *_, status = await ended(socket)
    assert 'exec: "vim": executable file not found in $PATH' in status["message"]


async def test_standard_input_until_it_is_closed(cluster: StandingCluster) -> None:
    async with running(cluster, "command=cat&stdin=true") as socket:
        await socket.send_bytes(b"\x00one\n")
        assert (await socket.receive()).data == b"\x01one\n"
        await socket.send_bytes(b"\x00two\n")
        await socket.send_bytes(CLOSE_STDIN)
        output, _, status = await ended(socket)
    assert (output, status["status"]) == ("two\n", "Success")


async def test_a_shell_reads_its_lines_from_standard_input(cluster: StandingCluster) -> None:
    async with running(cluster, "command=sh&stdin=true", V4) as socket:
        await socket.send_bytes(b"\x00hostname\ncat\nfor cat\n")
        for line in (b"one\n", b"for cat\n"):
            assert (await socket.receive()).data == b"\x01" + line


async def test_many_bytes_both_ways(cluster: StandingCluster) -> None:
    data = random.Random(4).randbytes(8 * MIB)  # noqa: S311 - bytes to compare, no secret
    received = hashlib.sha256()
    async with running(cluster, "command=cat&stdin=true") as socket, asyncio.TaskGroup() as tasks:
        tasks.create_task(send(socket, data))
        async for message in socket:
            if message.data[0] == 1:
                received.update(message.data[1:])
                assert len(message.data) <= 32 * 1024 + 1
            else:
                status = json.loads(message.data[1:])
    assert status["status"] == "Success"
    assert received.hexdigest() == hashlib.sha256(data).hexdigest()


async def send(socket: ClientWebSocketResponse, data: bytes) -> None:
    for start in range(0, len(data), 32 * 1024):
        await socket.send_bytes(b"\x00" + data[start : start + 32 * 1024])
    await socket.send_bytes(CLOSE_STDIN)


async def test_a_reader_that_stalls_stalls_the_writer(cluster: StandingCluster) -> None:
    """Nobody reads what `cat` writes: after what sockets and pipes hold, nothing is taken any more."""
    sent = 0
    async with running(cluster, "command=cat&stdin=true") as socket:
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while sent < 256 * MIB:
                    await socket.send_bytes(b"\x00" + bytes(32 * 1024))
                    sent += 32 * 1024
        assert sent < 32 * MIB
        async for message in socket:
            if message.data[0] == 1:
                sent -= len(message.data) - 1
            if sent == 0:
                break


async def test_a_program_ends_when_its_client_has_left(cluster: StandingCluster) -> None:
    before = asyncio.all_tasks()
    async with running(cluster, "command=sleep&command=1h"):
        await asyncio.sleep(1)
        assert len(asyncio.all_tasks()) > len(before)
    await asyncio.sleep(1)
    assert not [task for task in asyncio.all_tasks() - before if "container" in task.get_name()]


async def test_a_program_ends_when_nobody_reads_its_output_any_more(cluster: StandingCluster) -> None:
    before = asyncio.all_tasks()
    async with running(cluster, "command=cat&command=/dev/zero") as socket:
        assert len((await socket.receive()).data) == 32 * 1024 + 1
    await asyncio.sleep(1)
    assert not [task for task in asyncio.all_tasks() - before if "container" in task.get_name()]


async def test_a_command_that_is_silent_for_an_hour(cluster: StandingCluster) -> None:
    async with running(cluster, "command=sh&command=-c&command=sleep%201h;%20hostname") as socket:
        output, _, status = await ended(socket)
    assert (output, exit_code(status)) == ("one\n", "0")


async def test_what_runs_in_a_pod_that_is_deleted_is_killed(cluster: StandingCluster) -> None:
    async with running(cluster, "command=sleep&command=1h") as socket:
        await cluster.ask("DELETE", POD)
        *_, status = await ended(socket)
    assert exit_code(status) == "137"


async def test_a_server_that_stops_ends_what_runs(cluster: StandingCluster) -> None:
    before = asyncio.all_tasks()
    async with running(cluster, "command=sleep&command=1h") as socket:
        await asyncio.sleep(1)
        await cluster.client.server.close()
        assert (await socket.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
    await asyncio.sleep(1)
    assert not [task for task in asyncio.all_tasks() - before if "container" in task.get_name()]


async def test_a_shell_at_a_terminal(cluster: StandingCluster) -> None:
    async with running(cluster, "command=sh&stdin=true&tty=true") as socket:
        await socket.send_bytes(b"\x04" + json.dumps({"Width": 80, "Height": 24}).encode())
        await socket.send_bytes(b"\x00hostnamm\x7fe\r")
        await socket.send_bytes(b"\x00exit 4\r")
        output, _, status = await ended(socket)
    assert output == "/ # hostnamm\b \be\r\none\r\n/ # exit 4\r\n"
    assert exit_code(status) == "4"


async def test_ctrl_c_ends_what_runs_but_not_the_shell(cluster: StandingCluster) -> None:
    async with running(cluster, "command=sh&stdin=true&tty=true") as socket:
        await socket.send_bytes(b"\x00sleep 1h\r")
        await asyncio.sleep(1)
        await socket.send_bytes(b"\x00\x03")
        await asyncio.sleep(1)
        await socket.send_bytes("\x00echo caf\u00e9 $?\r".encode())
        await asyncio.sleep(1)
        await socket.send_bytes(b"\x00typed\x03\x04")
        output, _, status = await ended(socket)
    assert output == ("/ # sleep 1h\r\n^C\r\n/ # echo caf\u00e9 $?\r\ncaf\u00e9 130\r\n/ # typed^C\r\n/ # \r\n")
    assert exit_code(status) == "0"


async def test_ctrl_c_and_ctrl_d_for_a_program_at_a_terminal(cluster: StandingCluster) -> None:
    async with running(cluster, "command=cat&stdin=true&tty=true") as socket:
        await socket.send_bytes(b"\x00once\r\x04")
        output, _, status = await ended(socket)
    assert (output, exit_code(status)) == ("once\r\nonce\r\n", "0")
    async with running(cluster, "command=sleep&command=1h&stdin=true&tty=true") as socket:
        await asyncio.sleep(1)
        await socket.send_bytes(b"\x00\x03")
        *_, status = await ended(socket)
    assert exit_code(status) == "130"


async def test_attaching_shows_what_the_container_writes(cluster: StandingCluster) -> None:
    async with running(cluster, "stdout=true", verb="attach") as socket:
        assert b"GET /healthz" in (await socket.receive()).data
        assert b"GET /healthz" in (await socket.receive()).data


async def test_attaching_with_input_gives_a_shell(cluster: StandingCluster) -> None:
    async with running(cluster, "stdin=true&tty=true", verb="attach") as socket:
        await socket.send_bytes(b"\x00exit 3\r")
        *_, status = await ended(socket)
    assert exit_code(status) == "3"
