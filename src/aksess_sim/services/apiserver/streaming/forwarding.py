"""port-forward: pairs of SPDY streams, one for a connection's bytes and one for what is wrong with it.

kubectl up to 1.30 upgrades its request to SPDY; from 1.31 on the same SPDY runs in the binary messages of a WebSocket.
Source: k8s.io/client-go `tools/portforward` and KEP-4006 (`SPDY/3.1+portforward.k8s.io`).
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.containers.streams import Sink, Source
from aksess_sim.services.apiserver.streaming import spdy_channels
from aksess_sim.services.apiserver.streaming.channels import as_long_as
from aksess_sim.services.apiserver.streaming.lines import Line, WebSocketLine, upgraded
from aksess_sim.services.apiserver.streaming.spdy import Session, Stream

PROTOCOL = "portforward.k8s.io"
TUNNELED = f"SPDY/3.1+{PROTOCOL}"

Connect = Callable[[int, Source, Sink], Coroutine[Any, Any, None]]
"""One connection to a port of the pod; raises ConnectionError, whose text the client is told."""
Lasts = Callable[[], Coroutine[Any, Any, None]]
"""Returns when there is nothing left to connect to."""


def is_asked_for(request: web.Request) -> bool:
    """Whether the client speaks one of the two."""
    return spdy_channels.is_asked_for(request) or TUNNELED in request.headers.get("Sec-WebSocket-Protocol", "")


async def serve(request: web.Request, connect: Connect, lasts: Lasts) -> web.StreamResponse:
    """Carry connections until the client leaves, or for as long as something else lasts."""
    if spdy_channels.is_asked_for(request):
        response = spdy_channels.switching(request, [PROTOCOL])
        async with upgraded(request, response) as line:
            await _Forwarding(connect).run(line, lasts)
        return response
    socket = web.WebSocketResponse(protocols=[TUNNELED], compress=False)
    await socket.prepare(request)
    await _Forwarding(connect).run(WebSocketLine(socket), lasts)
    with suppress(ConnectionError):
        await socket.close()
    return socket


class _Forwarding:
    """One client's connections; none outlives it."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._halves: dict[str, Stream] = {}
        self._tasks = asyncio.TaskGroup()

    async def run(self, line: Line, lasts: Lasts) -> None:
        """Until the client leaves; that ends every stream, and with it every connection."""
        session = Session(line, self._accept)
        async with self._tasks:
            await as_long_as(lasts(), session.run())
            session.drop_all()

    def _accept(self, stream: Stream) -> bool:
        """Take one half of a connection; with the second one it begins."""
        kind, port = stream.headers.get("streamtype"), _port(stream.headers.get("port", ""))
        if kind not in ("data", "error") or not port:
            return False
        request = stream.headers.get("requestid") or str(stream.number - 2 * (kind == "data"))
        other = self._halves.setdefault(request, stream)
        if other is stream:
            return True
        if other.headers["streamtype"] == kind:
            return False
        del self._halves[request]
        data, error = (stream, other) if kind == "data" else (other, stream)
        self._tasks.create_task(self._carry(port, data, error), name="forwarded connection")
        return True

    async def _carry(self, port: int, data: Stream, error: Stream) -> None:
        try:
            await self._connect(port, data, data)
        except ConnectionError as refused:
            with suppress(BrokenPipeError):
                await error.write(str(refused).encode())
        await data.end()
        await error.end()


def _port(text: str) -> int:
    """The port a header names; 0 when it names none."""
    number = int(text) if text.isdecimal() and len(text) <= 5 else 0
    return number if number < 65536 else 0
