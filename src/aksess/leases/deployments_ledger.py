"""The default ledger: each lease a deployment record in the cluster's resource group.

No set-up, free, under Azure's own rights, visible to `az deployment group list`, and apart from the cluster's own
bucket of writes. Cluster tags would leak to every node resource (AKS docs, use tags), so they are not used.
"""

from aksess.azure.deployments import WRITE_ACTION, Deployments
from aksess.azure.ids import ClusterId
from aksess.errors import AzureBusy, AzureRefused, LedgerRefused, NotFound, RightsMissing
from aksess.leases.model import Lease
from aksess.leases.record import is_record, read_record, write_record
from aksess.progress import Progress

OR_LOCALLY = "or keep the lease on this machine only: --ledger local (nobody else can then clean it up)"
INSTEAD = f"ask for that right, {OR_LOCALLY}"


class DeploymentsLedger:
    name = "deployments"

    def __init__(self, deployments: Deployments, progress: Progress) -> None:
        self._deployments = deployments
        self._progress = progress

    async def record(self, lease: Lease) -> None:
        try:
            await self._deployments.write(lease.cluster, record_name(lease), write_record(lease))
        except RightsMissing as missing:
            raise LedgerRefused(f"the lease cannot be recorded: {missing.sentence}", INSTEAD) from missing
        except NotFound as missing:
            raise LedgerRefused(
                f"the lease cannot be recorded: {missing.sentence}", f"check the right {WRITE_ACTION}; {INSTEAD}"
            ) from missing
        except AzureBusy as busy:
            raise LedgerRefused(f"the lease cannot be recorded now: {busy.sentence}", busy.next_step) from busy
        except AzureRefused as refusal:
            raise LedgerRefused(
                f"the lease cannot be recorded: {refusal.sentence}", f"mend that, {OR_LOCALLY}"
            ) from refusal

    async def leases(self, cluster: ClusterId) -> list[Lease]:
        found = []
        async for deployment in self._deployments.every(cluster):
            tags = deployment.get("tags") or {}
            if not is_record(tags) or tags.get("aksess-cluster", "").lower() != cluster.name.lower():
                continue
            try:
                found.append(read_record(tags, cluster))
            except ValueError as damage:
                self._progress.note(f"deployment record {deployment.get('name')} is damaged and ignored: {damage}")
        return found


def record_name(lease: Lease) -> str:
    """One name for the lease's whole life; sorts by date in Azure's list. At most 64 characters (REST reference)."""
    return f"aksess-lease-{lease.created:%Y%m%dT%H%M%SZ}-{lease.id}"
