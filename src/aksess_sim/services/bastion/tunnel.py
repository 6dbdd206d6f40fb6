"""One websocket and the connection it leads to: bytes both ways, as they come.

Whoever cannot take more holds the other side back; nothing is stored but what the transports may hold. A websocket
cannot be half closed: when either side ends, what it has sent is delivered and then both are over. A flow without a
byte for too long is forgotten as a load balancer forgets it: nothing is said, and who speaks again is reset.
"""

import asyncio
import socket
import struct

from aksess_sim.internet.dialing import Dialled
from aksess_sim.services.bastion import frames
from aksess_sim.services.bastion.frames import Code, Frame, FrameReader, FrameRefused, Opcode
from aksess_sim.world.clock import WorldClock

CLOSES_WITHIN = 5.0
"""Loop seconds for a client to take what is left and to answer a close."""
SILENT_FOR = 3600.0
"""World seconds after which a flow that was forgotten, and in which nobody speaks, is cleared away here."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER for zero seconds (socket(7))."""


class Tunnel(asyncio.Protocol):
    """The client's side: takes over its connection from `former`, which learns only of its end."""

    def __init__(self, transport: asyncio.Transport, former: asyncio.BaseProtocol, clock: WorldClock) -> None:
        self.target = Target(self)
        self.parted = asyncio.Event()
        """Set when there is nothing more to bring to the target."""
        self.over = asyncio.Event()
        """Set when the client's connection is gone."""
        self.last_byte = clock.elapsed()
        """World seconds when something last went either way."""
        self._transport = transport
        self._former = former
        self._clock = clock
        self._reader = FrameReader()
        self._closing = False
        self._forgotten = False
        self._deadline: asyncio.TimerHandle | None = None
        transport.pause_reading()
        transport.set_protocol(self)

    @property
    def held_back(self) -> bool:
        """Does one side wait for the other to take something? Kernels probe then, so that the flow is not idle."""
        if self._transport.is_closing():
            return False
        return self._transport.get_write_buffer_size() > 0 or not self._transport.is_reading()

    def begin(self) -> None:
        """The target is there: take in what the client sends."""
        self.go_on()

    def data_received(self, data: bytes) -> None:
        if self._forgotten:
            self._reset()
            return
        self.last_byte = self._clock.elapsed()
        payloads: list[bytes] = []
        try:
            for frame in self._reader.feed(data):
                if frame.opcode is Opcode.BINARY and not self._closing:
                    payloads.append(frame.payload)
                else:
                    self._take(frame)
        except FrameRefused as refused:
            self.close(refused.code, refused.reason)
        self.target.send(b"".join(payloads))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline:
            self._deadline.cancel()
        self.parted.set()
        self.over.set()
        self._former.connection_lost(exc)

    def pause_writing(self) -> None:
        self.target.hold()

    def resume_writing(self) -> None:
        self.target.go_on()

    def hold(self) -> None:
        """The target cannot take more."""
        if not self._closing and not self._transport.is_closing():
            self._transport.pause_reading()

    def go_on(self) -> None:
        """The target can take more."""
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def send(self, data: bytes) -> None:
        """What the target says."""
        if not self._closing and not self._forgotten:
            self.last_byte = self._clock.elapsed()
            self._transport.write(frames.binary(data))

    def close(self, code: Code, reason: str = "") -> None:
        """Say that it is over, and wait a moment for the client to say so too."""
        if not self._closing and not self._forgotten:
            self._part(code, reason)
            self.go_on()

    def forget(self) -> None:
        """Be silent from here on."""
        if not self._closing:
            self._forgotten = True
            self._hang_up_after(self._clock.real_seconds(SILENT_FOR))
            self.go_on()
            self.parted.set()

    def abort(self) -> None:
        """Break the client's connection off."""
        self._transport.abort()

    def _take(self, frame: Frame) -> None:
        """A frame that carries nothing for the target."""
        if frame.opcode is Opcode.CLOSE:
            if not self._closing:
                self._part(Code.NORMAL)
            self._transport.close()
        elif frame.opcode is Opcode.PING and not self._closing:
            self._transport.write(frames.pong(frame.payload))

    def _part(self, code: Code, reason: str = "") -> None:
        self._closing = True
        if not self._transport.is_closing():
            self._transport.write(frames.close(code, reason))
        self._hang_up_after(CLOSES_WITHIN)
        self.parted.set()

    def _hang_up_after(self, seconds: float) -> None:
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.abort)

    def _reset(self) -> None:
        plug: socket.socket = self._transport.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()


class Target(Dialled):
    """The side of the one who is called."""

    def __init__(self, tunnel: Tunnel) -> None:
        super().__init__()
        self._tunnel = tunnel
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type, sockets have no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._tunnel.send(data)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._tunnel.close(Code.NORMAL)

    def pause_writing(self) -> None:
        self._tunnel.hold()

    def resume_writing(self) -> None:
        self._tunnel.go_on()

    def send(self, data: bytes) -> None:
        """What the client says."""
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)

    def hold(self) -> None:
        """The client cannot take more."""
        if self._transport:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """The client can take more."""
        if self._transport and not self._transport.is_closing():
            self._transport.resume_reading()
