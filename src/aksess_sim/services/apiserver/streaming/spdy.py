"""The server's end of a SPDY/3.1 connection: many streams of bytes on one line, as kubectl opens them.

Without flow control, as in moby/spdystream, which every Kubernetes client uses: a stream whose reader stalls stalls
the whole connection, after what its pipe holds.
"""

import struct
from collections.abc import Callable, Mapping
from contextlib import suppress

from aksess_sim.services.apiserver.containers.streams import CHUNK, Pipe
from aksess_sim.services.apiserver.streaming import spdy_frames as frames
from aksess_sim.services.apiserver.streaming.lines import Line
from aksess_sim.services.apiserver.streaming.spdy_frames import BadFrame, Control, Data, Kind, Unpacker
from aksess_sim.services.apiserver.streaming.spdy_headers import BadHeaders, HeaderReader, HeaderWriter

PROTOCOL = "SPDY/3.1"
MOST_STREAMS = 2000
"""Streams that may be open at a time on one connection; more are refused."""
_INVALID, _REFUSED = 2, 3
_BEFORE_HEADERS = {Kind.SYN_STREAM: 10, Kind.SYN_REPLY: 4, Kind.HEADERS: 4}
"""Bytes in front of the header block."""


class Stream:
    """One stream that the client has opened: a source and a sink, each ended by its own side."""

    def __init__(self, session: "Session", number: int, headers: Mapping[str, str]) -> None:
        self.number = number
        self.headers = headers
        self.incoming = Pipe()
        self.sent_all = False
        self.received_all = False
        self._session = session

    async def read(self, most: int = CHUNK) -> bytes:
        """See `Source`."""
        return await self.incoming.read(most)

    async def write(self, data: bytes) -> None:
        """See `Sink`."""
        if self.sent_all:
            raise BrokenPipeError
        for start in range(0, len(data), CHUNK):
            await self._session.send(frames.data(self.number, data[start : start + CHUNK]))

    async def end(self) -> None:
        """Nothing more will be written, and what still comes in is dropped."""
        self.incoming.abandon()
        if not self.sent_all:
            self.sent_all = True
            with suppress(BrokenPipeError):
                await self._session.send(frames.data(self.number, b"", last=True))
        self._session.forget(self)


class Session:
    """One connection; `accept` is asked about every stream and says whether it is wanted."""

    def __init__(self, line: Line, accept: Callable[[Stream], bool]) -> None:
        self._line = line
        self._accept = accept
        self._streams: dict[int, Stream] = {}
        self._unpacker = Unpacker()
        self._headers_in = HeaderReader()
        self._headers_out = HeaderWriter()
        self._newest = 0

    async def run(self) -> None:
        """Serve the client until it leaves, or stops making sense; may be cancelled and called again."""
        try:
            while data := await self._line.read():
                self._unpacker.feed(data)
                for frame in self._unpacker.frames():
                    await (self._data(frame) if isinstance(frame, Data) else self._control(frame))
        except (BadFrame, BadHeaders, ConnectionError):
            pass
        self.drop_all()

    def drop_all(self) -> None:
        """End every stream, for both sides, without a word to the client."""
        for stream in tuple(self._streams.values()):
            self._drop(stream)

    async def send(self, frame: bytes) -> None:
        """One frame; BrokenPipeError when the client has left."""
        try:
            await self._line.write(frame)
        except ConnectionError:
            raise BrokenPipeError from None

    async def go_away(self) -> None:
        """Say that no stream will be taken any more."""
        with suppress(BrokenPipeError):
            await self.send(frames.go_away(self._newest))

    def forget(self, stream: Stream) -> None:
        """Let go of a stream that both sides have ended."""
        if stream.sent_all and stream.received_all:
            self._streams.pop(stream.number, None)

    async def _data(self, frame: Data) -> None:
        stream = self._streams.get(frame.stream)
        if stream is None:
            await self.send(frames.reset(frame.stream, _INVALID))
            return
        with suppress(BrokenPipeError):
            await stream.incoming.write(frame.body)
        if frame.last:
            self._received_all(stream)

    async def _control(self, frame: Control) -> None:
        headers: dict[str, str] = {}
        match frame.kind:
            case Kind.SYN_STREAM | Kind.SYN_REPLY | Kind.HEADERS:
                headers = self._headers_in.read(frame.body[_BEFORE_HEADERS[Kind(frame.kind)] :])
        match frame.kind:
            case Kind.SYN_STREAM:
                await self._open(frame, headers)
            case Kind.RST_STREAM if stream := self._streams.get(frame.number):
                self._drop(stream)
            case Kind.PING if frame.number % 2:
                await self.send(frames.control(Kind.PING, frame.body))

    async def _open(self, frame: Control, headers: Mapping[str, str]) -> None:
        number = frame.number
        if number <= self._newest or number % 2 == 0:
            raise BadFrame("a stream's number must be odd and higher than those before")
        self._newest = number
        stream = Stream(self, number, headers)
        if len(self._streams) >= MOST_STREAMS or not self._accept(stream):
            await self.send(frames.reset(number, _REFUSED))
            return
        self._streams[number] = stream
        if frame.flags & frames.FIN:
            self._received_all(stream)
        await self.send(frames.control(Kind.SYN_REPLY, struct.pack(">I", number) + self._headers_out.write({})))

    def _received_all(self, stream: Stream) -> None:
        stream.received_all = True
        stream.incoming.end()
        self.forget(stream)

    def _drop(self, stream: Stream) -> None:
        """Neither side says any more."""
        stream.sent_all = stream.received_all = True
        stream.incoming.end()
        self.forget(stream)
