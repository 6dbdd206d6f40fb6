"""The tokens one tunnel holds on a Bastion: every connection's own, and each given back.

What is not given back keeps a place on the Bastion until it has been idle for long. So an exchange is never cut off in
the middle, what cannot be given back is tried again at the end, and what is left even then is said.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from aksess.azure.bastion_exchange import AGAIN_SECONDS, DataPlane, Grant
from aksess.azure.bastions import Bastion
from aksess.errors import AksessError
from aksess.progress import Progress
from aksess.tasks import owned_tasks

T = TypeVar("T")

LAST_SECONDS = 6.0
"""At the end, for everything that could not be given back before."""


class BastionTokens:
    """Made by `bastion_tokens`; `tasks` outlive the connections they work for."""

    def __init__(self, plane: DataPlane, bastion: Bastion, cluster: str, tasks: asyncio.TaskGroup) -> None:
        self.bastion = bastion
        self._plane = plane
        self._cluster = cluster
        self._tasks = tasks
        self._underway: set[asyncio.Task[object]] = set()
        """Exchanges, and what nobody waits for."""
        self._held: set[Grant] = set()

    @property
    def left(self) -> int:
        """How many the Bastion still holds for us."""
        return len(self._held)

    @asynccontextmanager
    async def granted(self) -> AsyncIterator[Grant]:
        """For one connection; given back on every way out. Errors: those of `DataPlane.exchange`."""
        asking = self._owned(self._asked())
        try:
            grant = await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(self._unwanted)
            raise
        if isinstance(grant, AksessError):
            raise grant
        try:
            yield grant
        finally:
            await self._give_back(grant)

    async def give_all_back(self) -> None:
        """What exchanges still bring included; at most six seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                while self._underway:
                    await asyncio.wait(self._underway)
                while self._held:
                    async with owned_tasks() as tasks:
                        for grant in tuple(self._held):
                            tasks.create_task(self._give_back(grant))
                    if self._held:
                        await self._plane.clock.sleep(AGAIN_SECONDS)

    async def _asked(self) -> Grant | AksessError:
        """A fault is a value here: it is one connection's and must not end the others."""
        try:
            grant = await self._plane.exchange(self.bastion, self._cluster)
        except AksessError as fault:
            return fault
        self._held.add(grant)
        return grant

    def _unwanted(self, asked: "asyncio.Task[Grant | AksessError]") -> None:
        """Whoever wanted it went while it was asked for."""
        if not asked.cancelled() and isinstance(grant := asked.result(), Grant):
            self._owned(self._give_back(grant))

    def _owned(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """A task that whoever waits for it may leave, and that still is waited for at the end."""
        task = self._tasks.create_task(work, name="bastion token")
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)
        return task

    async def _give_back(self, grant: Grant) -> None:
        """Nobody else does it meanwhile; kept for the end when it does not succeed."""
        if grant not in self._held:
            return
        self._held.discard(grant)
        done = False
        try:
            done = await self._plane.give_back(self.bastion, grant)
        finally:
            if not done:
                self._held.add(grant)


@asynccontextmanager
async def bastion_tokens(
    plane: DataPlane, bastion: Bastion, cluster: str, progress: Progress
) -> AsyncIterator[BastionTokens]:
    """For as long as a tunnel lives; then everything is given back, or it is said that something was not."""
    async with owned_tasks() as tasks:
        tokens = BastionTokens(plane, bastion, cluster, tasks)
        try:
            yield tokens
        finally:
            try:
                await tokens.give_all_back()
            finally:
                if tokens.left:
                    what = "one session" if tokens.left == 1 else f"{tokens.left} sessions"
                    progress.note(f"{what} could not be given back to {bastion.name}, which drops them when idle")
