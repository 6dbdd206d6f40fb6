"""Keep a lease alive while it is used: mark it live, renew it, and see that its entry stays. A renewal is no PUT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aksess.clock import Clock
from aksess.errors import AksessError
from aksess.leases.keeper import Keeper
from aksess.leases.model import Lease
from aksess.progress import Progress
from aksess.ranges import covered
from aksess.tasks import owned_tasks


@dataclass(frozen=True)
class Holding:
    keeper: Keeper
    clock: Clock
    progress: Progress

    @asynccontextmanager
    async def held(self, lease: Lease, lasts: timedelta) -> AsyncIterator[None]:
        """A write that is under way at the end is waited for: it must not arrive after the lease was marked ended."""
        done = asyncio.Event()
        async with owned_tasks() as tasks:
            tasks.create_task(self._keep(lease, lasts, done), name=f"holding {lease.id}")
            try:
                yield
            finally:
                done.set()

    async def _keep(self, lease: Lease, lasts: timedelta, done: asyncio.Event) -> None:
        """Never raises: a lease that cannot be renewed ends by itself, and the person is told."""
        try:
            await self.keeper.proven(lease)
        except AksessError as fault:
            self.progress.note(f"the ledger could not be brought up to date: {fault.sentence}")
        while not await self.clock.sleep_until_set(done, lasts.total_seconds() / 3):
            try:
                renewed = await self.keeper.renew(lease, lasts)
                if renewed is None:
                    self.progress.note("the lease was ended from elsewhere; the way will be shut")
                    return
                await self._keep_listed(renewed)
            except AksessError as fault:
                self.progress.note(f"the lease could not be renewed: {fault.sentence}; trying again")
                continue
            left = renewed.ends - self.clock.now()
            if left < lasts / 2:
                minutes = left.total_seconds() / 60
                self.progress.note(
                    f"the lease cannot be renewed any further; the way will be shut in {minutes:.0f} min"
                )
                return

    async def _keep_listed(self, lease: Lease) -> None:
        """Others rewrite the list too: what holds belongs in it, and the person should hear that it was gone."""
        done = await self.keeper.reconciler.run(lease.cluster, mine=[lease])
        if done.operation is not None and not covered(lease.address, done.cluster.ranges):
            self.progress.note(f"somebody had taken {lease.address} out of the list; it is being listed again")
