"""How a websocket is made: a socket of our own, the proxy where there is one, TLS verified, no redirects."""

import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from picows import WSError, ws_connect
from picows.url import WSParsedURL

from aksess.tunnels.far_end import FarEnd
from aksess.tunnels.faults import FOREIGN, not_made
from aksess.tunnels.websocket import Websocket

LARGEST_FRAME = 1 << 20
"""What is taken from the far end in one frame; it promises no more than 4096 bytes, and more does no harm."""
TLS_BYTES = 4 * (16 * 1024 + 64)
"""How much is encrypted and decrypted in one go. Four times as much is no faster and costs a connection 400 KiB."""
OPENING_SECONDS = 20.0
SHUTDOWN_SECONDS = 2.0

_silent = logging.getLogger("aksess.tunnels.handshake")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
_silent.setLevel(logging.CRITICAL)  # the library logs addresses with their tokens


async def connect(websocket: Websocket, far_end: FarEnd, trust: ssl.SSLContext, proxy: str | None) -> None:
    """Errors: AksessError, within `OPENING_SECONDS`."""
    if not _usable(far_end.url.reveal()):
        raise not_made(WSError())
    sockets = _Sockets()
    secure_proxy = proxy is not None and urlsplit(proxy).scheme == "https"
    plain_proxy = proxy is None or urlsplit(proxy).scheme in ("http", "https")
    try:
        async with asyncio.timeout(OPENING_SECONDS):
            _, listener = await ws_connect(
                lambda: websocket,
                far_end.url.reveal(),
                ssl_context=trust,
                proxy=proxy,
                proxy_ssl_context=trust if secure_proxy else None,
                socket_factory=sockets.connected if plain_proxy else None,
                extra_headers=far_end.headers,
                max_redirects=0,
                max_frame_size=LARGEST_FRAME,
                enable_auto_pong=False,
                websocket_handshake_timeout=OPENING_SECONDS,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
                ssl_incoming_bio_size=TLS_BYTES,
                ssl_outgoing_bio_size=TLS_BYTES,
                logger_name=_silent,
            )
        if listener is None:  # the library's way of saying that the connection went before the answer came
            raise ConnectionResetError("it hung up before the handshake was answered")
    except FOREIGN as fault:
        sockets.cut()
        raise not_made(fault) from fault
    except BaseException:
        sockets.cut()
        raise


def _usable(url: str) -> bool:
    """Asked before the library is: its own words quote the address, token and all."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "wss" and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        return False


class _Sockets:
    """The sockets are ours: the library leaves one open when it is cancelled between TLS and the answer."""

    def __init__(self) -> None:
        self._made: list[socket.socket] = []

    async def connected(self, where: WSParsedURL) -> socket.socket:
        """To the first of the host's addresses that answers. Errors: OSError."""
        loop = asyncio.get_running_loop()
        fault = OSError(f"{where.host} has no address")
        for family, kind, protocol, _, address in await _addresses(where.host, where.port):
            made = socket.socket(family, kind, protocol)
            made.setblocking(False)
            try:
                await loop.sock_connect(made, address)
            except OSError as failed:
                made.close()
                fault = failed
            except BaseException:
                made.close()
                raise
            else:
                self._made.append(made)
                return made
        raise fault

    def cut(self) -> None:
        """Whoever holds them sees their end and closes them."""
        for made in self._made:
            with suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)


async def _addresses(host: str, port: int) -> list[tuple[int, int, int, str, Any]]:
    """Only names need a thread to be resolved in. Errors: OSError."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    except socket.gaierror:
        return list(await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))
