"""From what observers said to one address: at least two alike, none that differs, public, IPv4; else a sentence."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.egress.agreement import agree
from aksess.egress.observers import Observation
from aksess.errors import EgressUnclear

HOSTS = ("a", "b", "c", "d")
OWN = "20.5.5.5"
said = st.one_of(
    st.sampled_from(
        [OWN, "20.5.5.6", "10.0.0.1", "100.64.0.1", "2001:db8::1", "0.0.0.0", "", "x", "20.5.5", "\x1b[31m"]
    ),
    st.ip_addresses().map(str),
    st.text(max_size=60),
)
observations = st.builds(
    Observation,
    st.sampled_from(HOSTS),
    said,
    st.sampled_from(["", "", "cut"]),
)


def heard(*texts: str) -> list[Observation]:
    return [Observation(host, text) for host, text in zip(HOSTS, texts, strict=False)]


@given(st.lists(observations, max_size=6))
def test_an_address_is_only_ever_one_that_two_told_and_nobody_denied(told: list[Observation]) -> None:
    try:
        address = agree(told)
    except EgressUnclear:
        return
    alike = {one.observer for one in told if not one.fault and one.text == str(address)}
    assert len(alike) >= 2
    assert address.is_global


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ((), "egress-unseen"),
        ((OWN,), "egress-unseen"),
        (("x", "y", "z"), "egress-unseen"),
        ((OWN, "20.5.5.6"), "egress-disagreement"),
        ((OWN, OWN, OWN, "20.5.5.6"), "egress-disagreement"),
        ((OWN, "10.0.0.1"), "egress-disagreement"),
        (("2001:db8::1", "2001:db8::2"), "egress-ipv6-only"),
        (("::ffff:20.5.5.5", "::ffff:20.5.5.5"), "egress-ipv6-only"),
        (("10.0.0.1", "10.0.0.1"), "egress-not-public"),
        (("100.64.0.1", "100.64.0.1"), "egress-not-public"),
        (("0.0.0.0", "0.0.0.0"), "egress-not-public"),
    ],
)
def test_each_way_of_not_agreeing(texts: tuple[str, ...], code: str) -> None:
    with pytest.raises(EgressUnclear) as fault:
        agree(heard(*texts))
    assert fault.value.code == code
    assert "--ip ADDRESS" in fault.value.next_step


@pytest.mark.parametrize("texts", [(OWN, OWN), (OWN, "x", OWN), (OWN, OWN, "2001:db8::1"), ("", OWN, "", OWN)])
def test_two_who_agree_are_enough(texts: tuple[str, ...]) -> None:
    assert agree(heard(*texts)) == IPv4Address(OWN)


def test_one_observer_asked_twice_is_one_voice() -> None:
    with pytest.raises(EgressUnclear):
        agree([Observation("a", OWN), Observation("a", OWN)])


def test_a_voice_that_broke_off_does_not_count() -> None:
    with pytest.raises(EgressUnclear, match="a: 'TimeoutError'"):
        agree([Observation("a", OWN, "TimeoutError"), Observation("b", OWN)])
