"""The far half of a connection: one websocket, the only file that drives the websocket library.

The far end takes single binary frames of at most 4096 bytes and no continuation frames (az's own client reads and
sends so: azure-cli-extensions, `bastion/azext_bastion/tunnel.py`), so every write is cut.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSProtocolError, WSTransport, ws_connect
from picows.url import WSParsedURL

from aksess.tunnels.far_end import FarEnd
from aksess.tunnels.faults import FOREIGN, not_made

FRAME_BYTES = 4096
LARGEST_FRAME = 1 << 20
"""What is taken from the far end in one frame; it promises no more than 4096 bytes, and more does no harm."""
BUFFERED_BYTES = 256 * 1024
"""Each direction waits when this much is on its way; sockets' own buffers come on top."""
OPENING_SECONDS = 20.0
SHUTDOWN_SECONDS = 2.0

_silent = logging.getLogger("aksess.tunnels.websocket")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
_silent.setLevel(logging.CRITICAL)  # the library logs addresses with their tokens


class Near(Protocol):
    """The other half, as the websocket sees it."""

    def write(self, payload: bytes) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class Websocket(WSListener):
    """Frames both ways. `over` is called once, when nothing more will come from the far end."""

    def __init__(self, over: Callable[[], None]) -> None:
        self.received = 0
        self.sent = 0
        self.heard = 0
        """Counts signs of life."""
        self.answers = False
        """Whether it has ever answered a ping."""
        self.fault = ""
        """Why the far end ended it, when it was not a proper end."""
        self._over = over
        self._near: Near | None = None
        self._finished = False
        self._payloads: list[bytes] = []
        self._transport: WSTransport | None = None

    # what the other half does

    def attach(self, near: Near) -> None:
        """From now on payloads go there; those that came before go first."""
        self._near = near
        self._deliver()

    def send(self, data: memoryview) -> None:
        """Cut into frames; everything is copied before this returns."""
        if self._transport is None:
            return
        send, binary = self._transport.send, WSMsgType.BINARY
        for start in range(0, len(data), FRAME_BYTES):
            send(binary, data[start : start + FRAME_BYTES])
        self.sent += len(data)

    def finish(self) -> None:
        """Nothing more will be sent. What the far end still sends before its own end is delivered."""
        self._finished = True
        if self._transport is not None:
            self._transport.send_close(WSCloseCode.OK)

    def ping(self) -> None:
        if self._transport is not None:
            self._transport.send_ping()

    @property
    def blocked(self) -> bool:
        """Whether silence means nothing now: we do not read, or the far end does not take what is on its way."""
        if self._transport is None:
            return False
        below = self._transport.underlying_transport
        return not below.is_reading() or below.get_write_buffer_size() > 0

    def pause_reading(self) -> None:
        if self._transport is not None:
            self._transport.underlying_transport.pause_reading()

    def resume_reading(self) -> None:
        if self._transport is not None:
            self._transport.underlying_transport.resume_reading()

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
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    # what the library calls

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        transport.underlying_transport.set_write_buffer_limits(BUFFERED_BYTES)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == WSMsgType.BINARY:
            self._payloads.append(frame.get_payload_as_bytes())
        else:
            self._on_other_frame(transport, frame, kind)
        if frame.last_in_buffer:
            self.heard += 1
            self._deliver()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._deliver()
        said = transport.close_handshake
        if not self._finished and (said is None or said.recv is None):
            self.fault = self.fault or ("it broke off" if said is None else "it broke the websocket protocol")
        self._over()

    def pause_writing(self) -> None:
        if self._near is not None:
            self._near.pause_reading()

    def resume_writing(self) -> None:
        if self._near is not None:
            self._near.resume_reading()

    def _on_other_frame(self, transport: WSTransport, frame: WSFrame, kind: WSMsgType) -> None:
        if kind == WSMsgType.CONTINUATION:
            self._payloads.append(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PONG:
            self.answers = True
        elif kind == WSMsgType.CLOSE:
            self._deliver()
            self._closed(transport, frame)
        else:
            raise WSProtocolError(WSCloseCode.UNSUPPORTED_DATA, "text in a tunnel of bytes")

    def _closed(self, transport: WSTransport, frame: WSFrame) -> None:
        code, reason = frame.get_close_code(), frame.get_close_reason()
        if code not in (WSCloseCode.OK, WSCloseCode.NO_INFO):
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


async def connect(websocket: Websocket, far_end: FarEnd, trust: ssl.SSLContext, proxy: str | None) -> None:
    """TLS verified, through the proxy where there is one, no redirects. Errors: AksessError.

    The socket is ours to the end: the library leaves it open when it is cancelled between TLS and the answer.
    """
    made: list[socket.socket] = []

    async def new_socket(where: WSParsedURL) -> socket.socket:
        connected = await _tcp(where.host, where.port)
        made.append(connected)
        return connected

    socks = proxy is not None and urlsplit(proxy).scheme not in ("http", "https")
    try:
        async with asyncio.timeout(OPENING_SECONDS):
            _, listener = await ws_connect(
                lambda: websocket,
                far_end.url.reveal(),
                ssl_context=trust,
                proxy=proxy,
                proxy_ssl_context=trust if proxy is not None and proxy.startswith("https:") else None,
                socket_factory=None if socks else new_socket,
                extra_headers=far_end.headers,
                max_redirects=0,
                max_frame_size=LARGEST_FRAME,
                enable_auto_pong=False,
                websocket_handshake_timeout=OPENING_SECONDS,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
                logger_name=_silent,
            )
        if listener is None:  # the library's way of saying that the connection went before the answer came
            raise ConnectionResetError("the connection was closed before the handshake was answered")
    except FOREIGN as fault:
        _cut(made)
        raise not_made(fault) from fault
    except BaseException:
        _cut(made)
        raise


async def _tcp(host: str, port: int) -> socket.socket:
    """The first of the host's addresses that answers."""
    loop = asyncio.get_running_loop()
    fault: OSError = ConnectionError(f"{host} has no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        made = socket.socket(family, kind, protocol)
        try:
            made.setblocking(False)
            await loop.sock_connect(made, address)
        except OSError as failed:
            made.close()
            fault = failed
        except BaseException:
            made.close()
            raise
        else:
            return made
    raise fault


def _cut(sockets: list[socket.socket]) -> None:
    """Whoever holds it then sees its end and closes it."""
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
