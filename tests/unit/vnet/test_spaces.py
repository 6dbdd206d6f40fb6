"""Whatever is taken, a block that is found is free, fit and as large as asked; and one that exists is found."""

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.errors import BadInput
from aksess.vnet.spaces import (
    POOLS,
    SMALLEST_PREFIX,
    UNFIT,
    check_fit,
    check_size,
    cut,
    free_block,
    overlap,
    read_space,
    room_within,
)


def net(text: str) -> IPv4Network:
    return IPv4Network(text)


SMALL_POOL = net("10.20.0.0/20")
prefixes = st.integers(20, 28)


@st.composite
def inside_the_pool(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(18, 30))
    offset = draw(st.integers(0, 2**14 - 1))
    return IPv4Network((int(net("10.20.0.0/18").network_address) + offset, prefix), strict=False)


@given(st.lists(inside_the_pool(), max_size=12), prefixes)
def test_a_block_is_free_or_there_is_none(taken: list[IPv4Network], prefix: int) -> None:
    found = free_block(taken, prefix, [SMALL_POOL])
    free = [one for one in SMALL_POOL.subnets(new_prefix=prefix) if not any(one.overlaps(other) for other in taken)]
    assert found == (free[-1] if free else None)


@given(st.lists(inside_the_pool(), max_size=12))
def test_the_order_of_what_is_taken_does_not_matter(taken: list[IPv4Network]) -> None:
    assert free_block(taken) == free_block(reversed(taken))


@given(st.lists(st.sampled_from([*POOLS, net("10.128.0.0/9"), net("172.28.0.0/14"), net("172.16.0.0/13")]), max_size=5))
def test_what_is_unfit_is_never_taken(taken: list[IPv4Network]) -> None:
    found = free_block(taken)
    if found is not None:
        assert not any(found.overlaps(one) for one in (*taken, *UNFIT))
        assert any(found.subnet_of(pool) for pool in POOLS)


def test_everything_taken_is_no_room() -> None:
    assert free_block(POOLS) is None
    assert free_block([net("10.0.0.0/8"), net("172.16.0.0/12")]) == net("192.168.255.0/24")


def test_a_network_gives_what_it_has() -> None:
    space = net("10.60.0.0/24")
    assert room_within([space], []) == space
    assert room_within([space], [net("10.60.0.0/25")]) == net("10.60.0.128/25")
    assert room_within([space], [net("10.60.0.0/25"), net("10.60.0.192/26")]) == net("10.60.0.128/26")
    assert room_within([space], [net("10.60.0.0/25"), net("10.60.0.160/27"), net("10.60.0.192/26")]) == net(
        "10.60.0.128/27"
    )
    assert room_within([net("10.60.0.0/28")], []) is None


@given(st.integers(8, SMALLEST_PREFIX))
def test_a_cut_fills_the_block_without_overlap(prefix: int) -> None:
    block = IPv4Network((int(net("10.0.0.0/8").network_address), prefix))
    made = cut(block)
    parts = (made.shell, made.relay, made.storage)
    assert sum(part.num_addresses for part in parts) == block.num_addresses
    assert all(part.subnet_of(block) and part.prefixlen <= 29 for part in parts)
    assert not any(one.overlaps(other) for one in parts for other in parts if one != other)
    assert made.sessions == made.shell.num_addresses - 5


@pytest.mark.parametrize("text", ["", "10.0.0.1/24", "fd00::/64", "10.0.0.0/33", "ten"])
def test_what_is_no_space(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_space(text)
    assert refused.value.code == "space-malformed"


@pytest.mark.parametrize("text", ["10.0.0.0/28", "10.0.0.0"])
def test_what_is_too_small(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_size(read_space(text))
    assert refused.value.code == "space-small"


@pytest.mark.parametrize("text", ["20.0.0.0/24", "100.64.0.0/24", "172.31.4.0/24", "172.16.0.0/12", "0.0.0.0/0"])
def test_what_is_not_fit(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_fit(read_space(text))
    assert refused.value.code == "space-unfit"


@pytest.mark.parametrize("text", ["10.90.0.0/24", " 192.168.4.0/27 ", "172.16.0.0/16"])
def test_a_space_that_can_be_taken(text: str) -> None:
    space = read_space(text)
    check_size(space)
    check_fit(space)
    assert space == net(text.strip())


def test_an_overlap_is_named() -> None:
    taken = [("hub", net("10.60.0.0/16")), ("spoke", net("10.50.0.0/16"))]
    assert overlap(net("10.50.4.0/24"), taken) == taken[1]
    assert overlap(net("10.70.0.0/24"), taken) is None
