"""The default ledger: each lease a deployment record in the cluster's resource group.

No set-up, free, under Azure's own rights, visible to `az deployment group list`, and apart from the cluster's own
bucket of writes. Cluster tags would leak to every node resource (AKS docs, use tags), so they are not used.
"""

from collections.abc import Mapping
from typing import Any

from aksess.azure.deployments import WRITE_ACTION, Deployments
from aksess.azure.ids import ClusterId
from aksess.clock import Clock
from aksess.errors import AzureBusy, AzureRefused, LedgerRefused, NotFound, RightsMissing
from aksess.leases.ledger import merged
from aksess.leases.model import Lease
from aksess.leases.record import check_record, is_record, read_record, write_record
from aksess.progress import Progress

OR_LOCALLY = "or keep the lease on this machine only: --ledger local (nobody else can then clean it up)"
INSTEAD = f"ask for that right, {OR_LOCALLY}"


class DeploymentsLedger:
    name = "deployments"

    def __init__(self, deployments: Deployments, clock: Clock, progress: Progress, widest_prefix: int) -> None:
        self._deployments = deployments
        self._clock = clock
        self._progress = progress
        self._widest_prefix = widest_prefix
        self._said: set[str] = set()

    async def record(self, lease: Lease) -> None:
        try:
            name = ended_name(lease) if lease.ended else open_name(lease)
            await self._deployments.write(lease.cluster, name, write_record(lease))
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

    async def again(self, lease: Lease) -> Lease | None:
        found = []
        for name in (ended_name(lease), open_name(lease)):
            record = await self._deployments.read(lease.cluster, name)
            found += self._read(record, lease.cluster) if record else []
        return next(iter(merged(found)), None)

    async def leases(self, cluster: ClusterId) -> list[Lease]:
        found: list[Lease] = []
        async for record in self._deployments.every(cluster):
            found += self._read(record, cluster)
        return merged(found)

    def _read(self, record: Mapping[str, Any], cluster: ClusterId) -> list[Lease]:
        """The lease of this cluster that the record holds, if it does. What is damaged is said once, and left alone."""
        tags = record.get("tags") or {}
        if not is_record(tags) or str(tags.get("aksess-cluster", "")).lower() != cluster.name.lower():
            return []
        try:
            lease = read_record(tags, cluster)
            check_record(lease, self._clock.now(), self._widest_prefix)
        except ValueError as damage:
            self._say_once(f"deployment record {record.get('name')} is damaged and ignored: {damage}")
            return []
        return [lease]

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._progress.note(text)


def open_name(lease: Lease) -> str:
    """One name for the lease while it lives; sorts by date in Azure's list. At most 64 characters (REST reference)."""
    return f"aksess-lease-{lease.created:%Y%m%dT%H%M%SZ}-{lease.id}"


def ended_name(lease: Lease) -> str:
    """The end has a record of its own, so that no renewal can be written over it."""
    return f"{open_name(lease)}-ended"
