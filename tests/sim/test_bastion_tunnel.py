"""What happens to bytes between a websocket and what it leads to: order, pressure, silence, ends."""

import asyncio
import hashlib
import os
import struct
from collections.abc import AsyncIterator

import pytest

from aksess_sim.internet.reachability import Reach
from aksess_sim.services.bastion.tunnel import SILENT_FOR
from aksess_sim.world.bastions import State
from sim.bastion_bench import Bench, bench
from sim.bastion_client import BINARY, CLOSE, PING, PONG, TEXT, Websocket, frame

PIECE = os.urandom(4096)
MEBIBYTE = 1 << 20


@pytest.fixture
async def desk() -> AsyncIterator[Bench]:
    async with bench() as standing:
        yield standing


async def fill(writer: asyncio.StreamWriter, piece: bytes, most: int) -> int:
    """Write until nobody takes any more, or `most` is written; how much it was."""
    sent = 0
    while sent < most:
        writer.write(piece)
        sent += len(piece)
        try:
            await asyncio.wait_for(writer.drain(), 5)
        except TimeoutError:
            break
    return sent


async def receive(websocket: Websocket, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        opcode, payload = await websocket.receive()
        assert opcode == BINARY
        assert len(payload) <= 4096
        got += payload
    return bytes(got)


async def test_random_bytes_arrive_as_they_were_sent_both_ways_at_once(desk: Bench) -> None:
    websocket = await desk.open()
    reader, writer = desk.far[0]
    data = os.urandom(4 * MEBIBYTE + 17)

    async def upload() -> None:
        for at in range(0, len(data), 4096):
            websocket.send(BINARY, data[at : at + 4096])
            await websocket.writer.drain()

    async def download() -> None:
        writer.write(data)
        await writer.drain()

    async with asyncio.TaskGroup() as group:
        group.create_task(upload())
        group.create_task(download())
        up = group.create_task(reader.readexactly(len(data)))
        down = group.create_task(receive(websocket, len(data)))
    expected = hashlib.sha256(data).digest()
    assert hashlib.sha256(up.result()).digest() == expected
    assert hashlib.sha256(down.result()).digest() == expected


async def test_a_target_that_does_not_read_holds_the_client_back(desk: Bench) -> None:
    websocket = await desk.open()
    reader, _ = desk.far[0]
    sent = await fill(websocket.writer, frame(BINARY, PIECE), 64 * MEBIBYTE)
    assert sent < 64 * MEBIBYTE
    assert desk.near[0].get_write_buffer_size() < MEBIBYTE
    count = sent // len(frame(BINARY, PIECE))
    assert await reader.readexactly(count * 4096) == PIECE * count


async def test_a_client_that_does_not_read_holds_the_target_back(desk: Bench) -> None:
    websocket = await desk.open()
    _, writer = desk.far[0]
    sent = await fill(writer, PIECE, 64 * MEBIBYTE)
    assert sent < 64 * MEBIBYTE
    assert await receive(websocket, sent) == PIECE * (sent // 4096)


async def test_what_a_target_says_last_arrives_before_the_close(desk: Bench) -> None:
    websocket = await desk.open()
    _, writer = desk.far[0]
    writer.write(PIECE * 30)
    writer.close()
    assert await receive(websocket, 30 * 4096) == PIECE * 30
    assert await websocket.closed() == 1000
    websocket.send(CLOSE, b"\x03\xe8")
    assert await websocket.reader.read() == b""


async def test_what_a_client_says_last_arrives_before_the_end(desk: Bench) -> None:
    websocket = await desk.open()
    reader, _ = desk.far[0]
    for _ in range(30):
        websocket.send(BINARY, PIECE)
    websocket.send(CLOSE, b"\x03\xe8")
    assert await reader.read(-1) == PIECE * 30
    assert await websocket.closed() == 1000
    assert await websocket.reader.read() == b""
    assert [session.state for session in desk.bastion.sessions()] == [State.ORPHANED]


async def test_a_client_that_breaks_off_ends_the_connection_behind_it(desk: Bench) -> None:
    websocket = await desk.open()
    websocket.writer.transport.abort()
    assert await desk.far[0][0].read() == b""


async def test_a_client_that_does_not_answer_a_close_is_broken_off(desk: Bench) -> None:
    websocket = await desk.open()
    desk.far[0][1].close()
    assert await websocket.closed() == 1000
    assert await websocket.reader.read() == b""


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (frame(BINARY, b"x" * 4097), 1009),
        (frame(BINARY, b"x", final=False), 1002),
        (frame(0x0, b"x"), 1002),
        (frame(TEXT, b"x"), 1003),
        (frame(BINARY, b"x", mask=False), 1002),
    ],
)
async def test_a_frame_that_breaks_the_rules_ends_the_session(desk: Bench, wrong: bytes, code: int) -> None:
    websocket = await desk.open()
    websocket.writer.write(frame(BINARY, b"good") + wrong + frame(BINARY, b"never"))
    assert await websocket.closed() == code
    websocket.send(CLOSE, code.to_bytes(2, "big"))
    assert await desk.far[0][0].read() == b"good"


async def test_a_ping_is_answered(desk: Bench) -> None:
    websocket = await desk.open()
    websocket.send(PING, b"there?")
    assert await websocket.receive() == (PONG, b"there?")


async def test_pings_keep_a_flow_alive_and_so_do_bytes(desk: Bench) -> None:
    websocket = await desk.open()
    reader, writer = desk.far[0]
    for _ in range(5):
        await asyncio.sleep(230)
        websocket.send(PING)
        assert await websocket.receive() == (PONG, b"")
        await asyncio.sleep(230)
        writer.write(b"still here")
        assert await receive(websocket, 10) == b"still here"
    websocket.send(BINARY, b"so am I")
    assert await reader.readexactly(7) == b"so am I"


async def test_an_idle_flow_is_forgotten_without_a_word_and_then_reset(desk: Bench) -> None:
    websocket = await desk.open()
    await asyncio.sleep(desk.bastion.timings.idle + 1)
    assert await desk.far[0][0].read() == b""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(websocket.receive(), 600)
    assert desk.bastion.sessions(State.LIVE) == []
    websocket.send(BINARY, b"anybody?")
    with pytest.raises(ConnectionResetError):
        await websocket.receive()


async def test_a_forgotten_flow_in_which_nobody_speaks_is_cleared_away(desk: Bench) -> None:
    websocket = await desk.open()
    await asyncio.sleep(desk.bastion.timings.idle + SILENT_FOR + 1)
    assert await websocket.reader.read() == b""


async def test_a_flow_that_is_held_back_is_not_idle(desk: Bench) -> None:
    websocket = await desk.open()
    reader, _ = desk.far[0]
    sent = await fill(websocket.writer, frame(BINARY, PIECE), 64 * MEBIBYTE)
    idle = desk.bastion.timings.idle
    await asyncio.sleep(3 * idle - 20)
    count = sent // len(frame(BINARY, PIECE))
    assert len(await reader.readexactly(count * 4096)) == count * 4096
    await asyncio.sleep(idle - 20)
    websocket.send(BINARY, b"here again")
    assert await reader.readexactly(10) == b"here again"


@pytest.mark.parametrize("answer", [Reach.SILENT, Reach.REFUSED, Reach.UNRESOLVED])
async def test_a_target_that_cannot_be_reached_closes_the_websocket_and_says_no_more(
    desk: Bench, answer: Reach
) -> None:
    desk.answer, desk.takes = answer, 20
    websocket = await desk.open()
    assert websocket.status == 101
    opcode, payload = await websocket.receive()
    assert (opcode, struct.unpack(">H", payload[:2])) == (CLOSE, (1011,))
    assert answer.name.lower().encode() not in payload
    assert asyncio.get_running_loop().time() == pytest.approx(20, abs=1)


async def test_what_is_sent_while_the_target_is_being_connected_is_kept(desk: Bench) -> None:
    desk.takes = 5
    websocket = await desk.open()
    websocket.send(BINARY, b"early")
    websocket.send(BINARY, b"bird")
    await asyncio.sleep(6)
    assert await desk.far[0][0].readexactly(9) == b"earlybird"


async def test_a_restart_while_the_target_is_being_connected_ends_it_too(desk: Bench) -> None:
    desk.takes = 5
    websocket = await desk.open()
    desk.bastion.restart()
    assert await websocket.closed() == 1001
    websocket.send(CLOSE, b"\x03\xe9")
    await asyncio.sleep(10)
    assert desk.bastion.sessions() == []
