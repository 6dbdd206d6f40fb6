"""Making a websocket: what goes wrong has a sentence, the program sees a reset, and nothing is left open or told."""

import asyncio
import base64
import gc
import logging
import socket
import ssl
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from picows import WSCloseCode

from aksess.errors import AksessError, AzureRefused
from aksess.tunnels.handshake import OPENING_SECONDS, connect
from aksess.tunnels.websocket import Websocket
from unit.tunnels.far_ends import SERVER, TRUST, Rig, far_host, play, rig

WORD = "token-1"


async def refused(stage: Rig) -> AksessError:
    """The program was reset; why."""
    reader, writer = await stage.connect()
    writer.write(b"x")
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    fault = stage.tunnel.last_fault
    assert fault is not None
    assert WORD not in "".join(traceback.format_exception(fault)) + repr(fault) + fault.next_step
    return fault


def test_a_refused_handshake_tells_its_status() -> None:
    async def scene() -> None:
        async with rig() as stage:
            stage.host.answers = False
            fault = await refused(stage)
            assert isinstance(fault, AzureRefused)
            assert fault.status == 404

    play(scene())


def test_nobody_is_followed_elsewhere() -> None:
    async def scene() -> None:
        async with far_host() as other, rig() as stage:
            stage.host.elsewhere = f"wss://127.0.0.1:{other.port}/way/token-1"
            fault = await refused(stage)
            assert isinstance(fault, AzureRefused)
            assert fault.status == 302
            assert other.sockets == []

    play(scene())


def test_a_certificate_nobody_vouches_for_is_refused() -> None:
    async def scene() -> None:
        async with rig(trust=ssl.create_default_context()) as stage:
            assert (await refused(stage)).code == "tunnel-stranger"
            assert stage.host.sockets == []

    play(scene(), excused="SSL handshake failed")


@pytest.mark.parametrize(
    "url",
    [
        "wss://127.0.0.1:1/way/token-1",
        "wss://127.0.0.1:99999/way/token-1",
        "https://127.0.0.1:1/way/token-1",
        "ws:///token-1",
        "token-1",
        "wss://127.0.0.1:1/way/token-1#part",
    ],
)
def test_an_address_that_leads_nowhere(url: str) -> None:
    async def scene() -> None:
        async with rig() as stage:
            stage.host.url = lambda _: url
            assert (await refused(stage)).code == "tunnel-unreachable"

    play(scene())


def test_a_websocket_without_tls_is_not_opened() -> None:
    async def scene() -> None:
        async with rig() as stage, silent_host() as (port, reached):
            stage.host.url = lambda _: f"ws://127.0.0.1:{port}/way/token-1"
            assert (await refused(stage)).code == "tunnel-unreachable"
            assert not reached

    play(scene())


@asynccontextmanager
async def silent_host(
    *, hang_up: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Takes connections and says nothing."""
    reached: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(b"")
        while not hang_up and (said := await reader.read(4096)):
            reached.append(said)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], reached


@pytest.mark.parametrize("hang_up", [True, False])
@pytest.mark.parametrize("tls", [None, SERVER])
def test_a_host_that_says_nothing(hang_up: bool, tls: ssl.SSLContext | None) -> None:
    async def scene() -> None:
        async with rig() as stage, silent_host(hang_up=hang_up, tls=tls) as (port, _):
            stage.host.url = lambda _: f"wss://127.0.0.1:{port}/way/token-1"
            began = asyncio.get_running_loop().time()
            assert (await refused(stage)).code == "tunnel-unreachable"
            assert asyncio.get_running_loop().time() - began <= OPENING_SECONDS + 5

    play(scene())


def test_ending_while_the_handshake_hangs_leaves_no_socket() -> None:
    async def scene() -> None:
        async with silent_host(tls=SERVER) as (port, reached):
            async with rig() as stage:
                stage.host.url = lambda _: f"wss://127.0.0.1:{port}/way/token-1"
                _, writer = await stage.connect()
                writer.write(b"x")
                await asyncio.sleep(1)
                assert b"GET /way/token-1" in reached[1]
                began = asyncio.get_running_loop().time()
            assert asyncio.get_running_loop().time() - began < 1
            writer.close()
            await asyncio.sleep(1)
            gc.collect()
            assert not [one for one in gc.get_objects() if isinstance(one, socket.socket) and port in peer(one)]

    play(scene())


def peer(one: socket.socket) -> tuple[object, ...]:
    try:
        return tuple(one.getpeername())
    except OSError:
        return ()


@dataclass
class Proxy:
    """A CONNECT proxy that takes one user and password."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    word: str = "us er:p@ss/word"

    @property
    def way(self) -> str:
        return f"http://us%20er:p%40ss%2Fword@127.0.0.1:{self.port}"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.split("\r\n")[0])
        if f"Proxy-Authorization: Basic {base64.b64encode(self.word.encode()).decode()}" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            writer.close()
            return
        host, port = head.split(" ")[1].split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.pump(reader, far_writer))
            tasks.create_task(self.pump(far_reader, writer))

    @staticmethod
    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def proxy() -> AsyncIterator[Proxy]:
    made = Proxy()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
        await asyncio.sleep(1)


def test_a_proxy_with_user_and_password_is_gone_through() -> None:
    async def scene() -> None:
        async with proxy() as made, rig(proxy=lambda _: made.way) as stage:
            _, writer = await stage.echoed(bytes(1_000_000))
            assert made.asked == [f"CONNECT 127.0.0.1:{stage.host.port} HTTP/1.1"]
            writer.close()

    play(scene())


def test_a_websocket_that_is_gone_may_still_be_asked_anything() -> None:
    """A slow program outlives it; through a proxy, TLS stands on a transport that is no more."""

    async def scene() -> None:
        async with proxy() as made, far_host() as host:
            over = asyncio.Event()
            websocket = Websocket(over.set)
            async with host.permit() as far_end:
                await connect(websocket, far_end, TRUST, made.way)
                host.sockets[0].close(WSCloseCode.OK)
                await over.wait()
                await asyncio.sleep(1)
                websocket.pause_reading()
                websocket.resume_reading()
                websocket.ping()
                websocket.send(memoryview(bytes(10_000)))
                assert (websocket.blocked, websocket.unsent) == (False, 0)
                await websocket.close(1)
                websocket.abort()

    play(scene())


def test_a_proxy_that_refuses_is_told_without_its_password() -> None:
    async def scene() -> None:
        async with proxy() as made:
            way = f"http://us%20er:hidden@127.0.0.1:{made.port}"
            async with rig(proxy=lambda _: way) as stage:
                fault = await refused(stage)
                assert "407" in fault.sentence
                assert "hidden" not in "".join(traceback.format_exception(fault))

    play(scene())


def test_no_proxy_that_answers() -> None:
    async def scene() -> None:
        async with rig(proxy=lambda _: "http://user:hidden@127.0.0.1:1") as stage:
            fault = await refused(stage)
            assert fault.code == "tunnel-unreachable"
            assert "hidden" not in "".join(traceback.format_exception(fault))

    play(scene())


def test_the_library_logs_no_token(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with rig() as stage:
            _, writer = await stage.echoed(b"x")
            writer.close()

    with caplog.at_level(1):
        logging.getLogger("picows.client").setLevel(1)
        play(scene())
    ours = [one for one in caplog.records if "server" not in one.name]
    assert WORD not in "".join(one.getMessage() for one in ours)
