"""exec and attach over WebSocket: the first byte of every message names its channel.

Source: k8s.io/apimachinery `pkg/util/remotecommand` and KEP-4006. `v5.channel.k8s.io` (kubectl from 1.30 on) can close
standard input with a message of its own; `v4.channel.k8s.io` (the Python client) cannot, and goes on until the program
ends. A client that stalls stalls the program, and the other way round.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from aksess_sim.services.apiserver.containers.streams import CHUNK, Nothing, Pipe
from aksess_sim.services.apiserver.streaming.channels import Channels, Wanted, Work, as_long_as

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")

_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255


def is_asked_for(request: web.Request) -> bool:
    """Whether the client speaks one of these protocols."""
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    return any(protocol in offered for protocol in PROTOCOLS)


async def serve(request: web.Request, wanted: Wanted, work: Work) -> web.StreamResponse:
    """Carry the streams of one process until it has ended or the client has left."""
    socket = web.WebSocketResponse(protocols=PROTOCOLS, compress=False)
    await socket.prepare(request)
    stdin = Pipe()
    if not wanted.stdin:
        stdin.end()
    channels = Channels(
        stdin,
        _Channel(socket, _STDOUT) if wanted.stdout else Nothing(),
        _Channel(socket, _STDERR) if wanted.stderr else Nothing(),
    )
    status = await as_long_as(_listen(socket, stdin), work(channels))
    with suppress(ConnectionError):
        if status is not None:
            await socket.send_bytes(bytes([_STATUS]) + json.dumps(status).encode())
        await socket.close()
    return socket


async def _listen(socket: web.WebSocketResponse, stdin: Pipe) -> None:
    """Take what comes in until the client has left; what no program reads any more is dropped."""
    async for message in socket:
        if message.type is not WSMsgType.BINARY or not message.data:
            continue
        channel, data = message.data[0], message.data[1:]
        if channel == _CLOSE and data[:1] == bytes([_STDIN]):
            stdin.end()
        elif channel == _STDIN:
            with suppress(BrokenPipeError):
                await stdin.write(data)


@dataclass(frozen=True)
class _Channel:
    """One direction of one stream."""

    socket: web.WebSocketResponse
    number: int

    async def write(self, data: bytes) -> None:
        for part in _parts(data):
            try:
                await self.socket.send_bytes(bytes([self.number]) + part)
            except ConnectionError:
                raise BrokenPipeError from None


def _parts(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]
