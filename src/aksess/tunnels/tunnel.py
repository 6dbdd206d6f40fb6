"""A port on this machine that leads to far ends: every connection gets its own, and all end with the context.

It listens on 127.0.0.1 and nowhere else. What happens to connections is counted, and told once per event: a host that
goes takes all of them along.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aksess.clock import Clock
from aksess.errors import AksessError, BadInput
from aksess.progress import Progress
from aksess.tasks import owned_tasks
from aksess.tunnels.connection import Connection, Way
from aksess.tunnels.far_end import Permits
from aksess.tunnels.near import READ_BYTES

LOOPBACK = "127.0.0.1"
WAITING = 128
ENDING_SECONDS = 8.0
"""For everything together: what is on its way, the websockets' own end, the permits."""
SAME_EVENT_SECONDS = 20.0
AGAIN_SECONDS = 1.0


class Tunnel:
    """An open tunnel. Made by `open_tunnel`."""

    def __init__(self, port: int, way: Way, progress: Progress) -> None:
        self.port = port
        """On 127.0.0.1."""
        self.last_fault: AksessError | None = None
        """Why the newest connection could not be made or was lost; None once one was made after it."""
        self.ever = 0
        """How many connections were made."""
        self._way = way
        self._progress = progress
        self._standing: dict[Connection, asyncio.Task[None]] = {}
        self._past = [0, 0]
        self._told: dict[str, float] = {}

    @property
    def now(self) -> int:
        """How many connections there are, those being made included."""
        return len(self._standing)

    @property
    def sent(self) -> int:
        """Bytes to the far ends, over all connections."""
        return self._past[0] + sum(one.websocket.sent for one in self._standing)

    @property
    def received(self) -> int:
        """Bytes from the far ends."""
        return self._past[1] + sum(one.websocket.received for one in self._standing)

    async def accept(self, listener: socket.socket, tasks: asyncio.TaskGroup) -> None:
        """Forever, every connection in a task of its own."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                near, _ = await loop.sock_accept(listener)
            except OSError as fault:  # no descriptors left: those who wait in the queue may still get their turn
                self._tell("accept", f"the tunnel cannot take connections: {fault.strerror}")
                await self._way.clock.sleep(AGAIN_SECONDS)
                continue
            near.setblocking(False)
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made = Connection(near, self._way, self._opened, self._failed)
            self._standing[made] = tasks.create_task(self._run(made), name="tunnel connection")

    async def end(self) -> None:
        """Every connection in order, side by side, within `ENDING_SECONDS`; then they are cut."""
        for one in self._standing:
            one.end()
        if tasks := list(self._standing.values()):
            await asyncio.wait(tasks, timeout=ENDING_SECONDS)
        for task in tasks:
            task.cancel()

    async def _run(self, made: Connection) -> None:
        try:
            await made.run()
        finally:
            self._past[0] += made.websocket.sent
            self._past[1] += made.websocket.received
            del self._standing[made]

    def _opened(self) -> None:
        self.ever += 1
        self.last_fault = None

    def _failed(self, fault: AksessError) -> None:
        """Before the first connection stands, nobody but who opens the tunnel wants to know."""
        self.last_fault = fault
        if self.ever:
            self._tell(fault.code, f"{fault.sentence}; new connections are made by themselves")

    def _tell(self, event: str, text: str) -> None:
        """Once per event: what follows soon after belongs to it."""
        now = self._way.clock.monotonic()
        if now - self._told.get(event, float("-inf")) > SAME_EVENT_SECONDS:
            self._progress.note(text)
        self._told[event] = now


@asynccontextmanager
async def open_tunnel(
    permits: Permits,
    trust: ssl.SSLContext,
    proxy: Callable[[str], str | None],
    clock: Clock,
    progress: Progress,
    *,
    port: int = 0,
) -> AsyncIterator[Tunnel]:
    """A tunnel for as long as the context lives; port 0 takes a free one. Errors: BadInput for a port that is taken."""
    way = Way(permits, trust, proxy, clock, memoryview(bytearray(READ_BYTES)))
    with _listening(port) as listener:
        tunnel = Tunnel(listener.getsockname()[1], way, progress)
        async with owned_tasks() as tasks:
            accepting = tasks.create_task(tunnel.accept(listener, tasks), name="tunnel")
            try:
                yield tunnel
            finally:
                accepting.cancel()
                await asyncio.wait({accepting})
                listener.close()
                await tunnel.end()


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(WAITING)
        listener.setblocking(False)
    except (OSError, OverflowError) as fault:
        listener.close()
        raise BadInput(
            f"port {port} of {LOOPBACK} cannot be used: {fault}",
            "take another one, or 0 for any that is free",
            code="port-unusable",
        ) from fault
    return listener
