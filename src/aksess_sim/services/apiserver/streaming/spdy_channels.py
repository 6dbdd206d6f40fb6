"""exec and attach over SPDY/3.1, as kubectl did it up to 1.29: a stream for each channel, and one for how it ended.

Source: k8s.io/client-go `tools/remotecommand`, protocol `v4.channel.k8s.io`; the older ones tell no exit code and are
not served.
"""

import asyncio
import json
from collections.abc import Iterable
from contextlib import suppress

from aiohttp import web

from aksess_sim.services.apiserver.containers.streams import Nothing
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.streaming import spdy
from aksess_sim.services.apiserver.streaming.channels import Channels, Wanted, Work, as_long_as
from aksess_sim.services.apiserver.streaming.lines import upgraded
from aksess_sim.services.apiserver.streaming.spdy import Session, Stream

PROTOCOLS = ("v4.channel.k8s.io",)
_VERSION = "X-Stream-Protocol-Version"
STREAMS_WITHIN = 30.0
"""Seconds a client has to open its streams; the kubelet's DefaultStreamCreationTimeout."""
LEAVES_WITHIN = 10.0
"""Seconds a client has to leave when all is said: a connection closed too early loses what is on its way."""


def is_asked_for(request: web.Request) -> bool:
    """Whether the client wants to go on in SPDY."""
    return request.headers.get("Upgrade", "").upper() == spdy.PROTOCOL


def switching(request: web.Request, known: Iterable[str]) -> web.StreamResponse:
    """The 101 with the best protocol both know; raises Forbidden, as the kubelet does, when there is none."""
    offered = [word.strip() for value in request.headers.getall(_VERSION, []) for word in value.split(",")]
    agreed = next((protocol for protocol in known if protocol in offered), None)
    if agreed is None:
        told = f"client supports [{' '.join(offered)}], server accepts [{' '.join(known)}]"
        raise refusals.Refusal(403, "Forbidden", f"unable to upgrade: unable to negotiate protocol: {told}")
    return web.StreamResponse(status=101, headers={"Connection": "Upgrade", "Upgrade": spdy.PROTOCOL, _VERSION: agreed})


async def serve(request: web.Request, wanted: Wanted, work: Work) -> web.StreamResponse:
    """Carry the streams of one process until it has ended or the client has left."""
    response = switching(request, PROTOCOLS)
    async with upgraded(request, response) as line:
        desk = _Desk(wanted)
        session = Session(line, desk.accept)
        ended = await as_long_as(session.run(), _carry_out(desk, session, work))
        if ended:
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVES_WITHIN):
                    await session.run()
    return response


class _Desk:
    """Where the streams of one exec come in until all that are wanted are there."""

    def __init__(self, wanted: Wanted) -> None:
        asked = {"stdin": wanted.stdin, "stdout": wanted.stdout, "stderr": wanted.stderr, "error": True}
        self._expected = {name for name, is_wanted in asked.items() if is_wanted}
        self.streams: dict[str, Stream] = {}
        self.complete = asyncio.Event()

    def accept(self, stream: Stream) -> bool:
        """Take a stream whose type nobody has taken; that of the terminal's size is taken and not read."""
        name = stream.headers.get("streamtype", "")
        if name in self.streams or name not in self._expected | {"resize"}:
            return False
        if name == "resize":
            stream.incoming.abandon()
        self.streams[name] = stream
        if self.streams.keys() >= self._expected:
            self.complete.set()
        return True


async def _carry_out(desk: _Desk, session: Session, work: Work) -> bool:
    """Whether there was something to carry out and it was."""
    try:
        async with asyncio.timeout(STREAMS_WITHIN):
            await desk.complete.wait()
    except TimeoutError:
        return False
    streams = desk.streams
    nothing = Nothing()
    status = await work(
        Channels(streams.get("stdin", nothing), streams.get("stdout", nothing), streams.get("stderr", nothing))
    )
    with suppress(BrokenPipeError):
        await streams["error"].write(json.dumps(status).encode())
    for stream in streams.values():
        await stream.end()
    await session.go_away()
    return True
