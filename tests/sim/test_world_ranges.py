"""What a list of authorized ranges may hold, held against Python's own `ipaddress`."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.world import ranges
from aksess_sim.world.refusals import Refused

ADDRESSES = st.ip_addresses(v=4)
NETWORKS = st.builds(lambda a, bits: IPv4Network((a, bits), strict=False), ADDRESSES, st.integers(0, 32))
LISTED = NETWORKS.filter(lambda network: str(network) != ranges.NOBODY)
ENTRIES = st.one_of(
    ADDRESSES.map(str),
    NETWORKS.map(str),
    st.builds(lambda a, bits: f"{a}/{bits}", ADDRESSES, st.integers(-1, 40)),
    st.ip_addresses(v=6).map(str),
    st.text(max_size=20),
)


def parsed(entry: str) -> str | None:
    try:
        return str(IPv4Network(entry))
    except ValueError:
        return None


@given(ENTRIES)
def test_an_entry_is_stored_exactly_as_the_network_it_is(entry: str) -> None:
    if (expected := parsed(entry)) is None:
        with pytest.raises(Refused, match="InvalidParameter"):
            ranges.normalized([entry])
    else:
        assert ranges.normalized([entry]) == [expected]


@given(st.lists(LISTED.map(str), max_size=20))
def test_storing_what_is_stored_changes_nothing(entries: list[str]) -> None:
    assert ranges.normalized(ranges.normalized(entries)) == ranges.normalized(entries)


@given(st.lists(LISTED, max_size=8), ADDRESSES)
def test_a_list_admits_who_is_in_one_of_its_networks(networks: list[IPv4Network], address: IPv4Address) -> None:
    expected = any(address in network for network in networks)
    assert ranges.admits(map(str, networks), address) == expected


@given(ADDRESSES)
def test_the_sentinel_admits_nobody(address: IPv4Address) -> None:
    assert not ranges.admits([ranges.NOBODY], address)


@given(st.lists(LISTED.map(str), min_size=1, max_size=5))
def test_the_sentinel_stands_alone(entries: list[str]) -> None:
    with pytest.raises(Refused, match="cannot be combined"):
        ranges.normalized([*entries, "0.0.0.0"])


@pytest.mark.parametrize("limit", [ranges.LIMIT, ranges.LIMIT_WITH_VNET_INTEGRATION])
def test_the_limit_is_the_last_that_is_accepted(limit: int) -> None:
    entries = [str(IPv4Address("20.0.0.0") + number) for number in range(limit + 1)]
    assert len(ranges.normalized(entries[:-1], limit=limit)) == limit
    with pytest.raises(Refused, match=f"the limit is {limit}"):
        ranges.normalized(entries, limit=limit)


def test_no_list_is_an_empty_list() -> None:
    assert ranges.normalized(None) == ranges.normalized([]) == []


@pytest.mark.parametrize("value", ["1.2.3.4", {"a": 1}, [1], [None]])
def test_anything_but_a_list_of_text_is_refused(value: object) -> None:
    with pytest.raises(Refused, match="list of strings"):
        ranges.normalized(value)


def test_one_service_tag_beside_addresses_where_the_feature_is_registered() -> None:
    assert ranges.normalized(["AzureCloud", "20.20.20.20"], tags=True) == ["AzureCloud", "20.20.20.20/32"]
    with pytest.raises(Refused, match="not registered"):
        ranges.normalized(["AzureCloud"])
    with pytest.raises(Refused, match="at most one"):
        ranges.normalized(["AzureCloud", "Storage"], tags=True)


def test_a_service_tag_admits_what_the_world_says_it_covers() -> None:
    tags = {"AzureCloud": [IPv4Network("20.64.0.0/10")]}
    assert ranges.admits(["AzureCloud"], IPv4Address("20.65.1.1"), tags)
    assert not ranges.admits(["AzureCloud"], IPv4Address("8.8.8.8"), tags)
    assert not ranges.admits(["AzureCloud"], IPv4Address("20.65.1.1"))
