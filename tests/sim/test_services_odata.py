"""Filters: what they let through, and what is no filter."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.services.odata import BadFilter, Dialect, question

ITEM: dict[str, Any] = {"name": "Standard Gateway", "region": "westeurope", "units": 5.0, "tags": ["a", "O'Neil"]}


def holds(text: str, item: dict[str, Any] = ITEM, **dialect: Any) -> bool:
    return question(text, Dialect(ITEM, **dialect))(item)


@pytest.mark.parametrize(
    "text",
    [
        "name eq 'Standard Gateway'",
        "NAME EQ 'Standard Gateway' and region ne 'eastus'",
        "region eq 'eastus' or units ge 5",
        "region eq 'eastus' and units eq 1 or name ne ''",
        "region eq 'westeurope' and (units lt 5 or units le 5.0)",
        "contains(name,'Gate') and startswith(name, 'Standard') and endswith(name,'way')",
        "not (region eq 'eastus')",
        "tags/any(t:t eq 'O''Neil')",
    ],
)
def test_what_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "name eq 'standard gateway'",
        "region eq 'eastus' and units eq 5",
        "region eq 'eastus' and (units eq 5 or units gt 0)",
        "contains(name,'gate')",
        "units gt 'a'",
        "tags/any(t:t eq 'b')",
        "not startswith(name,'Standard')",
    ],
)
def test_what_does_not_hold(text: str) -> None:
    assert not holds(text)


def test_a_host_may_ignore_the_case_of_values() -> None:
    assert holds("name eq 'STANDARD gateway' and contains(name,'GATE')", exact=False)


@pytest.mark.parametrize(
    "text",
    ["", " ", "name", "name eq", "name eq Standard", "other eq 'x'", "name like 'x'", "name in ('x')", "(name eq 'x'",
     "name eq 'x') ", "name eq 'x' or", "contains(name)", "t eq 'a'", "tags/any(t:name eq 'a')", "name eq 'x' 'y'",
     "name eq 'x", "name & 'x'", "(" * 1000],
)  # fmt: skip
def test_what_is_no_filter(text: str) -> None:
    with pytest.raises(BadFilter):
        holds(text)


def test_a_host_may_know_less() -> None:
    with pytest.raises(BadFilter):
        holds("not (name eq 'x')", negation=False)
    twenty = " or ".join(["name eq 'x'"] * 20)
    assert not holds(twenty, most_comparisons=20)
    with pytest.raises(BadFilter):
        holds(f"{twenty} or name eq 'x'", most_comparisons=20)


@given(st.text(max_size=30))
def test_any_text_in_quotes_means_itself(text: str) -> None:
    quoted = text.replace("'", "''")
    assert holds(f"name eq '{quoted}'", ITEM | {"name": text})


@given(st.text(alphabet="()'anyoreqt: ,5/", max_size=40))
def test_nonsense_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        holds(text)
    except BadFilter:
        return
