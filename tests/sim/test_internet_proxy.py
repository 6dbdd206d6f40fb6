"""The proxy on the wire: who is asking, what is reached, and the hand-over on the same connection."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address

import pytest
from aiohttp import web

from aksess_sim.faults import Fault, Faults, Kind
from aksess_sim.internet.caller import CALLER, Caller
from aksess_sim.internet.certificates import Authority
from aksess_sim.internet.gateway import Gateway
from aksess_sim.internet.plain import only_for
from aksess_sim.internet.proxy import Proxy
from aksess_sim.internet.reachability import Reach
from aksess_sim.internet.service import Service
from aksess_sim.journal import Journal
from aksess_sim.world.clock import WorldClock

ADA = Caller("cs-ada", "ada", IPv4Address("20.1.2.3"))
BEN = Caller("cs-ben", "ben", IPv4Address("20.1.2.4"))
EVE = Caller("cs-eve", "eve", IPv4Address("20.1.2.5"))
"""Has no session."""
SESSIONS = {("cs-ada", "ada secret"): ADA, ("cs-ben", "ben secret"): BEN}
TOKENS = ("localhost", 50342)


@dataclass
class Street:
    """A proxy with one host behind it, and the way to it."""

    proxy: Proxy
    authority: Authority
    clock: WorldClock
    journal: Journal
    faults: Faults
    reach: dict[str, Reach] = field(default_factory=dict)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def say(self, line: str, caller: Caller | None = ADA) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
        self.writers.append(writer)
        writer.write(f"{line}\r\nHost: somewhere\r\n{_credentials(caller)}\r\n".encode())
        return reader

    async def ask(self, target: str, caller: Caller | None = ADA, method: str = "CONNECT") -> "Wire":
        reader = await self.say(f"{method} {target} HTTP/1.1", caller)
        return Wire(reader, self.writers[-1], await reader.readuntil(b"\r\n\r\n"))

    async def tunnel(self, host: str, caller: Caller = ADA) -> "Wire":
        wire = await self.ask(f"{host}:443", caller)
        assert wire.status == 200
        trust = ssl.create_default_context(cadata=self.authority.pem.decode())
        await wire.writer.start_tls(trust, server_hostname=host)
        return wire


@dataclass
class Wire:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    async def get(self, path: str, host: str) -> bytes:
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return await self.reader.readexactly(int(length.split(b":")[1]))


def _credentials(caller: Caller | None) -> str:
    if caller is None:
        return ""
    user = base64.b64encode(f"{caller.session}:{caller.person} secret".encode())
    return f"Proxy-Authorization: Basic {user.decode()}\r\n"


async def _who(request: web.Request) -> web.Response:
    return web.Response(text=f"{CALLER.get().person} {request.path}")


def _application() -> web.Application:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", _who)
    return application


@asynccontextmanager
async def street() -> AsyncIterator[Street]:
    clock, authority = WorldClock(), Authority("test")
    journal, faults, reach = Journal(clock), Faults(), dict[str, Reach]()
    service = await Service.start("who", _application(), authority)
    plain = await Service.start("plain", only_for(*TOKENS, _application()), authority)

    async def serve(_host: str) -> Service:
        return service

    gateway = Gateway(
        clock=clock,
        journal=journal,
        faults=faults,
        reach=lambda _caller, host, _port: reach.get(host, Reach.UNRESOLVED),
        service=serve,
        plain=plain,
        patience=lambda _host: 20,
        settle=lambda: None,
    )
    async with Proxy(gateway, lambda name, password: SESSIONS.get((name, password))) as proxy:
        standing = Street(proxy, authority, clock, journal, faults, reach)
        yield standing
        for writer in standing.writers:
            writer.transport.abort()
    await service.stop()
    await plain.stop()


@pytest.fixture
async def town() -> AsyncIterator[Street]:
    async with street() as standing:
        standing.reach["open.example"] = Reach.OPEN
        yield standing


async def test_a_tunnel_carries_tls_and_each_handler_sees_its_caller(town: Street) -> None:
    wires = [await town.tunnel("open.example", caller) for caller in (ADA, BEN, ADA)]
    bodies = [await wire.get("/x", "open.example") for wire in wires]
    assert bodies == [b"ada /x", b"ben /x", b"ada /x"]


async def test_a_request_sent_with_the_last_handshake_bytes_is_not_lost(town: Street) -> None:
    """Two hundred connections at once meet the race between the handshake's end and the hand-over."""

    async def visit(number: int) -> bytes:
        wire = await town.tunnel("open.example")
        return await wire.get(f"/{number}", "open.example")

    async with asyncio.TaskGroup() as group:
        visits = [group.create_task(visit(number)) for number in range(200)]
    assert [visit.result() for visit in visits] == [f"ada /{number}".encode() for number in range(200)]


@pytest.mark.parametrize("caller", [None, EVE])
async def test_who_has_no_session_is_asked_for_one(town: Street, caller: Caller | None) -> None:
    wire = await town.ask("open.example:443", caller)
    assert wire.status == 407
    assert b"Proxy-Authenticate: Basic" in wire.head


async def test_a_name_that_does_not_resolve_is_a_bad_gateway(town: Street) -> None:
    wire = await town.ask("nowhere.example:443")
    assert wire.status == 502
    assert await wire.reader.read() == b"could not resolve host nowhere.example\n"


async def test_a_refused_connect_is_a_bad_gateway(town: Street) -> None:
    town.reach["shut.example"] = Reach.REFUSED
    wire = await town.ask("shut.example:443")
    assert (wire.status, town.clock.elapsed()) == (502, 0)


async def test_silence_lasts_as_long_as_a_clients_patience(town: Street) -> None:
    town.reach["silent.example"] = Reach.SILENT
    wire = await town.ask("silent.example:443")
    assert (wire.status, round(town.clock.elapsed(), 3)) == (504, 20)


async def test_a_connect_succeeds_at_the_first_repetition_after_the_host_has_opened(town: Street) -> None:
    town.reach["opening.example"] = Reach.SILENT
    asyncio.get_running_loop().call_later(4, lambda: town.reach.update({"opening.example": Reach.OPEN}))
    wire = await town.ask("opening.example:443")
    assert (wire.status, round(town.clock.elapsed(), 3)) == (200, 7)


async def test_a_client_that_leaves_while_it_waits_ends_the_waiting(town: Street) -> None:
    town.reach["silent.example"] = Reach.SILENT
    await town.say("CONNECT silent.example:443 HTTP/1.1")
    await asyncio.sleep(2)
    town.writers[-1].transport.abort()
    await asyncio.sleep(30)
    [entry] = town.journal.find(host="silent.example")
    assert entry.status is None


async def test_absolute_form_reaches_the_plain_host_only(town: Street) -> None:
    good = await town.ask("http://localhost:50342/oauth2/token", method="GET")
    assert (good.status, await good.reader.read(99)) == (200, b"ada /oauth2/token")
    bad = await town.ask("http://example.org/", method="GET")
    assert bad.status == 502


@pytest.mark.parametrize("request_line", ["NONSENSE", "CONNECT open.example HTTP/1.1", "CONNECT x:y HTTP/1.1"])
async def test_what_is_no_proxy_request_is_a_bad_request(town: Street, request_line: str) -> None:
    reader = await town.say(request_line)
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")


async def test_a_certificate_is_for_the_host_that_was_asked_for(town: Street) -> None:
    wire = await town.ask("open.example:443")
    trust = ssl.create_default_context(cadata=town.authority.pem.decode())
    with pytest.raises(ssl.SSLCertVerificationError):
        await wire.writer.start_tls(trust, server_hostname="other.example")


async def test_faults_strike_the_way_to_a_host(town: Street) -> None:
    town.faults.arm(Fault(Kind.STATUS, method="CONNECT", host="open.*", status=503))
    town.faults.arm(Fault(Kind.SLOW, method="CONNECT", host="open.*", seconds=9))
    broken = await town.ask("open.example:443")
    slow = await town.ask("open.example:443")
    assert (broken.status, slow.status, round(town.clock.elapsed(), 3)) == (503, 200, 9)


async def test_a_cut_way_ends_without_an_answer(town: Street) -> None:
    town.faults.arm(Fault(Kind.CUT, method="CONNECT"))
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await town.ask("open.example:443")


async def test_every_decision_is_in_the_journal(town: Street) -> None:
    for host in ("open.example", "nowhere.example"):
        await town.ask(f"{host}:443", BEN)
    entries = [(e.session, e.person, e.method, e.host, e.status) for e in town.journal]
    assert entries == [
        ("cs-ben", "ben", "CONNECT", "open.example", 200),
        ("cs-ben", "ben", "CONNECT", "nowhere.example", 502),
    ]
