"""The near half of a connection: the socket that a program on this machine opened to the tunnel's port."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from aksess.tunnels.websocket import BUFFERED_BYTES, Websocket

_RESET = struct.pack("ii", 1, 0)
READ_BYTES = 64 * 1024
"""The kernel's own largest piece; more is not faster."""


class NearSocket(asyncio.BufferedProtocol):
    """Reads into a buffer that all connections share: what is read is sent before anything else happens.

    `finished` is called when the program sends nothing more, `gone` when the socket is closed.
    """

    def __init__(
        self, websocket: Websocket, buffer: memoryview, finished: Callable[[], None], gone: Callable[[], None]
    ) -> None:
        self._websocket = websocket
        self._buffer = buffer
        self._finished = finished
        self._gone = gone
        self._transport: asyncio.Transport | None = None

    # what the connection does

    def close(self) -> None:
        """Send what is left, then the end."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Cut, so that nobody takes what came for the whole."""
        if self._transport is not None:
            reset(self._transport.get_extra_info("socket"))
            self._transport.abort()

    # what the websocket does

    def write(self, payload: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(payload)

    def pause_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    # what the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(BUFFERED_BYTES)
        self._websocket.attach(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's own signature
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._websocket.send(self._buffer[:nbytes])

    def eof_received(self) -> bool:
        """True keeps the other direction open."""
        self._finished()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a reset is an end like any other
        self._transport = None  # asyncio's own forgets that it is gone when it had something left to send
        self._websocket.resume_reading()
        self._gone()

    def pause_writing(self) -> None:
        self._websocket.pause_reading()

    def resume_writing(self) -> None:
        self._websocket.resume_reading()


async def first_byte(waiting: socket.socket) -> bool:
    """Until the program says something (TLS clients speak first); false when it went without a word."""
    loop = asyncio.get_running_loop()
    readable = loop.create_future()

    def wake() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(waiting, wake)
    try:
        await readable
    finally:
        loop.remove_reader(waiting)
    try:
        return bool(waiting.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


def reset(near: socket.socket) -> None:
    """Its end will be a reset instead of a proper end."""
    with suppress(OSError):
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
