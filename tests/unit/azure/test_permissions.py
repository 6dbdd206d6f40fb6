"""Which action a set of roles grants: one role must grant it without itself excluding it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.permissions import granted

WRITE = "Microsoft.ContainerService/managedClusters/write"
TABLE: list[tuple[list[dict[str, Any]], bool]] = [
    ([], False),
    ([{"actions": ["*"]}], True),
    ([{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}], True),
    ([{"actions": ["*/read"]}], False),
    ([{"actions": ["Microsoft.ContainerService/*"]}], True),
    ([{"actions": ["Microsoft.ContainerService/managedClusters/*"]}], True),
    ([{"actions": [WRITE.lower()]}], True),
    ([{"actions": ["*"], "notActions": [WRITE.upper()]}], False),
    ([{"actions": ["*"], "notActions": ["*/write"]}], False),
    ([{"actions": ["*"], "notActions": ["*/write"]}, {"actions": [WRITE]}], True),
    ([{"actions": ["Microsoft.ContainerService/managedClusters/writeX"]}], False),
    ([{"actions": ["MicrosoftXContainerService/managedClusters/write"]}], False),
    ([{"actions": None, "notActions": None}], False),
    ([{"dataActions": ["*"]}], False),
]


@pytest.mark.parametrize(("roles", "expected"), TABLE)
def test_the_rules_of_roles(roles: list[dict[str, Any]], expected: bool) -> None:
    assert granted(roles, WRITE) is expected


patterns = st.lists(st.text("MicrosoftCluste/*.write", max_size=12), max_size=4)
roles_drawn = st.lists(st.fixed_dictionaries({"actions": patterns, "notActions": patterns}), max_size=4)


@given(roles_drawn, st.fixed_dictionaries({"actions": patterns, "notActions": patterns}))
def test_one_more_role_never_takes_a_right_away(roles: list[dict[str, Any]], more: dict[str, Any]) -> None:
    assert granted([*roles, more], WRITE) >= granted(roles, WRITE)


@given(roles_drawn, st.sampled_from(["*", WRITE, "*/write"]))
def test_excluding_it_everywhere_takes_it_away(roles: list[dict[str, Any]], pattern: str) -> None:
    assert not granted([{**role, "notActions": [pattern]} for role in roles], WRITE)
