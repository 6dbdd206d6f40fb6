"""Virtual time ends: whatever a test waits for in vain, it does not hang."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from itertools import count

import pytest

from sim import virtual_time
from sim.virtual_time import END_OF_TIME, VirtualTimeLoop


def run(work: Callable[[], Awaitable[object]]) -> float:
    """The virtual time at its end."""

    async def whole() -> float:
        await work()
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(whole())


async def heartbeats() -> None:
    for _ in count():
        await asyncio.sleep(3600)


async def in_steps() -> None:
    """Long ones until the last day, then short ones; neither comes out even."""
    for step in [86_400 / 7] * (179 * 7) + [1 / 3] * 100:
        await asyncio.sleep(step)


async def busy() -> None:
    for _ in count():
        await asyncio.sleep(0)


async def deaf() -> None:
    """Read from somebody who never says anything."""
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        await asyncio.get_running_loop().sock_recv(here, 1)


def test_time_can_be_told_to_its_end() -> None:
    assert run(in_steps) == pytest.approx(END_OF_TIME - 86_400 + 100 / 3, abs=0.001)


@pytest.mark.parametrize("work", [heartbeats, lambda: asyncio.sleep(float("inf"))])
def test_who_waits_for_ever_is_told(work: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(RuntimeError, match="in vain"):
        run(work)


@pytest.mark.parametrize("work", [busy, deaf])
def test_who_makes_no_time_pass_is_told(work: Callable[[], Awaitable[object]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_time, "PATIENCE", 0.05)
    with pytest.raises(RuntimeError, match="no virtual time passes"):
        run(work)
