"""Connections dialled from inside the simulated internet: judged, journaled, and gone with whoever dialled."""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from ipaddress import IPv4Address

import pytest
from aiohttp import web

from aksess_sim.faults import Faults
from aksess_sim.internet.caller import CALLER, Caller
from aksess_sim.internet.certificates import Authority
from aksess_sim.internet.dialing import Dialled, Unreached, dial
from aksess_sim.internet.gateway import Gateway
from aksess_sim.internet.reachability import Reach
from aksess_sim.internet.service import Service
from aksess_sim.journal import Journal
from aksess_sim.world.clock import WorldClock

HOST = "api.example"
MACHINE = Caller("cs-ada", "ada", IPv4Address("20.9.9.9"), "hub/AzureBastionSubnet")


class Reader(Dialled):
    """Keeps what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.got = asyncio.Queue[bytes]()

    def data_received(self, data: bytes) -> None:
        self.got.put_nowait(data)


async def _who(_: web.Request) -> web.Response:
    return web.Response(text=f"{CALLER.get().person} from {CALLER.get().address}")


class Town:
    """One service, and whether it can be reached."""

    def __init__(self, service: Service) -> None:
        self.reach, clock = Reach.OPEN, WorldClock()
        self.journal, self.service = Journal(clock), service

        async def serve(_host: str) -> Service:
            return service

        self.gateway = Gateway(
            clock=clock,
            journal=self.journal,
            faults=Faults(),
            reach=lambda _caller, _host, _port: self.reach,
            service=serve,
            plain=service,
            patience=lambda _host: 20,
            settle=lambda: None,
        )

    def dial(self, protocol: Dialled) -> AbstractAsyncContextManager[asyncio.Transport]:
        return dial(self.gateway, MACHINE, HOST, 443, protocol, through="hub-bastion")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    application = web.Application()
    application.router.add_get("/", _who)
    service = await Service.start("who", application, Authority("test"))
    yield Town(service)
    await service.stop()


async def answer(town: Town, reader: Reader, transport: asyncio.Transport) -> bytes:
    """What the service says to a GET, over TLS."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cadata=town.service.authority.pem.decode())
    tls = context.wrap_bio(incoming, outgoing, server_hostname=HOST)
    steps = [
        tls.do_handshake,
        lambda: tls.write(b"GET / HTTP/1.1\r\nHost: api.example\r\n\r\n"),
        lambda: tls.read(65536),
    ]
    said = b""
    while steps:
        try:
            said = steps[0]()
            steps.pop(0)
            transport.write(outgoing.read())
        except ssl.SSLWantReadError:
            transport.write(outgoing.read())
            incoming.write(await reader.got.get())
    return said


async def test_the_service_answers_and_sees_who_called_from_where(town: Town) -> None:
    reader = Reader()
    async with town.dial(reader) as transport:
        assert b"ada from 20.9.9.9" in await answer(town, reader, transport)
    assert reader.lost.is_set()
    [entry] = town.journal.find(method="CONNECT")
    assert (entry.session, entry.host, entry.status, entry.detail) == (
        "cs-ada", HOST, 200, "through hub-bastion: open"
    )  # fmt: skip


@pytest.mark.parametrize(("reach", "seconds"), [(Reach.UNRESOLVED, 0), (Reach.REFUSED, 0), (Reach.SILENT, 20)])
async def test_what_cannot_be_reached_is_told_when_patience_is_over(town: Town, reach: Reach, seconds: float) -> None:
    town.reach = reach
    with pytest.raises(Unreached) as unreached:
        async with town.dial(Reader()):
            pytest.fail("nobody is there")
    assert unreached.value.reach is reach
    assert town.gateway.clock.elapsed() == pytest.approx(seconds)
    [entry] = town.journal.find(method="CONNECT")
    assert (entry.status, reach.name.lower() in entry.detail) == (None, True)


@pytest.mark.parametrize("after", [0, 0.5])
async def test_nothing_is_left_of_a_call_that_is_cancelled(town: Town, after: float) -> None:
    reader = Reader()

    async def call() -> None:
        async with town.dial(reader):
            await asyncio.sleep(3600)

    async with asyncio.TaskGroup() as group:
        calling = group.create_task(call())
        await asyncio.sleep(after)
        calling.cancel()
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == 1
    assert after == 0 or reader.lost.is_set()


async def test_nothing_is_left_of_a_call_that_fails_at_once(town: Town) -> None:
    with pytest.raises(ExceptionGroup):
        async with town.dial(Reader()):
            raise LookupError
    await asyncio.sleep(0.1)
    gc.collect()  # a transport that is still open would complain here


async def test_nothing_is_left_of_a_call_that_fails_in_the_middle(town: Town) -> None:
    reader = Reader()

    async def call() -> None:
        async with town.dial(reader) as transport:
            await answer(town, reader, transport)
            raise LookupError

    with pytest.raises(ExceptionGroup):
        await call()
    await asyncio.sleep(0.1)
    assert reader.lost.is_set()


async def test_a_service_that_has_stopped_hangs_up(town: Town) -> None:
    await town.service.stop()
    reader = Reader()
    async with town.dial(reader) as transport, asyncio.TaskGroup() as group:
        answering = group.create_task(answer(town, reader, transport))
        await asyncio.wait_for(reader.lost.wait(), 5)
        answering.cancel()


async def test_a_caller_who_speaks_no_tls_is_hung_up_on(town: Town) -> None:
    reader = Reader()
    async with town.dial(reader) as transport:
        transport.write(b"hello?\r\n")
        await asyncio.wait_for(reader.lost.wait(), 60)


async def test_a_caller_who_says_nothing_is_hung_up_on_in_the_end(town: Town) -> None:
    reader = Reader()
    async with town.dial(reader):
        await asyncio.wait_for(reader.lost.wait(), 60)
