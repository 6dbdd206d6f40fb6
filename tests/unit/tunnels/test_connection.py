"""One connection: whole data, slow sides, half-closes, silence, and how it ends."""

import asyncio
import hashlib
import os
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picows import WSCloseCode

from aksess.clock import Clock
from aksess.tunnels.connection import LINGER_SECONDS, PING_SECONDS, STUCK_SECONDS, Connection, Way
from aksess.tunnels.near import reset
from aksess.tunnels.websocket import Websocket
from unit.tunnels.far_ends import TRUST, Host, play, rig

MIB = 1 << 20
pieces = st.lists(st.integers(1, 70_000).map(os.urandom), max_size=12)


@given(pieces)
@settings(max_examples=40)
def test_whatever_is_said_arrives_whole_and_in_order(said: list[bytes]) -> None:
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.connect()
            for piece in said:
                writer.write(piece)
                await asyncio.sleep(0)
            writer.write_eof()
            whole = b"".join(said)
            assert await reader.readexactly(len(whole)) == whole
            assert await reader.read() == b""
            if said:
                assert stage.far.came == whole
                assert max(stage.far.sizes) <= 4096
            writer.close()

    play(scene())


@pytest.mark.parametrize("size", [5, 100_000])
def test_what_the_far_end_says_first_is_not_lost(size: int) -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            stage.host.greeting = os.urandom(size)
            stage.host.answer_pings = False
            reader, writer = await stage.connect()
            writer.write(b"x")
            assert await reader.readexactly(size) == stage.host.greeting
            writer.close()

    play(scene())


def test_a_near_side_that_does_not_read_holds_the_far_end_back() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            reader, writer = await stage.connect()
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(b"x")
            await asyncio.sleep(1)
            data = os.urandom(64 * MIB)
            stage.far.say(data)
            await asyncio.sleep(1000)
            assert stage.tunnel.received < 16 * MIB, "held back, and not dead after a thousand seconds"
            assert stage.tunnel.now == 1
            writer.transport.resume_reading()  # type: ignore[attr-defined]
            assert hashlib.sha256(await reader.readexactly(len(data))).digest() == hashlib.sha256(data).digest()
            writer.close()

    play(scene())


def test_a_far_end_that_does_not_read_holds_the_near_side_back() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            _, writer = await stage.echoed(b"")
            writer.write(b"x")
            await asyncio.sleep(1)
            stage.far.transport.underlying_transport.pause_reading()
            data = os.urandom(64 * MIB)
            writer.write(data)
            await asyncio.sleep(1000)
            assert stage.tunnel.sent < 16 * MIB
            assert stage.tunnel.now == 1
            stage.far.transport.underlying_transport.resume_reading()
            await writer.drain()
            writer.close()
            await asyncio.wait_for(stage.far.gone.wait(), 60)
            assert stage.far.came == b"x" + data

    play(scene())


def test_a_near_side_that_finished_still_hears_what_comes() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            reader, writer = await stage.connect()
            writer.write(b"question")
            await asyncio.sleep(0.1)
            stage.far.answer_close = False
            writer.write_eof()
            for _ in range(5):
                await asyncio.sleep(LINGER_SECONDS * 0.9)
                stage.far.say(b"answer")
            stage.far.close(WSCloseCode.OK)
            assert await reader.read() == b"answer" * 5
            assert (bytes(stage.far.came), stage.far.closed_with) == (b"question", 1000)
            writer.close()
            await asyncio.sleep(0.1)
            assert (stage.tunnel.now, stage.tunnel.last_fault) == (0, None)

    play(scene())


def test_a_far_end_that_does_not_answer_the_end_is_left_soon() -> None:
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.echoed(b"x")
            stage.far.answer_close = False
            writer.write_eof()
            began = asyncio.get_running_loop().time()
            assert await reader.read() == b""
            assert asyncio.get_running_loop().time() - began < 3 * LINGER_SECONDS
            writer.close()
            assert stage.tunnel.last_fault is None

    play(scene())


def test_what_was_sent_before_the_program_went_is_delivered() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            _, writer = await stage.echoed(b"")
            writer.write(b"x")
            await asyncio.sleep(1)
            stage.far.transport.underlying_transport.pause_reading()
            data = os.urandom(MIB)
            writer.write(data)
            await asyncio.sleep(1)
            writer.close()
            await asyncio.sleep(LINGER_SECONDS / 2)
            stage.far.transport.underlying_transport.resume_reading()
            await asyncio.wait_for(stage.far.gone.wait(), 60)
            assert stage.far.came == b"x" + data

    play(scene())


class Fading(Websocket):
    """A far end after the near side has finished: it says something, and takes something, at these seconds."""

    def __init__(self, unsent: int, says: list[int], takes: list[int]) -> None:
        super().__init__(lambda: None)
        self._unsent, self._says, self._takes = unsent, says, takes

    @property
    def heard(self) -> int:
        return sum(one <= asyncio.get_running_loop().time() for one in self._says)

    @heard.setter
    def heard(self, _: int) -> None: ...

    @property
    def unsent(self) -> int:
        return self._unsent - sum(one <= asyncio.get_running_loop().time() for one in self._takes)


@pytest.mark.parametrize(
    ("gone", "unsent", "says", "takes", "seconds"),
    [
        pytest.param(False, 0, [], [], 5, id="silent"),
        pytest.param(False, 0, [4, 9], [], 15, id="has something to say"),
        pytest.param(True, 0, [4, 9], [], 5, id="talks to nobody"),
        pytest.param(True, 9, [4, 9], [], 60, id="takes nothing"),
        pytest.param(False, 9, [], [], 60, id="takes nothing, and somebody may listen"),
        pytest.param(True, 9, [], [57, 112], 175, id="takes a little"),
        pytest.param(True, 2, [], [57, 112], 120, id="takes all"),
    ],
)
def test_how_long_a_far_end_is_waited_for(
    gone: bool, unsent: int, says: list[int], takes: list[int], seconds: float
) -> None:
    async def scene() -> None:
        near, program = socket.socketpair()
        with near, program:
            way = Way(Host(), TRUST, lambda _: None, Clock(), memoryview(b""))
            made = Connection(near, way, lambda: None, lambda _: None)
            made.websocket = Fading(unsent, says, takes)
            if gone:
                made._near_gone()
            await made._last_words()
            assert asyncio.get_running_loop().time() == seconds

    assert (LINGER_SECONDS, STUCK_SECONDS) == (5, 60)
    play(scene())


def test_a_far_end_that_talks_on_to_nobody_is_left() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            _, writer = await stage.echoed(b"")
            writer.write(b"x")
            await asyncio.sleep(1)
            stage.far.answer_close = False
            reset(writer.get_extra_info("socket"))
            writer.transport.abort()
            for _ in range(20):
                stage.far.say(b"on and on")
                await asyncio.sleep(1)
            assert stage.tunnel.now == 0

    play(scene())


def test_a_program_that_went_while_it_did_not_read_is_not_waited_for() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            _, writer = await stage.connect()
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(b"x")
            await asyncio.sleep(1)
            stage.far.say(bytes(32 * MIB))
            await asyncio.sleep(1)
            assert stage.tunnel.received < 16 * MIB
            writer.transport.abort()
            await asyncio.sleep(LINGER_SECONDS * 0.9)
            assert stage.tunnel.now == 0

    play(scene())


def test_a_program_that_is_reset_ends_the_far_end() -> None:
    async def scene() -> None:
        async with rig() as stage:
            _, writer = await stage.echoed(b"x")
            writer.transport.abort()
            await asyncio.wait_for(stage.far.gone.wait(), 60)
            assert stage.far.closed_with == 1000

    play(scene())


@pytest.mark.parametrize("code", [WSCloseCode.OK, WSCloseCode.NO_INFO])
def test_a_far_end_that_ends_properly_ends_the_program_s_connection_properly(code: WSCloseCode) -> None:
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.echoed(b"x")
            stage.far.say(b"last words")
            stage.far.close(code)
            assert await reader.read() == b"last words"
            writer.close()
            await asyncio.sleep(0.1)
            assert (stage.tunnel.now, stage.tunnel.last_fault, stage.heard.notes) == (0, None, [])

    play(scene())


def test_the_permit_is_given_back_before_a_slow_reader_has_read_the_rest() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            with socket.socket() as program:
                program.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                program.connect(("127.0.0.1", stage.tunnel.port))
                program.send(b"x")
                await asyncio.sleep(1)
                stage.near_takes_little()
                data = os.urandom(200_000)
                stage.far.say(data)
                stage.far.close(WSCloseCode.OK)
                await asyncio.sleep(1000)
                assert (stage.host.given_back, stage.tunnel.now) == (1, 1)
                program.setblocking(False)
                reader, writer = await asyncio.open_connection(sock=program)
                assert await reader.read() == data
                writer.close()
            await asyncio.sleep(1)
            assert stage.tunnel.now == 0

    play(scene())


def test_a_silent_connection_is_kept_awake() -> None:
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.echoed(b"x")
            await asyncio.sleep(3600)
            assert stage.far.pings >= 3600 / 240
            writer.write(b"y")
            assert await reader.readexactly(1) == b"y"
            writer.close()

    play(scene())


def test_a_far_end_that_fell_silent_is_noticed() -> None:
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.echoed(b"x")
            await asyncio.sleep(10 * PING_SECONDS)
            stage.far.answer_pings = False
            began = asyncio.get_running_loop().time()
            with pytest.raises(ConnectionResetError):
                await reader.read()
            assert asyncio.get_running_loop().time() - began <= 3 * PING_SECONDS
            assert stage.tunnel.last_fault is not None
            assert "silent" in stage.tunnel.last_fault.sentence
            writer.close()

    play(scene())


def test_a_far_end_that_never_answers_pings_is_believed_to_live() -> None:
    async def scene() -> None:
        async with rig() as stage:
            stage.host.answer_pings = False
            reader, writer = await stage.echoed(b"x")
            await asyncio.sleep(3600)
            writer.write(b"y")
            assert await reader.readexactly(1) == b"y"
            writer.close()

    play(scene())
