"""Packed output through a real shell: whatever a command writes comes back byte for byte, or is refused."""

import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.attachments.shell_line import quoted
from aksess.errors import OutputIncomplete
from aksess.routes.invoke_output import (
    KEPT,
    PIECE,
    Piece,
    beginning,
    is_wrapped,
    joined,
    may_be_cut,
    read_piece,
    wrapped,
)
from properties import examples


def ran(line: str) -> tuple[int, str]:
    done = subprocess.run(["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode()


@examples(25)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300), st.integers(0, 255))
def test_output_and_exit_code_come_back(text: str, code: int) -> None:
    line = f"{quoted(['printf', '%s', text])}; exit {code}"
    ended, logs = ran(wrapped(line))
    assert is_wrapped(logs)
    piece = read_piece(logs)
    assert (ended, piece.exit_code) == (code, code)
    assert joined([piece]) == text.encode()


def test_both_streams_come_in_their_order_and_a_line_may_be_anything() -> None:
    _, logs = ran(wrapped('echo a; echo b >&2 # \'comment\necho "c"; cat <<E\nd\nE'))
    assert joined([read_piece(logs)]) == b"a\nb\nc\nd\n"


def test_long_output_comes_in_pieces() -> None:
    line = "seq 1 500000"
    pieces: list[Piece] = []
    while not pieces or pieces[-1].end < pieces[-1].packed:
        _, logs = ran(wrapped(line, pieces[-1].end if pieces else 0))
        assert not may_be_cut(logs)
        pieces.append(read_piece(logs))
    expected = "".join(f"{number}\n" for number in range(1, 500_001)).encode()
    assert len(pieces) == 3
    assert joined(pieces) == expected
    assert expected.startswith(beginning(pieces[0]))
    assert len(beginning(pieces[0])) > KEPT
    for damaged in (pieces[:-1], pieces[::-1], [replace(pieces[0], text="!" * PIECE), *pieces[1:]]):
        with pytest.raises(OutputIncomplete) as refused:
            joined(damaged)
        assert refused.value.code == "output-damaged"
    with pytest.raises(OutputIncomplete) as changed:
        joined([pieces[0], replace(pieces[1], checksum="0" * 64)])
    assert changed.value.code == "output-changed"


@pytest.mark.parametrize("logs", ["", "x", "sh: gzip: not found\n", "aksess-output code=x bytes=1"])
def test_what_is_no_piece_is_refused(logs: str) -> None:
    assert not is_wrapped(logs)
    with pytest.raises(OutputIncomplete) as refused:
        read_piece(logs)
    assert refused.value.code == "output-unreadable"


def test_output_at_the_limit_may_be_cut() -> None:
    assert not may_be_cut("x" * (KEPT - 1))
    assert may_be_cut("é" * (KEPT // 2))
