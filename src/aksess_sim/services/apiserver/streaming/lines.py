"""What SPDY runs on: the connection of an upgraded request, or the binary messages of a WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import WSMsgType, web

_HELD = 64 * 1024
"""Bytes that are read ahead."""


class Line(Protocol):
    """A connection to a client, both ways, without any notion of messages."""

    async def read(self) -> bytes:
        """What has come in; none means that the client has left."""
        ...

    async def write(self, data: bytes) -> None:
        """Send, and wait while much is still to be sent; ConnectionError when the client has left."""
        ...


class _Connection(asyncio.StreamReaderProtocol):
    """Stands in for the HTTP protocol on a connection, and remembers whether it was lost meanwhile."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__(reader)
        self.lost = False

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        super().connection_lost(exc)


class _Upgraded:
    def __init__(self, transport: asyncio.Transport) -> None:
        self._reader = asyncio.StreamReader(_HELD)
        self.protocol = _Connection(self._reader)
        self.protocol.connection_made(transport)
        self._writer = asyncio.StreamWriter(transport, self.protocol, self._reader, asyncio.get_running_loop())

    async def read(self) -> bytes:
        try:
            return await self._reader.read(_HELD)
        except ConnectionError:
            return b""

    async def write(self, data: bytes) -> None:
        if self._writer.is_closing():
            raise ConnectionResetError("the client left")
        self._writer.write(data)
        await self._writer.drain()


@asynccontextmanager
async def upgraded(request: web.Request, response: web.StreamResponse) -> AsyncIterator[Line]:
    """Send the 101 and have the connection for oneself; it is closed afterwards, and `response` is to be returned."""
    transport, http = request.transport, request.protocol
    if transport is None:
        raise ConnectionResetError("the client left")
    line = _Upgraded(transport)
    transport.set_protocol(line.protocol)
    try:
        await response.prepare(request)
        response.force_close()
        yield line
    finally:
        transport.set_protocol(http)
        if line.protocol.lost:
            http.connection_lost(None)
        else:
            transport.close()


class WebSocketLine:
    """The binary messages of a WebSocket, end to end."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def read(self) -> bytes:
        """See `Line`."""
        while (message := await self._socket.receive()).type in (WSMsgType.BINARY, WSMsgType.TEXT):
            if message.type is WSMsgType.BINARY and message.data:
                return bytes(message.data)
        return b""

    async def write(self, data: bytes) -> None:
        """See `Line`."""
        await self._socket.send_bytes(data)
