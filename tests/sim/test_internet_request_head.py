"""The proxy's parser, fed with what clients send and with anything else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.internet.request_head import NotAProxyRequest, RequestHead, authority, parse_head

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1)


@given(NAMES, st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_credentials_come_back_as_they_were_sent(user: str, password: str) -> None:
    sent = base64.b64encode(f"{user}:{password}".encode())
    head = b"CONNECT a.b:443 HTTP/1.1\r\nHost: a.b\r\nproxy-authorization: bAsIc " + sent
    assert parse_head(head) == RequestHead("CONNECT", "a.b:443", (user, password))


@pytest.mark.parametrize("value", ["Bearer x", "Basic", "Basic !!", "Basic dXNlcg==", "Basic /w==", ""])
def test_credentials_that_are_none(value: str) -> None:
    assert parse_head(f"CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: {value}".encode()).credentials is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_head_or_refused(data: bytes) -> None:
    try:
        head = parse_head(data)
    except NotAProxyRequest:
        return
    assert data.startswith(f"{head.method} {head.target} HTTP/1.".encode("latin-1"))


@given(st.text(max_size=40))
def test_any_target_is_an_authority_or_refused(target: str) -> None:
    try:
        host, port = authority(target)
    except NotAProxyRequest:
        return
    assert target.lower().startswith(f"{host}:")
    assert port >= 0


def test_an_authority_is_lower_case() -> None:
    assert authority("API.Example:443") == ("api.example", 443)
