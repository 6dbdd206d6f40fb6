"""Bodies as az sends them, and what is no JSON even so."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.services.arm.json_bodies import forgiving, strict
from aksess_sim.world.refusals import Refused

SPICY = st.text(alphabet='ab"\\/*:,{}[]$ \n', max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | SPICY,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(SPICY, below, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(SPICY, JSON, max_size=4), st.sampled_from([None, 2]))
def test_proper_json_means_the_same_to_both(body: dict[str, Any], indent: int | None) -> None:
    content = json.dumps(body, indent=indent).encode()
    assert strict(content) == forgiving(content) == body


AS_AZ = """{"properties": {"mode": "Incremental", template:{
  // a comment with "quotes"
  "$schema": "https://x//y", /* and
  another */ resources : [],
  "text": "a: b, } // kept",
}}}"""


def test_a_template_as_az_sends_it() -> None:
    template = {"$schema": "https://x//y", "resources": [], "text": "a: b, } // kept"}
    assert forgiving(AS_AZ.encode()) == {"properties": {"mode": "Incremental", "template": template}}
    with pytest.raises(Refused, match="InvalidRequestContent"):
        strict(AS_AZ.encode())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": b}', b"\xff", b"null"])
def test_what_is_no_object_is_refused_by_both(content: bytes) -> None:
    for read in (strict, forgiving):
        with pytest.raises(Refused, match="InvalidRequestContent"):
            read(content)
