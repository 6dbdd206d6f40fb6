"""A Bastion host on a loopback port, without TLS, that leads to whoever the test is: for what happens to bytes."""

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp.test_utils import TestServer

from aksess_sim.internet.dialing import Dialled, Unreached
from aksess_sim.internet.reachability import Reach
from aksess_sim.services.bastion.app import application
from aksess_sim.world.bastions import Bastion
from aksess_sim.world.loader import load_world
from aksess_sim.world.state import World
from sim.bastion_client import Websocket


@dataclass
class Bench:
    """A host, the world it is in, and the far ends of what it has connected to."""

    world: World
    bastion: Bastion
    port: int = 0
    far: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    near: list[asyncio.Transport] = field(default_factory=list)
    answer: Reach = Reach.OPEN
    takes: float = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @asynccontextmanager
    async def connect(self, _target: str, protocol: Dialled) -> AsyncIterator[asyncio.Transport]:
        await self.world.clock.sleep(self.takes)
        if self.answer is not Reach.OPEN:
            raise Unreached(self.answer)
        one, other = socket.socketpair()
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: protocol, sock=one)
        self.far.append(await asyncio.open_connection(sock=other))
        self.near.append(transport)
        self.writers.append(self.far[-1][1])
        try:
            yield transport
        finally:
            transport.close()

    async def open(self) -> Websocket:
        """A websocket whose far end is the newest of `far`, unless nobody can be reached."""
        session = self.bastion.grant("ada", "a cluster")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        lines = [
            f"GET /webtunnelv2/{session.websocket_token}?X-Node-Id={session.node} HTTP/1.1",
            "Host: bench",
            "Connection: keep-alive, Upgrade",
            "Upgrade: WebSocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.01)
        return Websocket(reader, writer, int(head.split()[1]))


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """The host of the default world."""
    world = load_world()
    standing = Bench(world, world.bastions.named("hub-bastion"))
    async with TestServer(application(world, standing.bastion, standing.connect)) as server:
        standing.port = server.port or 0
        try:
            yield standing
        finally:
            for writer in standing.writers:
                writer.transport.abort()
            await asyncio.sleep(0.01)
