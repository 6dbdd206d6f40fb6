"""From a lease in use to none: mark it ended, then take its entry out. What cannot be finished is said."""

import asyncio
from dataclasses import dataclass

from aksess.errors import AksessError, ClusterUnknown, LeftOpen
from aksess.leases.keeper import Keeper
from aksess.leases.model import Lease
from aksess.leases.reconcile import Reconciled
from aksess.progress import Progress


@dataclass(frozen=True)
class Closing:
    keeper: Keeper
    progress: Progress

    async def close(self, lease: Lease) -> Reconciled | None:
        """Returns as soon as Azure has taken the change; None when the cluster is gone. Errors: LeftOpen."""
        self.progress.stage("closing: taking the address out again")
        return await self.take_out([await self._mark(lease)])

    async def take_out(self, ended: list[Lease]) -> Reconciled | None:
        """The entries of leases of one cluster that are marked already, in one change. Errors: LeftOpen."""
        first = ended[0]
        what = f"lease {first.id} is" if len(ended) == 1 else f"{len(ended)} leases are"
        try:
            return await self.keeper.reconciler.run(first.cluster, mine=ended)
        except asyncio.CancelledError:
            self.progress.note(f"{what} marked as ended, the list may not be in order yet; {self._finish(first)}")
            raise
        except ClusterUnknown:
            self.progress.note(f"cluster `{first.cluster.name}` is gone, and with it everything that was open")
            return None
        except AksessError as fault:
            listed = ", ".join(str(lease.address) for lease in ended)
            raise LeftOpen(
                f"{what} marked as ended, but {listed} may still be listed: {fault.sentence}", self._finish(first)
            ) from fault

    async def _mark(self, lease: Lease) -> Lease:
        ends = "it ends by itself when its time is over"
        try:
            return await self.keeper.release(lease)
        except asyncio.CancelledError:
            self.progress.note(f"lease {lease.id} may not be marked as ended; {ends}; {self._finish(lease)}")
            raise
        except AksessError as fault:
            raise LeftOpen(
                f"lease {lease.id} could not be marked as ended ({fault.sentence}); {ends}", self._finish(lease)
            ) from fault

    def _finish(self, lease: Lease) -> str:
        """A command that works as it stands, from whatever shell can see the ledger."""
        cluster, local = lease.cluster, self.keeper.ledger.name == "local"
        command = f"aksess sweep -g {cluster.group} -n {cluster.name} --subscription {cluster.subscription}"
        return (
            f"finish it from this machine: {command} --ledger local" if local else f"finish it from anywhere: {command}"
        )
