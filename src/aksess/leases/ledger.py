"""Where leases are recorded, outside the caller's machine: what every store must do."""

from typing import Protocol

from aksess.azure.ids import ClusterId
from aksess.leases.model import Lease


class Ledger(Protocol):
    """A store of leases. A record that has been written is seen by every later read, from any machine."""

    name: str

    async def record(self, lease: Lease) -> None:
        """Create or overwrite the lease's record. Errors: LedgerRefused, AzureUnreachable, AzureBusy."""

    async def leases(self, cluster: ClusterId) -> list[Lease]:
        """Every lease of the cluster the store still knows, ended ones included."""
