"""A client of a Bastion host on the wire: the form, raw websocket frames, and TLS inside them; written anew."""

import asyncio
import base64
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aksess_sim.world.bastions import Bastion
from aksess_sim.world.clusters import Cluster
from sim.simulated_shell import Answer, Person

BINARY, TEXT, CLOSE, PING, PONG = 0x2, 0x1, 0x8, 0x9, 0xA
MASK = b"\x5a\x0f\xc3\x96"


def masked(data: bytes) -> bytes:
    return bytes(byte ^ MASK[index % 4] for index, byte in enumerate(data))


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, mask: bool = True) -> bytes:
    """One frame as a client sends it, or as it must not."""
    size = len(payload)
    short = size if size < 126 else 126 if size < 65536 else 127
    wide = b"" if size < 126 else size.to_bytes(2 if size < 65536 else 8, "big")
    head = bytes([(0x80 if final else 0) | opcode, (0x80 if mask else 0) | short]) + wide
    return head + (MASK + masked(payload) if mask else payload)


@dataclass
class Websocket:
    """One websocket, frame by frame."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int

    def send(self, opcode: int, payload: bytes = b"") -> None:
        self.writer.write(frame(opcode, payload))

    async def receive(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload; it is whole and not masked."""
        first, second = await self.reader.readexactly(2)
        assert first & 0xF0 == 0x80
        assert second < 127
        size = second if second < 126 else int.from_bytes(await self.reader.readexactly(2), "big")
        return first & 0x0F, await self.reader.readexactly(size)

    async def closed(self) -> int:
        """The code of the close frame that comes next."""
        opcode, payload = await self.receive()
        assert opcode == CLOSE
        return int.from_bytes(payload[:2], "big")


@dataclass
class Inner:
    """TLS with whoever is at the other end of a websocket."""

    websocket: Websocket
    tls: ssl.SSLObject
    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO

    async def write(self, data: bytes) -> None:
        self.tls.write(data)
        await self._flush()

    async def read(self, size: int = 65536) -> bytes:
        """What comes next; empty when the other end has said goodbye."""
        while True:
            try:
                return self.tls.read(size)
            except ssl.SSLWantReadError:
                await self._more()
            except ssl.SSLZeroReturnError:
                return b""

    async def get(self, path: str, host: str, *headers: str) -> bytes:
        """An answer's head and the beginning of its body."""
        await self.write("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += await self.read()
        return answer

    async def shake_hands(self) -> None:
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._more()
            else:
                await self._flush()
                return

    async def _flush(self) -> None:
        data = self.outgoing.read()
        for at in range(0, len(data), 4096):
            self.websocket.send(BINARY, data[at : at + 4096])
        await self.websocket.writer.drain()

    async def _more(self) -> None:
        opcode, payload = await self.websocket.receive()
        assert opcode == BINARY, (opcode, payload)
        self.incoming.write(payload)


@dataclass
class Client:
    """One person's dealings with one Bastion host."""

    person: Person
    bastion: Bastion
    cluster: Cluster
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def exchange(self, *, node: str = "", **form: str) -> Answer:
        """POST /api/tokens; keywords replace fields of the form, an empty one is left out."""
        told = {
            "resourceId": self.cluster.id,
            "protocol": "tcptunnel",
            "workloadHostPort": "443",
            "aztoken": form.pop("aztoken", "") or await self.person.token(),
            **form,
        }
        data = {name: value for name, value in told.items() if value}
        headers = {"X-Node-Id": node} if node else {}
        return await self.person.ask("POST", f"https://{self.bastion.host}/api/tokens", data=data, headers=headers)

    async def session(self, **form: str) -> dict[str, Any]:
        answer = await self.exchange(**form)
        assert answer.status == 200, answer
        return dict(answer.json)

    async def delete(self, session: dict[str, Any], *, node: str | None = None) -> int:
        url = f"https://{self.bastion.host}/api/tokens/{session['authToken']}"
        headers = {"X-Node-Id": session["nodeId"] if node is None else node}
        return (await self.person.ask("DELETE", url, headers=headers)).status

    async def websocket(self, session: dict[str, Any], *, node: str | None = None) -> Websocket:
        path = f"/webtunnelv2/{session['websocketToken']}?X-Node-Id={session['nodeId'] if node is None else node}"
        return await self.upgrade(path)

    async def upgrade(self, path: str, *, version: str = "13", key: str = "") -> Websocket:
        """An opening handshake, whatever is answered."""
        host = self.bastion.host
        reader, writer = await asyncio.open_connection("127.0.0.1", self.person.azure.proxy_port)
        self.writers.append(writer)
        caller = self.person.session.caller
        user = base64.b64encode(f"{caller.session}:{self.person.session.password}".encode()).decode()
        writer.write(f"CONNECT {host}:443 HTTP/1.1\r\nProxy-Authorization: Basic {user}\r\n\r\n".encode())
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        trust = ssl.create_default_context(cadata=self.person.azure.ca_pem.decode())
        await writer.start_tls(trust, server_hostname=host)
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {host}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            f"Sec-WebSocket-Version: {version}",
            f"Sec-WebSocket-Key: {key or base64.b64encode(os.urandom(16)).decode()}",
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        return Websocket(reader, writer, int(head.split()[1]))

    async def open(self, **form: str) -> tuple[dict[str, Any], Websocket]:
        """A session and its websocket, open."""
        session = await self.session(**form)
        websocket = await self.websocket(session)
        assert websocket.status == 101
        return session, websocket

    async def through(self, websocket: Websocket) -> Inner:
        """TLS with the API server."""
        context = ssl.create_default_context(cadata=self.cluster.ca_pem.decode())
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname=self.cluster.hosts[0])
        inner = Inner(websocket, tls, incoming, outgoing)
        await inner.shake_hands()
        return inner


@asynccontextmanager
async def at(person: Person, bastion: str = "hub-bastion", cluster: str = "vault") -> AsyncIterator[Client]:
    """A client of a Bastion host for one cluster; its connections end with the block."""
    world = person.azure.world
    client = Client(person, world.bastions.named(bastion), world.cluster_named(cluster))
    try:
        yield client
    finally:
        for writer in client.writers:
            writer.transport.abort()
        await asyncio.sleep(0)
