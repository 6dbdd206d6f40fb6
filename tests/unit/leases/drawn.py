"""Lists and leases for the pure tests: few addresses, so that they meet; every kind of entry a list may hold."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

from hypothesis import strategies as st

from aksess.azure.ids import ClusterId
from aksess.leases.model import Holder, Lease, State

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CLUSTER = ClusterId("0b1f6471-1bf0-4dda-aec3-cb9272f09590", "rg-demo", "web")
SEAL = "0.0.0.0/32"

addresses = st.integers(1, 6).map(lambda last: IPv4Network(f"20.1.2.{last}"))
leasable = st.one_of(addresses, addresses, st.just(IPv4Network("20.1.2.4/31")))
entries = st.one_of(
    addresses.map(str),
    addresses.map(lambda one: str(one.network_address)),
    st.sampled_from(["20.1.2.4/31", "51.144.20.0/24", "20.1.2.0/24", "AzureCloud", "Storage", "not a range"]),
)
listed = st.one_of(st.just([SEAL]), st.lists(entries, min_size=1, max_size=6, unique=True))
"""A cluster's list as it may be found; never empty, which means something else (S2)."""
dates = st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours))


@st.composite
def leases(draw: st.DrawFn) -> Lease:
    """Any lease the ledger may show: settled ones have ended, as the model has it."""
    state = draw(st.sampled_from(State))
    return Lease(
        id=draw(st.uuids()).hex[:10],
        cluster=CLUSTER,
        address=draw(leasable),
        holder=Holder("ada", "0-0"),
        reason="",
        created=draw(dates),
        ends=draw(dates),
        state=state,
        added=draw(st.booleans()),
        settled_at=draw(st.none() | dates) if state in (State.RELEASED, State.EXPIRED) else None,
        taken_out=draw(st.booleans()),
    )


ledgers = st.lists(leases(), max_size=6, unique_by=lambda lease: lease.id)


def networks(texts: Sequence[str]) -> list[IPv4Network | str]:
    """Entries as they count for Azure: `x` is `x/32`; what is no range stays text."""
    return [IPv4Network(text) if text[0].isdigit() else text for text in texts]
