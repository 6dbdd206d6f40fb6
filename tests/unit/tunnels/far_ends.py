"""A far end to try tunnels against: a TLS websocket on loopback, and permits that count what is lent and given back."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme
from picows import (
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from aksess.clock import Clock
from aksess.errors import AksessError
from aksess.settings import Secret
from aksess.tunnels.far_end import FarEnd
from aksess.tunnels.tunnel import Tunnel, open_tunnel
from sim.virtual_time import VirtualTimeLoop

AUTHORITY = trustme.CA()
TRUST = ssl.create_default_context()
AUTHORITY.configure_trust(TRUST)
SERVER = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
AUTHORITY.issue_cert("127.0.0.1").configure_cert(SERVER)


def play(scene: Coroutine[Any, Any, None], *, excused: str = "") -> None:
    """Run a scene on virtual time; what the event loop had to complain about fails the test."""
    complaints: list[Any] = []
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.get_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
        runner.run(scene)
    assert [one for one in complaints if one["message"] != excused] == []


class FarSocket(WSListener):
    """One websocket as the far end has it. It notes what the tunnel did and what came; echoes when told to."""

    def __init__(self, request: WSUpgradeRequest, *, echo: bool) -> None:
        self.path = request.path.decode()
        self.headers = dict(request.headers)
        self.echo = echo
        self.came = bytearray()
        self.sizes: list[int] = []
        self.kinds: set[tuple[WSMsgType, bool]] = set()
        self.pings = 0
        self.pongs: list[bytes] = []
        self.answer_pings = True
        self.answer_close = True
        self.closed_with: int | None = None
        self.greeting = b""
        self.gone = asyncio.Event()
        self.transport: WSTransport = None  # type: ignore[assignment]  # until it is connected

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.say(self.greeting)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.PING:
            self.pings += 1
            if self.answer_pings:
                transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.PONG:
            self.pongs.append(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            self.closed_with = frame.get_close_code().value
            if self.answer_close:
                transport.send_close(WSCloseCode.OK)
                transport.disconnect()
        else:
            self.kinds.add((WSMsgType(frame.msg_type), bool(frame.fin)))
            self.sizes.append(frame.payload_size)
            self.came += frame.get_payload_as_bytes()
            if self.echo:
                transport.send(WSMsgType.BINARY, frame.get_payload_as_bytes())

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        self.gone.set()

    def say(self, data: bytes) -> None:
        for start in range(0, len(data), 4096):
            self.transport.send(WSMsgType.BINARY, data[start : start + 4096])

    def close(self, code: WSCloseCode, reason: str = "") -> None:
        self.transport.send_close(code, reason)

    def drop(self) -> None:
        """Gone without a word."""
        self.transport.disconnect(graceful=False)


@dataclass
class Host:
    """The far end's host, and the permits to it."""

    port: int = 0
    echo: bool = True
    lent: int = 0
    given_back: int = 0
    cut_short: int = 0
    """How often giving back was cancelled."""
    sockets: list[FarSocket] = field(default_factory=list)
    refuse: AksessError | None = None
    answers: bool = True
    answer_pings: bool = True
    greeting: bytes = b""
    """What every far end says before it was said anything."""
    elsewhere: str = ""
    """Where it sends everybody instead."""
    lend_seconds: float = 0
    give_back_seconds: float = 0.01
    url: Callable[["Host"], str] = lambda host: f"wss://127.0.0.1:{host.port}/way/token-{host.lent}?node=a"

    @asynccontextmanager
    async def permit(self) -> AsyncIterator[FarEnd]:
        if self.refuse is not None:
            raise self.refuse
        self.lent += 1
        try:
            await asyncio.sleep(self.lend_seconds)
            yield FarEnd(Secret(self.url(self)), {"X-Node-Id": "a"})
        finally:
            try:
                await asyncio.sleep(self.give_back_seconds)
            except asyncio.CancelledError:
                self.cut_short += 1
                raise
            finally:
                self.given_back += 1

    def new_socket(self, request: WSUpgradeRequest) -> FarSocket | WSUpgradeResponseWithListener | None:
        if self.elsewhere:
            away = WSUpgradeResponse.create_redirect_response(302, self.elsewhere)
            return WSUpgradeResponseWithListener(away, None)
        if not self.answers:
            return None
        made = FarSocket(request, echo=self.echo)
        made.greeting, made.answer_pings = self.greeting, self.answer_pings
        self.sockets.append(made)
        return made


@dataclass
class Heard:
    """A progress that remembers its notes."""

    notes: list[str] = field(default_factory=list)

    def stage(self, text: str, *, usually: float | None = None) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)


@dataclass
class Rig:
    host: Host
    tunnel: Tunnel
    heard: Heard

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.tunnel.port)

    async def echoed(self, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection that has carried this there and back."""
        reader, writer = await self.connect()
        writer.write(data)
        assert await reader.readexactly(len(data)) == data
        return reader, writer

    @property
    def far(self) -> FarSocket:
        """The newest."""
        return self.host.sockets[-1]

    def near_takes_little(self) -> None:
        """The kernel keeps nothing for the program of the only connection, so that the tunnel has to."""
        (made,) = self.tunnel._standing
        made._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)


@asynccontextmanager
async def far_host(*, echo: bool = True, tls: ssl.SSLContext = SERVER) -> AsyncIterator[Host]:
    host = Host(echo=echo)
    server = await ws_create_server(host.new_socket, "127.0.0.1", 0, ssl=tls, enable_auto_pong=False)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for one in host.sockets:
            one.drop()
        await server.wait_closed()


@asynccontextmanager
async def rig(
    *, echo: bool = True, proxy: Callable[[str], str | None] = lambda _: None, trust: ssl.SSLContext = TRUST
) -> AsyncIterator[Rig]:
    """A host and an open tunnel to it."""
    heard = Heard()
    async with far_host(echo=echo) as host:
        async with open_tunnel(host, trust, proxy, Clock(), heard) as tunnel:
            yield Rig(host, tunnel, heard)
        assert host.given_back == host.lent, "a permit was not given back"
