"""A ledger on this machine, for callers who may not write deployment records. Used only when asked for.

Nobody else can see it or finish its leases: whoever uses it must come back to the same machine to sweep.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aksess.azure.ids import ClusterId
from aksess.errors import LedgerRefused
from aksess.leases.ledger import merged
from aksess.leases.model import Lease
from aksess.leases.record import read_record, write_record

Records = dict[str, dict[str, dict[str, str]]]
"""cluster key -> lease id -> fields"""


class LocalLedger:
    name = "local"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "leases.json"

    async def record(self, lease: Lease) -> None:
        try:
            with self._locked() as records:
                kept = records.setdefault(lease.cluster.key, {})
                before = [read_record(kept[lease.id], lease.cluster)] if lease.id in kept else []
                kept[lease.id] = write_record(merged([*before, lease])[0])
                _replace(self._file, records)
        except OSError as fault:
            raise LedgerRefused(
                f"the lease cannot be recorded in {self._file}: {fault.strerror}",
                f"make {self._file.parent} writable, or use the deployments ledger",
            ) from fault
        except ValueError as fault:
            raise self._unreadable(fault) from fault

    async def again(self, lease: Lease) -> Lease | None:
        return next((one for one in await self.leases(lease.cluster) if one.id == lease.id), None)

    async def leases(self, cluster: ClusterId) -> list[Lease]:
        try:
            with self._locked() as records:
                return [read_record(fields, cluster) for fields in records.get(cluster.key, {}).values()]
        except (OSError, ValueError) as fault:
            raise self._unreadable(fault) from fault

    def _unreadable(self, fault: Exception) -> LedgerRefused:
        return LedgerRefused(f"{self._file} cannot be read: {fault}", "mend it, or move it away")

    @contextmanager
    def _locked(self) -> Iterator[Records]:
        """Two aksess on one machine must not lose each other's records: the lock lives beside the file."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._file.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            records = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
            if not isinstance(records, dict) or not all(isinstance(kept, dict) for kept in records.values()):
                raise ValueError("it is not what aksess wrote")
            yield records


def _replace(path: Path, records: Records) -> None:
    """Whole or not at all: a crash leaves the old file."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".leases-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(records, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
