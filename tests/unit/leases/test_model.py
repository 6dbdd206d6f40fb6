"""A lease's life has few legal steps: every pair of states is tried, and time is compared at its very edge."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.leases.model import Holder, Lease, State, new_lease
from unit.leases.drawn import CLUSTER, NOW, leases

STEPS = {
    (State.WANTED, State.LIVE),
    (State.WANTED, State.RELEASED),
    (State.WANTED, State.EXPIRED),
    (State.LIVE, State.RELEASED),
    (State.LIVE, State.EXPIRED),
}
"""The picture at the head of the model, once more."""
ENDED = {State.RELEASED, State.EXPIRED}


def in_state(state: State) -> Lease:
    lease = new_lease(
        CLUSTER, IPv4Network("20.1.2.3/32"), Holder("ada", "0-0"), reason="", created=NOW, lasts=timedelta(hours=1)
    )
    return replace(lease, state=state)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_only_the_steps_of_the_picture_are_legal(before: State, after: State) -> None:
    lease = in_state(before)
    if (before, after) in STEPS:
        assert lease.become(after) == replace(lease, state=after)
    else:
        with pytest.raises(ValueError, match=f"a lease that is {before} cannot become {after}"):
            lease.become(after)


@pytest.mark.parametrize("state", State)
def test_what_has_ended_stays_ended(state: State) -> None:
    lease = in_state(state)
    assert lease.ended == (state in ENDED)
    if lease.ended:
        assert lease.settle(NOW).settled
        assert not lease.settle(NOW).unsettle().settled
        with pytest.raises(ValueError, match="cannot be renewed"):
            lease.renewed(NOW + timedelta(hours=1))
    else:
        assert lease.renewed(lease.ends + timedelta(hours=1)).ends > lease.ends
        with pytest.raises(ValueError, match="is not settled"):
            lease.settle(NOW)


@given(leases(), st.timedeltas(timedelta(days=-9), timedelta(days=9)))
def test_a_lease_holds_is_due_or_has_ended_and_never_two_of_them(lease: Lease, later: timedelta) -> None:
    now = NOW + later
    assert [lease.holds(now), lease.due(now), lease.ended].count(True) == 1


@given(leases().filter(lambda lease: not lease.ended))
def test_a_lease_holds_until_its_end_and_not_at_it(lease: Lease) -> None:
    assert lease.holds(lease.ends - timedelta(microseconds=1))
    assert not lease.holds(lease.ends)
    assert lease.due(lease.ends)


@given(leases().filter(lambda lease: not lease.ended), st.timedeltas(timedelta(days=-9), timedelta(days=9)))
def test_a_renewal_never_brings_the_end_nearer(lease: Lease, change: timedelta) -> None:
    assert lease.renewed(lease.ends + change).ends == lease.ends + max(change, timedelta())


@given(leases())
def test_a_claim_changes_nothing_else(lease: Lease) -> None:
    assert replace(lease.claimed(), added=lease.added) == lease
    assert lease.claimed().added


@given(leases(), st.booleans())
def test_an_ended_lease_answers_for_its_entry_until_a_while_after_it_is_settled(lease: Lease, failed: bool) -> None:
    aftermath = timedelta(days=7) if failed else timedelta(minutes=10)
    if lease.settled_at is None:
        assert lease.answers(NOW, failed=failed) == lease.ended
    elif lease.taken_out and not failed:
        assert not lease.answers(lease.settled_at, failed=failed), "what is listed after our own write is not ours"
    else:
        assert lease.answers(lease.settled_at + aftermath - timedelta(seconds=1), failed=failed)
        assert not lease.answers(lease.settled_at + aftermath, failed=failed)
