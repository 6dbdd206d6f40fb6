"""A client of SPDY/3.1, over an upgraded connection as old kubectls have it or a WebSocket as new ones do."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import WSMsgType

from aksess_sim.services.apiserver.streaming.spdy_frames import Control, Data, Kind, Unpacker, control, data
from aksess_sim.services.apiserver.streaming.spdy_headers import HeaderReader, HeaderWriter
from sim.standing_cluster import WRITING, StandingCluster

Read = Callable[[], Awaitable[bytes]]
Write = Callable[[bytes], Awaitable[None]]


@dataclass
class Received:
    """What has come in on one stream."""

    data: bytearray = field(default_factory=bytearray)
    replied: bool = False
    over: bool = False
    reset: bool = False


@dataclass
class SpdyClient:
    """Opens streams and reads until something is there; nothing is read while nobody asks."""

    read: Read
    write: Write
    streams: dict[int, Received] = field(default_factory=dict)
    pings: list[int] = field(default_factory=list)
    gone: bool = False
    _newest: int = -1
    _unpacker: Unpacker = field(default_factory=Unpacker)
    _out: HeaderWriter = field(default_factory=HeaderWriter)
    _in: HeaderReader = field(default_factory=HeaderReader)

    async def open(self, **headers: str) -> int:
        """A new stream's number."""
        self._newest += 2
        self.streams[self._newest] = Received()
        body = struct.pack(">IIH", self._newest, 0, 0) + self._out.write(headers)
        await self.write(control(Kind.SYN_STREAM, body))
        return self._newest

    async def send(self, stream: int, body: bytes = b"", *, last: bool = False) -> None:
        await self.write(data(stream, body, last=last))

    async def ping(self, number: int) -> None:
        await self.write(control(Kind.PING, struct.pack(">I", number)))

    async def until(self, there: Callable[[], bool]) -> None:
        """Read until it is so; EOFError when the server closes before."""
        while not there():
            chunk = await self.read()
            if not chunk:
                raise EOFError
            self._unpacker.feed(chunk)
            for frame in self._unpacker.frames():
                self._take(frame)

    async def all_of(self, stream: int) -> str:
        """Everything a stream carries until the server has ended it."""
        received = self.streams[stream]
        await self.until(lambda: received.over or received.reset)
        return received.data.decode()

    def _take(self, frame: Data | Control) -> None:
        if isinstance(frame, Data):
            self.streams[frame.stream].data += frame.body
            self.streams[frame.stream].over |= frame.last
            return
        match frame.kind:
            case Kind.SYN_REPLY:
                assert self._in.read(frame.body[4:]) == {}
                self.streams[frame.number].replied = True
            case Kind.RST_STREAM:
                self.streams[frame.number].reset = True
            case Kind.PING:
                self.pings.append(frame.number)
            case Kind.GOAWAY:
                self.gone = True


async def upgrade(
    cluster: StandingCluster, path: str, protocol: str
) -> tuple[str, asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for SPDY; the answer's head and the connection."""
    reader, writer = await asyncio.open_connection(cluster.client.host, cluster.client.port, limit=2**16)
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {cluster.client.host}",
        f"Authorization: Bearer {WRITING}",
        "Connection: Upgrade",
        "Upgrade: SPDY/3.1",
        f"X-Stream-Protocol-Version: {protocol}",
        "X-Stream-Protocol-Version: old.example",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    return (await reader.readuntil(b"\r\n\r\n")).decode(), reader, writer


@asynccontextmanager
async def upgraded(cluster: StandingCluster, path: str, protocol: str) -> AsyncIterator[SpdyClient]:
    """SPDY on the connection itself."""
    head, reader, writer = await upgrade(cluster, path, protocol)
    assert head.startswith("HTTP/1.1 101 "), head
    assert f"X-Stream-Protocol-Version: {protocol}\r\n" in head
    assert "Upgrade: SPDY/3.1\r\n" in head

    async def write(data: bytes) -> None:
        writer.write(data)
        await writer.drain()

    try:
        yield SpdyClient(lambda: reader.read(2**16), write)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def tunneled(cluster: StandingCluster, path: str, protocol: str) -> AsyncIterator[SpdyClient]:
    """SPDY in the binary messages of a WebSocket."""
    headers = {"Authorization": f"Bearer {WRITING}"}
    async with cluster.client.ws_connect(path, protocols=[f"SPDY/3.1+{protocol}"], headers=headers) as socket:
        assert socket.protocol == f"SPDY/3.1+{protocol}"

        async def read() -> bytes:
            message = await socket.receive()
            return message.data if message.type is WSMsgType.BINARY else b""

        yield SpdyClient(read, socket.send_bytes)
