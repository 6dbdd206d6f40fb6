"""The tunnel as a whole: every connection its own far end, told once per event, ended in order and within bounds."""

import asyncio
import os
import socket
from contextlib import closing

import pytest

from aksess.clock import Clock
from aksess.errors import AzureBusy, BadInput
from aksess.tunnels.tunnel import ENDING_SECONDS, LOOPBACK, open_tunnel
from unit.tunnels.far_ends import TRUST, Heard, far_host, play, rig


def test_every_connection_has_a_far_end_of_its_own() -> None:
    async def scene() -> None:
        async with rig() as stage:
            opened = [await stage.echoed(bytes([number])) for number in range(5)]
            assert stage.tunnel.now == stage.tunnel.ever == stage.host.lent == 5
            assert [one.path for one in stage.host.sockets] == [f"/way/token-{n}?node=a" for n in range(1, 6)]
            assert all(one.headers["X-Node-Id"] == "a" for one in stage.host.sockets)
            for _, writer in opened:
                writer.close()
            await asyncio.sleep(1)
            assert (stage.tunnel.now, stage.host.given_back) == (0, 5)
            assert (stage.tunnel.sent, stage.tunnel.received) == (5, 5)

    play(scene())


def test_a_hundred_at_once() -> None:
    async def scene() -> None:
        async with rig() as stage:
            data = os.urandom(20_000)

            async def one() -> None:
                _, writer = await stage.echoed(data)
                writer.close()

            async with asyncio.TaskGroup() as tasks:
                for _ in range(100):
                    tasks.create_task(one())
            assert stage.tunnel.ever == 100
            assert stage.tunnel.received == 100 * len(data)

    play(scene())


def test_it_listens_on_loopback_only_and_takes_the_port_it_is_given() -> None:
    async def scene() -> None:
        with closing(socket.create_server((LOOPBACK, 0))) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(BadInput) as raised:
                async with far_host() as host, open_tunnel(host, TRUST, lambda _: None, Clock(), Heard(), port=port):
                    pass
            assert raised.value.code == "port-unusable"
        async with far_host() as host, open_tunnel(host, TRUST, lambda _: None, Clock(), Heard(), port=port) as tunnel:
            assert tunnel.port == port
            elsewhere = socket.socket()
            with closing(elsewhere), pytest.raises(ConnectionRefusedError):
                elsewhere.connect(("127.0.0.2", port))

    play(scene())


def test_looking_whether_the_port_is_open_asks_for_no_permit() -> None:
    async def scene() -> None:
        async with rig() as stage:
            _, writer = await stage.connect()
            await asyncio.sleep(5)
            writer.close()
            await asyncio.sleep(5)
            assert (stage.host.lent, stage.tunnel.now, stage.tunnel.last_fault) == (0, 0, None)

    play(scene())


def test_a_host_that_goes_is_told_once_and_new_connections_work() -> None:
    async def scene() -> None:
        async with rig() as stage:
            opened = [await stage.echoed(b"x") for _ in range(10)]
            for one in stage.host.sockets:
                one.drop()
            for reader, writer in opened:
                with pytest.raises(ConnectionResetError):
                    await reader.read()
                writer.close()
            assert len(stage.heard.notes) == 1
            assert "new connections" in stage.heard.notes[0]
            assert stage.tunnel.last_fault is not None
            _, writer = await stage.echoed(b"again")
            assert stage.tunnel.last_fault is None
            await asyncio.sleep(60)
            stage.host.sockets[-1].drop()
            await asyncio.sleep(1)
            assert len(stage.heard.notes) == 2
            writer.close()

    play(scene())


def test_why_a_permit_was_refused_is_kept_and_the_program_is_reset() -> None:
    async def scene() -> None:
        async with rig() as stage:
            stage.host.refuse = AzureBusy("the host is being serviced", "wait a minute")
            reader, writer = await stage.connect()
            writer.write(b"x")
            with pytest.raises(ConnectionResetError):
                await reader.read()
            assert stage.tunnel.last_fault is stage.host.refuse
            assert stage.heard.notes == [], "whoever opens the tunnel reads last_fault"
            writer.close()

    play(scene())


def test_ending_it_ends_every_connection_in_order() -> None:
    async def scene() -> None:
        async with rig() as stage:
            opened = [await stage.echoed(b"x") for _ in range(10)]
            waiting = await stage.connect()
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 1
        assert [one.closed_with for one in stage.host.sockets] == [1000] * 10
        for reader, writer in [*opened, waiting]:
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()
        assert stage.heard.notes == []
        with pytest.raises(ConnectionRefusedError):
            await stage.connect()

    play(scene())


def test_ending_takes_no_longer_than_it_may() -> None:
    """The far end neither answers the end nor reads, the near side does not read, a permit is never given back."""

    async def scene() -> None:
        async with rig() as stage:
            _, writer = await stage.echoed(b"x")
            far = stage.host.sockets[0]
            far.answer_close = False
            far.transport.underlying_transport.pause_reading()
            writer.write(bytes(64 << 20))
            stage.host.give_back_seconds = 1000
            await asyncio.sleep(1)
            began = asyncio.get_running_loop().time()
        assert ENDING_SECONDS <= asyncio.get_running_loop().time() - began < ENDING_SECONDS + 1
        writer.close()

    play(scene())


def test_ending_while_connections_are_being_made() -> None:
    async def scene() -> None:
        async with rig() as stage:
            stage.host.lend_seconds = 1000
            _, writer = await stage.connect()
            writer.write(b"x")
            await asyncio.sleep(1)
            assert stage.tunnel.now == 1
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 1
        writer.close()

    play(scene())


def test_ending_while_a_permit_is_given_back_waits_for_it() -> None:
    async def scene() -> None:
        async with rig() as stage:
            stage.host.give_back_seconds = 3
            _, ended = await stage.echoed(b"x")
            ended.close()
            stage.host.answers = False
            _, refused = await stage.connect()
            refused.write(b"x")
            await asyncio.sleep(1)
            assert (stage.tunnel.now, stage.host.given_back) == (2, 0)
        assert (stage.host.given_back, stage.host.cut_short) == (2, 0)
        refused.close()

    play(scene())


def test_a_cancelled_tunnel_gives_everything_back() -> None:
    async def scene() -> None:
        opened = asyncio.Event()

        async def held() -> None:
            async with rig() as stage:
                _, writer = await stage.echoed(b"x")
                with closing(writer):
                    opened.set()
                    await asyncio.sleep(1000)

        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(held())
            await opened.wait()
            task.cancel()

    play(scene())
