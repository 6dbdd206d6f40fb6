"""The far half of a connection: frames of one websocket. How it is made is `handshake.py`'s.

The far end takes single binary frames of at most 4096 bytes and no continuation frames (az's own client sends so:
azure-cli-extensions, `bastion/azext_bastion/tunnel.py`), so whatever is read is cut.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSProtocolError, WSTransport

FRAME_BYTES = 4096
DELIVERED_FRAMES = 16
"""So many go to the near side in one write. Larger blocks cost more: the allocator gives each back to the system."""
BUFFERED_BYTES = 256 * 1024
"""Each direction waits when this much is on its way; sockets' own buffers come on top."""

_BINARY = WSMsgType.BINARY
_BROKEN = "it broke the websocket protocol"
_CORK: int | None = getattr(socket, "TCP_CORK", None)
"""Linux: the frames of one read leave together, as if written at once; a quarter less processor time."""


class Near(Protocol):
    """The other half, as the websocket sees it."""

    def write(self, payload: bytes) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class Websocket(WSListener):
    """Frames both ways. `over` is called once nothing more will come from the far end, perhaps more than once."""

    def __init__(self, over: Callable[[], None]) -> None:
        self.received = 0
        self.sent = 0
        self.heard = 0
        """Counts signs of life."""
        self.answers = False
        """Whether it has ever answered a ping."""
        self.fault = ""
        """Why the far end ended it, when that was not a proper end."""
        self._over = over
        self._near: Near | None = None
        self._finished = False
        self._payloads: list[bytes] = []
        self._transport: WSTransport | None = None

    # what the connection does

    def attach(self, near: Near) -> None:
        """From now on payloads go there; those that came before go first."""
        self._near = near
        self._deliver()

    def finish(self) -> None:
        """Nothing more will be sent. What the far end still sends before its own end is delivered."""
        self._finished = True
        if self._transport is not None:
            self._transport.send_close(WSCloseCode.OK)

    def ping(self) -> None:
        if self._transport is not None:
            self._transport.send_ping()

    @property
    def unsent(self) -> int:
        """Bytes the far end has not taken yet, as far as this process knows."""
        below = self._below
        return 0 if below is None else below.get_write_buffer_size()

    @property
    def blocked(self) -> bool:
        """Whether silence means nothing now: we do not read, or what we ask is still on its way."""
        return self.held or self.unsent > 0

    @property
    def held(self) -> bool:
        """Whether it is not read, because the near side does not read."""
        below = self._below
        return below is not None and not below.is_reading()

    async def close(self, seconds: float) -> None:
        """Say the end, send what is on its way, and wait so long for it; then cut."""
        self.finish()
        if self._transport is None:
            return
        self._transport.disconnect()
        try:
            async with asyncio.timeout(seconds):
                await self._transport.wait_disconnected()
        except (TimeoutError, WSProtocolError):
            self.abort()

    def abort(self) -> None:
        """Cut, and let go of everything: its buffers should not wait for the garbage collector."""
        if self._transport is not None:
            self._transport.disconnect(graceful=False)
        self._transport = self._near = None

    # what the near half does

    def send(self, data: memoryview) -> None:
        """Cut into frames; everything is copied before this returns."""
        if self._transport is None:
            return
        self.sent += len(data)
        send = self._transport.send
        if len(data) <= FRAME_BYTES:
            send(_BINARY, data)
            return
        self._cork(1)
        for start in range(0, len(data), FRAME_BYTES):
            send(_BINARY, data[start : start + FRAME_BYTES])
        self._cork(0)

    def pause_reading(self) -> None:
        if (below := self._below) is not None:
            below.pause_reading()

    def resume_reading(self) -> None:
        if (below := self._below) is not None:
            below.resume_reading()

    # what the library calls

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        transport.underlying_transport.set_write_buffer_limits(BUFFERED_BYTES)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == _BINARY:
            self._payloads.append(frame.get_payload_as_bytes())
        else:
            self._take_other(transport, frame, kind)
        if frame.last_in_buffer or len(self._payloads) == DELIVERED_FRAMES:
            self.heard += 1
            self._deliver()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._deliver()
        said = transport.close_handshake
        if not self._finished and (said is None or said.recv is None):
            self.fault = self.fault or ("it broke off" if said is None else _BROKEN)
        self._over()

    def pause_writing(self) -> None:
        if self._near is not None:
            self._near.pause_reading()

    def resume_writing(self) -> None:
        if self._near is not None:
            self._near.resume_reading()

    def _take_other(self, transport: WSTransport, frame: WSFrame, kind: WSMsgType) -> None:
        if kind == WSMsgType.CONTINUATION:
            self._payloads.append(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PONG:
            self.answers = True
        elif kind == WSMsgType.CLOSE:
            self._take_close(transport, frame)
        else:
            raise WSProtocolError(WSCloseCode.UNSUPPORTED_DATA, "text in a tunnel of bytes")

    def _take_close(self, transport: WSTransport, frame: WSFrame) -> None:
        code, reason = frame.get_close_code(), frame.get_close_reason()
        if transport.is_close_frame_sent and not self._finished:
            self.fault = _BROKEN  # the library has ended it
        elif code not in (WSCloseCode.OK, WSCloseCode.NO_INFO):
            self.fault = f"{getattr(code, 'value', code)} {reason or ''}".strip()
        transport.send_close(WSCloseCode.OK)
        transport.disconnect()
        self._over()

    def _deliver(self) -> None:
        if self._near is None or not self._payloads:
            return
        data = self._payloads[0] if len(self._payloads) == 1 else b"".join(self._payloads)
        self._payloads.clear()
        self.received += len(data)
        self._near.write(data)

    def _cork(self, held: int) -> None:
        if _CORK is not None and (below := self._below) is not None:
            below.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _CORK, held)

    @property
    def _below(self) -> asyncio.Transport | None:
        """What carries it; one that is gone must not be asked anything."""
        if self._transport is None or self._transport.is_disconnected:
            return None
        return self._transport.underlying_transport
