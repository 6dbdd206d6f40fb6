"""One connection to the proxy before anyone serves it: collects the request head, then asks for an answer.

It notices a client that leaves while it waits, and ends the work for it.
"""

import asyncio
from collections.abc import Callable

from aksess_sim.internet.request_head import END_OF_HEAD, LONGEST_HEAD


class Line(asyncio.Protocol):
    """`begin` is called once, with the line, when the head is whole; it returns the task that answers."""

    def __init__(self, begin: "Callable[[Line], asyncio.Task[None]]", open_lines: "set[Line]") -> None:
        self.received = b""
        self.lost = asyncio.Event()
        self._begin = begin
        self._open_lines = open_lines
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport

    @property
    def head(self) -> bytes:
        """The first request's head, without the empty line."""
        return self.received.partition(END_OF_HEAD)[0]

    @property
    def early(self) -> bytes:
        """What the client sent after the head without waiting for an answer."""
        return self.received.partition(END_OF_HEAD)[2]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type, sockets have no other
        self._transport = transport
        self._open_lines.add(self)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self._task is None and END_OF_HEAD in self.received:
            self._task = self._begin(self)
        elif len(self.received) > LONGEST_HEAD:
            self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._open_lines.discard(self)
        self.lost.set()
        if self._task:
            self._task.cancel()

    def write(self, data: bytes) -> None:
        """Send; raises ConnectionResetError when the client has left."""
        if self._transport.is_closing():
            raise ConnectionResetError("the client left")
        self._transport.write(data)

    def refuse(self, status: int, reason: str, text: str, *headers: str) -> None:
        """Answer with a short text and close."""
        body = f"{text}\n".encode()
        lines = [
            f"HTTP/1.1 {status} {reason}",
            *headers,
            "Content-Type: text/plain",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        self._transport.write("\r\n".join(lines).encode() + END_OF_HEAD + body)
        self._transport.close()

    def release(self) -> asyncio.Transport:
        """Give the connection away: what happens on it is no longer this line's affair."""
        if self._transport.is_closing():
            raise ConnectionResetError("the client left")
        self._open_lines.discard(self)
        return self._transport

    def hang_up(self) -> None:
        """Break the connection off."""
        self._transport.abort()
