"""Protobuf bodies: what kubectl sends is read, and nothing else does harm."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aksess_sim.services.apiserver.wire.protobuf import MAGIC, Malformed, decode


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def field(number: int, value: bytes | str | int) -> bytes:
    """One field: a number as varint, the rest length-delimited."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def envelope(api_version: str, kind: str, raw: bytes) -> bytes:
    return MAGIC + field(1, field(1, api_version) + field(2, kind)) + field(2, raw)


REVIEW = envelope(
    "authorization.k8s.io/v1",
    "SelfSubjectAccessReview",
    # Go writes an empty metadata and an empty status, both to be ignored.
    field(1, field(8, b"")) + field(2, field(1, field(1, "demo") + field(2, "get") + field(5, "pods"))) + field(3, b""),
)


def test_a_review_as_kubectl_1_32_sends_it() -> None:
    assert decode(REVIEW) == {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "metadata": {},
        "spec": {"resourceAttributes": {"namespace": "demo", "verb": "get", "resource": "pods"}},
    }


def test_maps_lists_numbers_and_bytes() -> None:
    metadata = field(1, "s") + field(11, field(1, "a") + field(2, "1")) + field(11, field(1, "b"))
    body = field(1, metadata) + field(2, field(1, "key") + field(2, b"\x00\xff")) + field(5, 1) + field(3, "Opaque")
    assert decode(envelope("v1", "Secret", body)) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "labels": {"a": "1", "b": ""}},
        "data": {"key": "AP8="},
        "immutable": True,
        "type": "Opaque",
    }


def test_a_deployment_as_kubectl_create_sends_it() -> None:
    port = field(3, 8080) + field(2, 0)
    limits = field(1, field(1, "cpu") + field(2, field(1, "500m")))
    container = field(1, "web") + field(2, "nginx") + field(6, port) + field(8, limits) + field(3, "a") + field(3, "b")
    template = field(1, field(11, field(1, "app") + field(2, "x"))) + field(2, field(2, container) + field(4, -1))
    rolling = field(2, field(1, field(1, 1) + field(2, 0) + field(3, "25%")) + field(2, field(1, 0) + field(2, 3)))
    spec = field(1, 2) + field(3, template) + field(4, rolling)
    decoded = decode(envelope("apps/v1", "Deployment", field(1, field(1, "d")) + field(2, spec)))["spec"]
    assert decoded["replicas"] == 2
    assert decoded["strategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": 3}
    assert decoded["template"]["spec"]["terminationGracePeriodSeconds"] == -1
    assert decoded["template"]["spec"]["containers"] == [
        {
            "name": "web",
            "image": "nginx",
            "ports": [{"containerPort": 8080, "hostPort": 0}],
            "resources": {"limits": {"cpu": "500m"}},
            "command": ["a", "b"],
        }
    ]


def test_times_are_dates() -> None:
    body = field(1, field(1, "n") + field(8, field(1, 1_700_000_000)))
    assert decode(envelope("v1", "Namespace", body))["metadata"]["creationTimestamp"] == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "expected prefix k8s"),
        (b"{}", "expected prefix k8s"),
        (envelope("v1", "Widget", b""), 'no kind "Widget"'),
        (envelope("v1", "Namespace", field(1, field(1, b"\xff"))), "not UTF-8"),
        (envelope("v1", "Namespace", field(1, 7)), "a number where bytes belong"),
        (envelope("apps/v1", "Deployment", field(2, field(1, "two"))), "bytes where a number belongs"),
        (envelope("v1", "Namespace", b"\x0a\x7f"), "ends in the middle of a field"),
        (envelope("v1", "Namespace", b"\xff" * 11), "longer than ten bytes"),
        (envelope("v1", "Namespace", b"\x0b"), "wire type 3"),
        (envelope("v1", "Namespace", b"\x80"), "ends in the middle of a number"),
        (envelope("v1", "Namespace", field(1, field(8, field(1, 2**62)))), "no such time"),
        (envelope("v1", "Pod", field(2, field(1, field(1, "v")))), "field volumes is not read"),
    ],
)
def test_what_cannot_be_read_is_said(body: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        decode(body)


@given(st.binary(max_size=200))
@example(b"\x08\x01")
def test_any_bytes_are_read_or_malformed(raw: bytes) -> None:
    for body in (raw, MAGIC + raw, envelope("v1", "Secret", raw), envelope("apps/v1", "Deployment", raw)):
        try:
            assert isinstance(decode(body), dict)
        except Malformed:
            continue


@given(st.integers(0, len(REVIEW) - 1), st.integers(0, 255))
def test_one_wrong_byte_is_read_or_malformed(place: int, value: int) -> None:
    try:
        decode(REVIEW[:place] + bytes([value]) + REVIEW[place + 1 :])
    except Malformed:
        return


@given(st.integers(0, len(REVIEW)))
def test_a_body_cut_short_is_read_or_malformed(length: int) -> None:
    try:
        decode(REVIEW[:length])
    except Malformed:
        return
