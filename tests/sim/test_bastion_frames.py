"""Websocket frames as a Bastion host takes them: one by one, judged before their payload is waited for."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.services.bastion import frames
from aksess_sim.services.bastion.frames import Code, Frame, FrameReader, FrameRefused, Opcode
from sim.bastion_client import BINARY, CLOSE, PING, PONG, TEXT, frame

CONTINUATION = 0x0


def fed(data: bytes, sizes: list[int]) -> list[Frame]:
    reader, got, at = FrameReader(), [], 0
    for size in [*sizes, len(data)]:
        got += reader.feed(data[at : at + size])
        at += size
    return got


@given(
    st.lists(st.tuples(st.sampled_from([BINARY, PING, PONG]), st.binary(max_size=125)), max_size=8),
    st.lists(st.integers(min_value=1, max_value=40), max_size=40),
)
def test_frames_come_out_whole_however_the_bytes_arrive(sent: list[tuple[int, bytes]], sizes: list[int]) -> None:
    data = b"".join(frame(opcode, payload) for opcode, payload in sent)
    assert fed(data, sizes) == [Frame(Opcode(opcode), payload) for opcode, payload in sent]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 4095, 4096])
def test_every_size_that_is_allowed_comes_through(size: int) -> None:
    payload = os.urandom(size)
    assert fed(frame(BINARY, payload), [3, 5]) == [Frame(Opcode.BINARY, payload)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (frame(BINARY, b"x" * 4097), Code.TOO_BIG),
        (frame(BINARY, b"x" * 70_000)[:14], Code.TOO_BIG),
        (frame(BINARY, b"part", final=False), Code.PROTOCOL_ERROR),
        (frame(CONTINUATION, b"part"), Code.PROTOCOL_ERROR),
        (frame(TEXT, b"text"), Code.UNSUPPORTED),
        (frame(BINARY, b"bare", mask=False), Code.PROTOCOL_ERROR),
        (frame(0x3, b""), Code.PROTOCOL_ERROR),
        (frame(PING, b"x" * 126), Code.PROTOCOL_ERROR),
        (frame(CLOSE, b"", final=False), Code.PROTOCOL_ERROR),
        (bytes([0xC2]) + frame(BINARY, b"compressed")[1:], Code.PROTOCOL_ERROR),
    ],
)
def test_what_breaks_the_rules_is_refused_with_its_code(wrong: bytes, code: Code) -> None:
    reader = FrameReader()
    with pytest.raises(FrameRefused) as refused:
        list(reader.feed(frame(BINARY, b"good") + wrong))
    assert refused.value.code is code


def test_what_is_too_big_is_refused_before_it_has_arrived() -> None:
    with pytest.raises(FrameRefused):
        list(FrameReader().feed(frame(BINARY, b"x" * 5000)[:4]))


def test_any_number_of_bytes_leaves_in_frames_of_the_size_that_is_allowed() -> None:
    data = os.urandom(10_000)
    wire, got, sizes = frames.binary(data), b"", []
    while wire:
        assert wire[0] == 0x82
        short = wire[1]
        size, start = (short, 2) if short < 126 else (int.from_bytes(wire[2:4], "big"), 4)
        got += wire[start : start + size]
        sizes.append(size)
        wire = wire[start + size :]
    assert got == data
    assert sizes == [4096, 4096, 1808]


def test_the_last_frame_says_why() -> None:
    assert frames.close(Code.GOING_AWAY, "maintenance") == b"\x88\x0d\x03\xe9maintenance"


@given(st.binary(max_size=300), st.lists(st.integers(min_value=1, max_value=9), max_size=60))
def test_whatever_comes_is_frames_or_is_refused(data: bytes, sizes: list[int]) -> None:
    got: list[Frame] = []
    refusal = None
    try:
        got = fed(data, sizes)
    except FrameRefused as refused:
        refusal = refused
    assert sum(len(one.payload) for one in got) <= len(data)
    assert refusal is None or len(frames.close(refusal.code, refusal.reason)) <= 127
