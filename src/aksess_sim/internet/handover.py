"""From a proxy's connection to a service's: TLS on the same connection, then another protocol behind it.

`start_tls` may deliver the first request before it returns, so a holding protocol stands in until the service's own
is there; what arrived early is delivered again, in order. Nothing here decides who may connect.
"""

import asyncio
import ssl
from collections.abc import Callable

HANDSHAKE_SECONDS = 15.0

ProtocolFactory = Callable[[], asyncio.Protocol]


class _Hold(asyncio.Protocol):
    """Keeps what arrives while nobody is there to take it."""

    def __init__(self) -> None:
        self.early: list[bytes] = []
        self.lost = False

    def data_received(self, data: bytes) -> None:
        self.early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.lost = True


async def hand_over_tls(transport: asyncio.Transport, context: ssl.SSLContext, service: ProtocolFactory) -> None:
    """Become a TLS server on `transport` and let `service` speak behind it; returns once it does.

    Raises OSError (ssl.SSLError, ConnectionError and TimeoutError are such) when the client does not shake hands.
    """
    hold = _Hold()
    loop = asyncio.get_running_loop()
    secured = await loop.start_tls(transport, hold, context, server_side=True, ssl_handshake_timeout=HANDSHAKE_SECONDS)
    if secured is None or hold.lost:
        raise ConnectionResetError("the client left during the TLS handshake")
    hand_over(secured, service, hold.early)


def hand_over(transport: asyncio.Transport, service: ProtocolFactory, early: list[bytes]) -> None:
    """Let `service` speak on `transport` from here on, beginning with what has already arrived."""
    protocol = service()
    protocol.connection_made(transport)
    transport.set_protocol(protocol)
    for data in early:
        protocol.data_received(data)
