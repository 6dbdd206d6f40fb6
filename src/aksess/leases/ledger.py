"""Where leases are recorded, outside the caller's machine: what every store must do."""

from collections.abc import Iterable
from typing import Protocol

from aksess.azure.ids import ClusterId
from aksess.leases.model import Lease


class Ledger(Protocol):
    """A store of leases. What has ended stays ended, whatever is written later: a renewal that was under way when
    somebody revoked the lease must not bring it back. A list may lag behind a write (Azure does not promise otherwise);
    `again` and the writer's own knowledge make up for it."""

    name: str

    async def record(self, lease: Lease) -> None:
        """Create or overwrite the lease's record. Errors: LedgerRefused, AzureUnreachable, AzureBusy."""

    async def again(self, lease: Lease) -> Lease | None:
        """The lease as it stands now; None when its record is gone."""

    async def leases(self, cluster: ClusterId) -> list[Lease]:
        """Every lease of the cluster the store still knows, ended ones included."""


def merged(found: Iterable[Lease]) -> list[Lease]:
    """One lease for each id: an end wins over whatever was written beside it, and `added` is never taken back."""
    newest: dict[str, Lease] = {}
    for lease in found:
        before = newest.get(lease.id, lease)
        kept = before if before.ended and not lease.ended else lease
        newest[lease.id] = kept.claimed() if before.added and not kept.added else kept
    return list(newest.values())
