"""One connection from its first byte to its end: a permit, a websocket, and bytes both ways.

The websocket is open before the near socket is read, so nothing can arrive too early. A websocket that cannot be made
or is lost resets the near socket: a program must never take a cut stream for a whole one.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from aksess.clock import Clock
from aksess.errors import AksessError
from aksess.tunnels.far_end import FarEnd, Permits
from aksess.tunnels.faults import lost
from aksess.tunnels.handshake import connect
from aksess.tunnels.near import NearSocket, first_byte, reset
from aksess.tunnels.websocket import Websocket

PING_SECONDS = 50.0
"""Balancers on the way drop what has been silent for four minutes, without a word to either side (Azure Bastion's and
Azure Load Balancer's idle time-out)."""
LINGER_SECONDS = 5.0
"""A far end that was told the end and stays silent for so long has nothing left to say."""
STUCK_SECONDS = 60.0
"""The same, while something that was sent has not been taken."""
CLOSING_SECONDS = 2.0


@dataclass(frozen=True)
class Way:
    """What all connections of a tunnel share."""

    permits: Permits
    trust: ssl.SSLContext
    proxy: Callable[[str], str | None]
    clock: Clock
    buffer: memoryview
    """Everything is read into it and sent on at once."""


class Connection:
    """Run it in a task of its own; `end` ends it from outside."""

    def __init__(
        self, near: socket.socket, way: Way, opened: Callable[[], None], failed: Callable[[AksessError], None]
    ) -> None:
        self.websocket = Websocket(self._far_over)
        self._socket = near
        self._way = way
        self._opened = opened
        self._failed = failed
        self._near: NearSocket | None = None
        self._finished, self._over = asyncio.Event(), asyncio.Event()
        self._gone, self._hurry = asyncio.Event(), asyncio.Event()
        self._ending = False
        self._opening: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """To the end; the permit is given back on every way out. A failure is told before the near side is reset."""
        self._opening = asyncio.current_task()
        try:
            if not self._ending and await first_byte(self._socket):
                async with self._way.permits.permit() as far_end:
                    await self._carry(far_end)
                await self._flushed()
            elif not self._ending:
                self._socket.close()
        except AksessError as fault:
            self._failed(fault)
        finally:
            self._reset()

    def end(self) -> None:
        """In order when it stands, at once while it is being made; the near side is reset either way."""
        self._ending = True
        if self._opening is not None:
            self._opening.cancel()
        self._hurry.set()
        self._far_over()

    async def _carry(self, far_end: FarEnd) -> None:
        try:
            await connect(self.websocket, far_end, self._way.trust, self._way.proxy(far_end.url.reveal()))
            self._near = await self._attached()
            self._opening = None  # from here on it ends by itself when told
            self._opened()
            await self._alive()
            await self._last_words()
            if self.websocket.fault and not self._ending:
                self._failed(lost(self.websocket.fault))
            if self.websocket.fault or self._ending:
                self._near.reset()
            else:
                self._near.close()
            await self.websocket.close(CLOSING_SECONDS)
        except AksessError as fault:
            self._failed(fault)
            self._reset()
        finally:
            self._opening = None  # giving the permit back is not to be cancelled
            self.websocket.abort()

    async def _attached(self) -> NearSocket:
        loop = asyncio.get_running_loop()
        _, near = await loop.connect_accepted_socket(
            lambda: NearSocket(self.websocket, self._way.buffer, self._near_finished, self._near_gone), self._socket
        )
        return near

    async def _alive(self) -> None:
        """Until the near side has finished or the far end is over; pings keep the way open and notice a dead one.

        A far end that never answered a ping is not called dead for not answering: TCP has to notice then.
        """
        far = self.websocket
        silent = False
        heard = far.heard
        far.ping()
        while not await self._way.clock.sleep_until_set(self._finished, PING_SECONDS):
            was_silent, silent = silent, heard == far.heard and far.answers and not far.blocked
            if was_silent and silent:
                far.fault = f"it was silent for {2 * PING_SECONDS:.0f} s"
                return
            heard = far.heard
            far.ping()

    async def _last_words(self) -> None:
        """The near side has finished: say so, and deliver what still comes.

        When it is gone altogether nothing can be delivered, but what it sent is still on its way.
        """
        if self.websocket.fault or self._over.is_set():
            return
        far = self.websocket
        far.finish()
        quiet = 0.0
        while quiet < (STUCK_SECONDS if far.unsent else LINGER_SECONDS):
            heard, unsent = far.heard, far.unsent
            if await self._way.clock.sleep_until_set(self._over, LINGER_SECONDS):
                return
            listened = not self._gone.is_set() and (far.heard != heard or far.held)
            quiet = 0.0 if listened or far.unsent != unsent else quiet + LINGER_SECONDS

    async def _flushed(self) -> None:
        """The near side may take its time to read what is left; the far end is given back already."""
        if self._near is not None:
            await self._hurry.wait()

    def _near_finished(self) -> None:
        self._finished.set()

    def _near_gone(self) -> None:
        self._gone.set()
        self._hurry.set()
        self._finished.set()

    def _far_over(self) -> None:
        self._finished.set()
        self._over.set()

    def _reset(self) -> None:
        if self._near is not None:
            self._near.reset()
        else:
            reset(self._socket)
            self._socket.close()
