"""The local ledger: what one writes every other reads, many at once lose nothing, and a crash leaves the old file."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from aksess.azure.ids import ClusterId
from aksess.errors import LedgerRefused
from aksess.leases.local_ledger import LocalLedger
from aksess.leases.model import Holder, Lease, State, new_lease

WEB, NAT = ClusterId("s", "rg", "web"), ClusterId("s", "rg", "nat")
START = datetime(2026, 1, 1, tzinfo=UTC)


def a_lease(cluster: ClusterId = WEB) -> Lease:
    address = IPv4Network("20.1.2.3/32")
    return new_lease(cluster, address, Holder("ada", "oid"), reason="", created=START, lasts=timedelta(minutes=30))


def read(folder: Path, cluster: ClusterId = WEB) -> list[Lease]:
    return asyncio.run(LocalLedger(folder).leases(cluster))


def write(folder: Path, lease: Lease) -> None:
    asyncio.run(LocalLedger(folder).record(lease))


def test_what_one_writes_another_reads_by_cluster(tmp_path: Path) -> None:
    assert read(tmp_path) == []
    ours, theirs = a_lease(), a_lease(NAT)
    write(tmp_path, ours)
    write(tmp_path, theirs)
    write(tmp_path, ours.become(State.LIVE))
    assert read(tmp_path) == [ours.become(State.LIVE)]
    assert read(tmp_path, NAT) == [theirs]
    assert read(tmp_path, ClusterId("S", "RG", "WEB"))[0].id == ours.id, "ARM ignores case"


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    leases = [a_lease() for _ in range(80)]
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda lease: write(tmp_path, lease), leases))
    assert {one.id for one in read(tmp_path)} == {one.id for one in leases}


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    write(tmp_path / "aksess", a_lease())
    assert (tmp_path / "aksess").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "aksess" / "leases.json").stat().st_mode & 0o777 == 0o600


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, kept := a_lease())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerRefused, match="No space left"):
        write(tmp_path, a_lease())
    assert read(tmp_path) == [kept]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["leases.json", "leases.lock"]


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"x": 7}', '{"x": []}'])
def test_what_is_not_a_ledger_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    (tmp_path / "leases.json").write_text(content)
    with pytest.raises(LedgerRefused, match="cannot be read"):
        read(tmp_path)
    with pytest.raises(LedgerRefused, match="cannot be read"):
        write(tmp_path, a_lease())
    assert (tmp_path / "leases.json").read_text() == content


def test_a_damaged_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leases.json").write_text(json.dumps({WEB.key: {"x": {"aksess-id": "x"}}}))
    with pytest.raises(LedgerRefused, match="lacks"):
        read(tmp_path)
