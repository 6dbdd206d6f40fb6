"""From a lease in use to none: mark it ended, then take its entry out. What cannot be finished is said."""

import asyncio
from dataclasses import dataclass

from aksess.azure.operations import Operation
from aksess.errors import AksessError, LeftOpen
from aksess.leases.keeper import Keeper
from aksess.leases.model import Lease
from aksess.progress import Progress


@dataclass(frozen=True)
class Closing:
    keeper: Keeper
    progress: Progress

    async def close(self, lease: Lease) -> Operation | None:
        """The operation when it was ours to write. Returns as soon as Azure has taken the change. Errors: LeftOpen."""
        self.progress.stage("closing: taking the address out again")
        await self._mark(lease)
        finish = _finish(lease)
        try:
            return (await self.keeper.reconciler.run(lease.cluster, mine=lease.id)).operation
        except asyncio.CancelledError:
            self.progress.note(f"lease {lease.id} is marked as ended, its entry may still be listed; {finish}")
            raise
        except AksessError as fault:
            raise LeftOpen(
                f"lease {lease.id} is marked as ended, but {lease.address} may still be listed: {fault.sentence}",
                finish,
            ) from fault

    async def _mark(self, lease: Lease) -> None:
        ends = f"it ends by itself at {lease.ends:%H:%M} UTC"
        try:
            await self.keeper.release(lease)
        except asyncio.CancelledError:
            self.progress.note(f"lease {lease.id} may not be marked as ended; {ends}; {_finish(lease)}")
            raise
        except AksessError as fault:
            raise LeftOpen(
                f"lease {lease.id} could not be marked as ended ({fault.sentence}); {ends}", _finish(lease)
            ) from fault


def _finish(lease: Lease) -> str:
    return f"finish it from anywhere: aksess sweep -g {lease.cluster.group} -n {lease.cluster.name}"
