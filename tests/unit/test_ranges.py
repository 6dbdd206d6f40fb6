"""Ranges: what is read from a list, what is covered, what a person may lease. S1 begins here."""

from ipaddress import IPv4Address, IPv4Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.errors import BadInput
from aksess.ranges import SEALED, covered, lease_range, not_public, read_entry

addresses = st.integers(0, 2**32 - 1).map(IPv4Address)
networks = st.builds(
    lambda address, prefix: IPv4Network((address, prefix), strict=False), addresses, st.integers(0, 32)
)


@given(networks)
def test_an_entry_is_read_back_as_it_was_written(network: IPv4Network) -> None:
    assert read_entry(str(network)) == read_entry(f"  {network}\n") == network


@given(addresses)
def test_a_bare_address_is_its_single_range(address: IPv4Address) -> None:
    assert read_entry(str(address)) == read_entry(f"{address}/32") == IPv4Network(address)


@given(st.text())
def test_reading_an_entry_never_fails(text: str) -> None:
    found = read_entry(text)
    assert found is None or str(found.network_address) in text


@pytest.mark.parametrize("text", ["AzureCloud", "", "10.0.0.1/24", "::1", "1.2.3.4/33", "1.2.3", "1.2.3.4-1.2.3.9"])
def test_what_is_no_range_is_none(text: str) -> None:
    assert read_entry(text) is None


@given(networks, st.lists(networks))
def test_covered_means_that_one_entry_holds_all_of_it(network: IPv4Network, entries: list[IPv4Network]) -> None:
    truth = any(network.subnet_of(entry) for entry in entries if entry != SEALED)
    assert covered(network, map(str, entries)) == truth


@given(networks)
def test_the_seal_and_service_tags_cover_nobody(network: IPv4Network) -> None:
    assert not covered(network, ["0.0.0.0/32", "AzureCloud.WestEurope", "", "nonsense"])


@given(st.one_of(st.text(), networks.map(str), st.ip_addresses().map(str)), st.integers(8, 32))
def test_whatever_is_typed_becomes_a_public_ipv4_range_of_allowed_size_or_an_explained_refusal(
    typed: str, widest: int
) -> None:
    found = refusal = None
    try:
        found = lease_range(typed, widest)
    except BadInput as fault:
        refusal = fault
    if found is None:
        assert refusal is not None
        assert (refusal.code[:6], bool(refusal.next_step)) == ("range-", True)
        return
    assert found.prefixlen >= widest
    assert found == ip_network(typed.strip())
    assert found.network_address.is_global


@given(addresses)
def test_the_widest_range_is_a_single_address_unless_policy_says_otherwise(address: IPv4Address) -> None:
    around = IPv4Network((address, 31), strict=False)
    with pytest.raises(BadInput) as refused:
        lease_range(str(around))
    assert refused.value.code in ("range-wide", "range-not-public")


@given(addresses)
def test_an_address_is_public_exactly_when_the_internet_can_see_it(address: IPv4Address) -> None:
    assert (not_public(address) is None) == (address.is_global and not address.is_multicast)
