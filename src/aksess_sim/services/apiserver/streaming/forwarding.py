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
from aksess_sim.services.apiserver.streaming.lines import Line, WebSocketLine, upgraded
from aksess_sim.services.apiserver.streaming.spdy import Session, Stream

PROTOCOL = "portforward.k8s.io"
TUNNELED = f"SPDY/3.1+{PROTOCOL}"

Connect = Callable[[int, Source, Sink], Coroutine[Any, Any, None]]
"""One connection to a port of the pod; raises ConnectionError, whose text the client is told."""


def is_asked_for(request: web.Request) -> bool:
    """Whether the client speaks one of the two."""
    return spdy_channels.is_asked_for(request) or TUNNELED in request.headers.get("Sec-WebSocket-Protocol", "")


async def serve(request: web.Request, connect: Connect) -> web.StreamResponse:
    """Carry connections until the client leaves."""
    if spdy_channels.is_asked_for(request):
        response = spdy_channels.switching(request, [PROTOCOL])
        async with upgraded(request, response) as line:
            await _Forwarding(connect).run(line)
        return response
    socket = web.WebSocketResponse(protocols=[TUNNELED], compress=False)
    await socket.prepare(request)
    await _Forwarding(connect).run(WebSocketLine(socket))
    with suppress(ConnectionError):
        await socket.close()
    return socket


class _Forwarding:
    """One client's connections; none outlives it."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._halves: dict[str, Stream] = {}
        self._tasks = asyncio.TaskGroup()

    async def run(self, line: Line) -> None:
        """Until the client leaves; that ends every stream, and with it every connection."""
        async with self._tasks:
            await Session(line, self._accept).run()

    def _accept(self, stream: Stream) -> bool:
        """Take one half of a connection; with the second one it begins."""
        kind, port = stream.headers.get("streamtype"), stream.headers.get("port", "")
        if kind not in ("data", "error") or not port.isdecimal() or not 0 < int(port) < 65536:
            return False
        request = stream.headers.get("requestid") or str(stream.number - 2 * (kind == "data"))
        other = self._halves.pop(request, None)
        if other is None:
            self._halves[request] = stream
        elif other.headers["streamtype"] == kind:
            return False
        else:
            data, error = (stream, other) if kind == "data" else (other, stream)
            self._tasks.create_task(self._carry(int(port), data, error), name="forwarded connection")
        return True

    async def _carry(self, port: int, data: Stream, error: Stream) -> None:
        try:
            await self._connect(port, data, data)
        except ConnectionError as refused:
            with suppress(BrokenPipeError):
                await error.write(str(refused).encode())
        await data.end()
        await error.end()
