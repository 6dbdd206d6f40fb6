"""The pure heart of S1 to S5, against every list and ledger that can be drawn: what is written, kept and left alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.errors import RangesFull
from aksess.leases.decision import Decision, decide
from aksess.leases.model import Holder, Lease, State, new_lease
from unit.leases.drawn import CLUSTER, NOW, SEAL, addresses, leases, ledgers, listed, networks


def outcome(current: Sequence[str], decision: Decision) -> list[str]:
    """The list as it stands once the decision is carried out."""
    return list(current if decision.ranges is None else decision.ranges)


def carried_out(known: Sequence[Lease], decision: Decision) -> list[Lease]:
    """The ledger as it stands then: what was to be recorded before the write, and after it."""
    newest = {lease.id: lease for lease in known}
    for recorded in (decision.claimed, decision.settled):
        newest.update({lease.id: lease for lease in recorded})
    return list(newest.values())


def admitted(address: IPv4Network, entries_: Sequence[str]) -> bool:
    """As the API server reads a list, said again in the test's own words."""
    ranges = [one for one in networks(entries_) if isinstance(one, IPv4Network) and str(one) != SEAL]
    return any(address.subnet_of(one) for one in ranges)


@given(listed.filter(lambda drawn: "not a range" not in drawn), ledgers)
def test_a_list_never_becomes_empty_and_a_seal_stands_alone(current: list[str], known: list[Lease]) -> None:
    after = outcome(current, decide(current, known, NOW))
    assert after
    assert SEAL not in after or after == [SEAL]


@given(listed, ledgers)
def test_nothing_is_written_but_what_stood_there_or_is_leased(current: list[str], known: list[Lease]) -> None:
    after = outcome(current, decide(current, known, NOW))
    leased = {str(lease.address) for lease in known if lease.holds(NOW)}
    assert set(after) <= {*current, *leased, SEAL}


@given(listed, ledgers)
def test_nobody_is_admitted_who_was_not_before_and_holds_no_lease(current: list[str], known: list[Lease]) -> None:
    after = outcome(current, decide(current, known, NOW))
    for stranger in (IPv4Network(f"20.1.2.{last}") for last in range(8)):
        if admitted(stranger, after) and not admitted(stranger, current):
            assert any(stranger.subnet_of(lease.address) for lease in known if lease.holds(NOW))


@given(listed, ledgers)
def test_foreign_entries_survive_as_written_and_in_order(current: list[str], known: list[Lease]) -> None:
    ours = {lease.address for lease in known if lease.added and lease.answers(NOW, failed=False)} | {
        lease.address for lease in known if lease.due(NOW) and lease.added
    }
    foreign = [
        entry for entry in current if entry != SEAL and (not entry[0].isdigit() or IPv4Network(entry) not in ours)
    ]
    after = outcome(current, decide(current, known, NOW))
    assert [entry for entry in after if entry in foreign] == foreign


@given(listed, ledgers)
def test_whoever_holds_a_lease_is_admitted(current: list[str], known: list[Lease]) -> None:
    after = outcome(current, decide(current, known, NOW))
    for lease in known:
        if lease.holds(NOW):
            assert admitted(lease.address, after)


@given(listed, ledgers)
def test_an_entry_goes_when_its_last_lease_has_ended(current: list[str], known: list[Lease]) -> None:
    after = networks(outcome(current, decide(current, known, NOW)))
    held = {lease.address for lease in known if lease.holds(NOW)}
    for lease in known:
        if lease.added and not lease.settled and not lease.holds(NOW) and lease.address not in held:
            assert lease.address not in after


@given(listed, addresses, st.sampled_from([State.RELEASED, State.EXPIRED]))
def test_an_entry_that_was_there_before_the_lease_stays(current: list[str], address: IPv4Network, end: State) -> None:
    before = [*(entry for entry in current if entry != SEAL), str(address)]
    guest = lease_on(address, state=end, added=False)
    assert decide(before, [guest], NOW).ranges is None


@given(listed, ledgers)
def test_a_decision_carried_out_leaves_nothing_to_do(current: list[str], known: list[Lease]) -> None:
    decision = decide(current, known, NOW)
    again = decide(outcome(current, decision), carried_out(known, decision), NOW)
    assert (again.ranges, again.claimed, again.settled) == (None, (), ())


@given(listed, ledgers, st.randoms(use_true_random=False))
def test_the_ledger_s_order_does_not_matter(current: list[str], known: list[Lease], random: object) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = decide(current, known, NOW), decide(current, shuffled, NOW)
    assert one.ranges == other.ranges
    assert one.pending == other.pending


@given(ledgers)
def test_an_open_server_is_left_alone_without_an_order(known: list[Lease]) -> None:
    decision = decide([], known, NOW)
    assert decision.ranges is None
    assert not decision.claimed


@given(st.lists(addresses.map(str), max_size=3, unique=True), ledgers)
def test_locking_down_lists_the_nodes_and_the_leases_and_nobody_else(nodes: list[str], known: list[Lease]) -> None:
    after = outcome([], decide([], [lease for lease in known if not lease.ended], NOW, lock_down=nodes))
    leased = {str(lease.address) for lease in known if lease.holds(NOW)}
    assert after
    assert set(nodes) <= set(after) <= {*nodes, *leased, SEAL}


@given(listed, ledgers)
def test_an_entry_becomes_ours_only_when_it_was_not_there(current: list[str], known: list[Lease]) -> None:
    shared = {
        lease.address for lease in known if lease.added and not (lease.ended and not lease.answers(NOW, failed=False))
    }
    for lease in decide(current, known, NOW).claimed:
        assert lease.address in shared or not admitted(lease.address, current)


@given(listed, ledgers)
def test_what_is_settled_has_ended_and_expiry_waits_for_its_time(current: list[str], known: list[Lease]) -> None:
    decision = decide(current, known, NOW)
    assert all(lease.ended and lease.settled for lease in decision.settled)
    alive = {lease.id for lease in known if not lease.ended}
    expired = {lease.id for lease in decision.settled if lease.state is State.EXPIRED} & alive
    assert expired == {lease.id for lease in known if not lease.ended and lease.ends <= NOW}


@given(leases(), st.timedeltas(timedelta(), timedelta(days=2)))
def test_time_alone_never_opens_anything(lease: Lease, later: timedelta) -> None:
    now = outcome([SEAL], decide([SEAL], [lease], NOW))
    then = outcome([SEAL], decide([SEAL], [lease], NOW + later))
    assert then in (now, [SEAL])


@given(st.integers(1, 4), ledgers, listed)
def test_a_full_list_still_lets_go_and_keeps_every_foreign_entry(
    room: int, known: list[Lease], current: list[str]
) -> None:
    """One lease too many must not hold everybody else's ended ones in the list."""
    limit = max(room, len(current))
    free, full = decide(current, known, NOW), decide(current, known, NOW, limit=limit)
    after = outcome(current, full)
    assert len(after) <= limit
    assert set(after) - {SEAL} <= set(outcome(current, free))
    gone = set(current) - set(outcome(current, free))
    assert not gone & set(after) - {SEAL}


@given(st.integers(1, 4), ledgers, listed)
def test_whoever_finds_no_room_is_told(room: int, known: list[Lease], current: list[str]) -> None:
    limit = max(room, len(current))
    after = outcome(current, decide(current, known, NOW, limit=limit))
    for lease in known:
        try:
            decide(current, known, NOW, limit=limit, mine=lease.id)
        except RangesFull:
            assert lease.holds(NOW)
            assert not admitted(lease.address, after)
        else:
            assert not lease.holds(NOW) or admitted(lease.address, after)


def test_a_full_list_s_last_place_goes_to_whoever_came_first() -> None:
    late, early = lease_on("20.1.2.1", hours_ago=1), lease_on("20.1.2.2", hours_ago=2)
    assert decide(["51.144.20.0/24"], [late, early], NOW, limit=2).ranges == ("51.144.20.0/24", "20.1.2.2/32")


def test_who_came_first_is_first_to_write() -> None:
    late, early = lease_on("20.1.2.1", hours_ago=1), lease_on("20.1.2.2", hours_ago=2)
    assert [lease.id for lease in decide(["51.144.20.0/24"], [late, early], NOW).pending] == [early.id, late.id]


def test_two_hundred_entries_are_the_end() -> None:
    full = [f"30.0.{number}.0/24" for number in range(200)]
    with pytest.raises(RangesFull, match="201 entries; Azure allows 200"):
        decide(full, [lease := lease_on("20.1.2.1")], NOW, mine=lease.id)


def lease_on(
    address: IPv4Network | str, *, state: State = State.WANTED, added: bool = False, hours_ago: float = 1
) -> Lease:
    """A lease that is still within its time."""
    made = new_lease(
        CLUSTER,
        IPv4Network(address),
        Holder("ada", "0-0"),
        reason="",
        created=NOW - timedelta(hours=hours_ago),
        lasts=timedelta(hours=8),
    )
    return replace(made, state=state, added=added)
