"""Claims are read from whatever is given as a token, and a token never shows itself."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.tokens import Token, claims_of
from aksess.settings import Secret

claims_drawn = st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()))


def encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@given(claims_drawn)
def test_the_claims_of_a_jwt(claims: dict[str, Any]) -> None:
    assert claims_of(f"head.{encoded(claims)}.signature") == claims


@given(st.text() | st.text("abc.=_-+/ \n", max_size=30) | st.binary().map(lambda raw: "a." + raw.decode("latin-1")))
def test_what_is_no_jwt_has_no_claims_and_never_fails(token: str) -> None:
    assert isinstance(claims_of(token), dict)


@given(st.none() | st.integers() | st.text() | st.lists(st.integers()))
def test_a_body_that_is_no_object_has_no_claims(content: Any) -> None:
    assert claims_of(f"head.{encoded(content)}.signature") == {}


@given(st.text("abcdef", min_size=6))
def test_a_token_shows_neither_itself_nor_its_claims(value: str) -> None:
    shown = repr(Token(Secret(value), datetime(2026, 1, 1, tzinfo=UTC), {"upn": f"{value}@x"}))
    assert value not in shown
