"""Connections from machines inside the simulated internet, such as a Bastion host's: judged as any other, no proxy.

The two ends are a socket pair, so that back-pressure and half-close are the kernel's own; behind the far end stands the
same service, with TLS of its own, that the proxy hands connections to.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aksess_sim.internet.caller import CALLER, Caller
from aksess_sim.internet.gateway import Gateway
from aksess_sim.internet.handover import hand_over_tls
from aksess_sim.internet.knocking import knock
from aksess_sim.internet.reachability import Reach
from aksess_sim.internet.service import Service

FLUSHES_WITHIN = 5.0
"""Loop seconds for what is still unsent when the one who dialled hangs up."""


class Unreached(ConnectionError):
    """A connect that failed; `reach` says how."""

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach.name.lower())
        self.reach = reach


class Dialled(asyncio.Protocol):
    """What speaks on a connection that was dialled."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        """Set when the connection is gone and nothing is left to send."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.lost.set()


@asynccontextmanager
async def dial(
    gateway: Gateway, caller: Caller, host: str, port: int, protocol: Dialled, *, through: str
) -> AsyncIterator[asyncio.Transport]:
    """Connect as `caller`, who sits at the machine called `through`; `protocol` speaks until the block ends.

    When the block ends in order what was written is sent first, within a bounded time. Raises Unreached.
    """
    entry = gateway.journal.begin("CONNECT", host, session=caller.session, person=caller.person)
    reach = await knock(gateway, caller, host, port)
    gateway.journal.end(entry, 200 if reach is Reach.OPEN else None, f"through {through}: {reach.name.lower()}")
    if reach is not Reach.OPEN:
        raise Unreached(reach)
    service = await gateway.service(host)
    near, far = await _line(protocol)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(_serve(far, service, host, caller), name=f"{through} to {host}")
        try:
            yield near
            near.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(protocol.lost.wait(), FLUSHES_WITHIN)
        finally:
            near.abort()
            if serving.cancel():
                far.abort()


async def _line(protocol: Dialled) -> tuple[asyncio.Transport, asyncio.Transport]:
    """Both ends of a connection; the far one takes nothing in until somebody speaks there."""
    loop = asyncio.get_running_loop()
    one, other = socket.socketpair()
    try:
        near, _ = await loop.create_connection(lambda: protocol, sock=one)
    except BaseException:
        other.close()
        raise
    try:
        far, _ = await loop.connect_accepted_socket(asyncio.Protocol, other)
    except BaseException:
        near.abort()
        raise
    assert isinstance(far, asyncio.Transport)  # noqa: S101 - narrows the type, sockets have no other
    far.pause_reading()
    return near, far


async def _serve(transport: asyncio.Transport, service: Service, host: str, caller: Caller) -> None:
    """The far end, where whoever answers knows who called."""
    CALLER.set(caller)
    try:
        await hand_over_tls(transport, service.context(host), service.protocol)
    except OSError:
        transport.abort()
