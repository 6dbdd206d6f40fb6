"""Leases outlive the programs that wrote them: what was written reads back the same; damage is seen, not guessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import IPv4Network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aksess.leases.model import Holder, Lease, State
from aksess.leases.record import is_record, read_record, write_record
from unit.leases.drawn import CLUSTER

TAG_VALUE = 256
"""Characters in a tag's value (REST reference, Tags)."""
NEEDED = sorted({"id", "cluster", "address", "created", "ends", "state", "added", "settled"})
READ_AS_WRITTEN = {"id", "cluster", "holder", "holder-id", "reason"}

YEAR = datetime(2026, 1, 1, tzinfo=UTC)

zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.one_of(st.just(UTC), zones))  # noqa: DTZ001 - hypothesis wants naive bounds
words = st.text(max_size=300)
networks = st.integers(8, 32).flatmap(
    lambda prefix: st.integers(0, 2**prefix - 1).map(lambda high: IPv4Network((high << (32 - prefix), prefix)))
)
any_lease = st.builds(
    Lease,
    id=st.text("0123456789abcdef", min_size=10, max_size=10),
    cluster=st.just(CLUSTER),
    address=networks,
    holder=st.builds(Holder, name=words, object_id=st.uuids().map(str)),
    reason=words,
    created=moments,
    ends=moments,
    state=st.sampled_from(State),
    added=st.booleans(),
    settled_at=st.none() | moments,
)
PLAIN = Lease("0123456789", CLUSTER, IPv4Network("20.1.2.3"), Holder("", ""), "", YEAR, YEAR)


@given(any_lease)
def test_a_lease_reads_back_as_it_was_written(lease: Lease) -> None:
    kept = replace(
        lease, reason=lease.reason[:TAG_VALUE], holder=Holder(lease.holder.name[:TAG_VALUE], lease.holder.object_id)
    )
    fields = write_record(lease)
    assert is_record(fields)
    assert read_record(fields, CLUSTER) == kept


@given(any_lease)
def test_every_value_fits_a_tag(lease: Lease) -> None:
    fields = write_record(lease)
    assert all(len(value) <= TAG_VALUE for value in fields.values())
    assert len(fields) <= 50 - 15, "Azure takes 50 tags, and policies add some"


@pytest.mark.parametrize("field", NEEDED)
@given(lease=any_lease)
def test_a_record_that_lacks_a_field_is_damaged(field: str, lease: Lease) -> None:
    fields = write_record(lease)
    del fields[f"aksess-{field}"]
    with pytest.raises(ValueError, match=f"aksess-{field}"):
        read_record(fields, CLUSTER)


@given(any_lease, st.sampled_from(sorted(set(NEEDED) - READ_AS_WRITTEN)), st.text(max_size=40))
@example(PLAIN, "added", "Yes")
@example(PLAIN, "settled", "yes")
def test_a_value_that_means_nothing_is_damage_and_no_other_error(lease: Lease, field: str, value: str) -> None:
    """A lease whose `added` reads as no would leave its entry in the list for good."""
    fields = write_record(lease) | {f"aksess-{field}": value}
    try:
        found = read_record(fields, CLUSTER)
    except ValueError:
        return
    assert meant_the_same(field, value, write_record(found)[f"aksess-{field}"])


def meant_the_same(field: str, value: str, again: str) -> bool:
    """What was read is what the text says, perhaps spelled another way."""
    if field == "address":
        return IPv4Network(value) == IPv4Network(again)
    if field in ("created", "ends", "settled") and again != "no":
        return value[:10] == again[:10]
    return value == again


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20)))
def test_others_deployments_are_no_records(fields: dict[str, str]) -> None:
    assert not is_record(fields)
