"""The streams of one exec or attach, whatever carries them, and the rule that neither end outlives the other."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from aksess_sim.services.apiserver.containers.streams import Sink, Source

Status = dict[str, Any]
"""How it ended, as the client is told: a Status object."""
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """Which streams the client asked for."""

    stdin: bool
    stdout: bool
    stderr: bool


@dataclass(frozen=True)
class Channels:
    """What the client and a process in a container share; streams nobody asked for are empty."""

    stdin: Source
    stdout: Sink
    stderr: Sink


Work = Callable[[Channels], Coroutine[Any, Any, Status]]


async def as_long_as(presence: Coroutine[Any, Any, None], work: Coroutine[Any, Any, T]) -> T | None:
    """Do the work as long as something lasts, such as a client or a pod; None when that ended before the work did."""
    async with asyncio.TaskGroup() as tasks:
        lasting = tasks.create_task(presence, name="presence beside a container")
        working = tasks.create_task(work, name="work in a container")
        lasting.add_done_callback(lambda _: working.cancel())
        working.add_done_callback(lambda _: lasting.cancel())
    return None if working.cancelled() else working.result()
