"""The console: data to stdout, talk to stderr, and nothing from outside can steer the terminal."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.cli.console import Console, printable
from aksess.errors import BadInput

CONTROLS = set("\x1b\x07\r\x00\x08\x9b\u202e\u2028\x7f")
ATTACK = "\x1b[2J\x1b]0;owned\x07\r\x00\x08\x9b31m\u202e\u2028\x7f"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def console(**environment: str) -> Console:
    return Console(environment, io.StringIO(), io.StringIO(), io.StringIO())


def told(one: Console) -> str:
    assert isinstance(one.stderr, io.StringIO)
    return one.stderr.getvalue()


@given(st.text())
def test_what_is_printable_holds_no_control_character(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not [one for one in shown if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize("say", ["stage", "note", "done"])
def test_talk_cannot_steer_the_terminal(say: str) -> None:
    one = console()
    getattr(one, say)(f"name {ATTACK} name")
    assert not set(told(one)) & CONTROLS
    assert told(one).count("\n") == 1


def test_an_error_is_three_things_on_two_lines() -> None:
    one = console()
    one.error(BadInput(f"bad {ATTACK}", f"do {ATTACK}\nthat", code="no-cluster"))
    first, second = told(one).splitlines()
    assert first.startswith("error [no-cluster]: bad ")
    assert second.startswith("  next: do ")
    assert not set(told(one)) & CONTROLS


def test_data_goes_to_stdout_with_one_line_end() -> None:
    one = console()
    one.data("a")
    one.data("b\n")
    assert isinstance(one.stdout, io.StringIO)
    assert (one.stdout.getvalue(), told(one)) == ("a\nb\n", "")


def test_a_stage_says_how_long_it_usually_takes() -> None:
    one = console()
    one.stage("opening", usually=90)
    one.stage("sweeping", usually=600)
    one.stage("looking")
    assert [line.split(" ", 1)[1] for line in told(one).splitlines()] == [
        "opening (usually 90 s)",
        "sweeping (usually 10 min)",
        "looking",
    ]


@pytest.mark.parametrize(
    ("environment", "colourful"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_only_where_they_are_wanted(environment: dict[str, str], colourful: bool) -> None:
    assert Console(environment, io.StringIO(), Terminal(), io.StringIO()).colourful is colourful
    assert not console(**environment).colourful, "never into a pipe"


@pytest.mark.parametrize(
    ("typed", "yes"), [("y\n", True), ("YES \n", True), ("\n", False), ("", False), ("yes!\n", False)]
)
def test_only_a_yes_is_a_yes(typed: str, yes: bool) -> None:
    assert Console({}, io.StringIO(), Terminal(), Terminal(typed)).asks("sure?") is yes
    assert not Console({}, io.StringIO(), io.StringIO(), Terminal("y\n")).asks("sure?"), "nobody saw the question"
    assert not Console({}, io.StringIO(), Terminal(), io.StringIO("y\n")).asks("sure?"), "nobody typed the answer"


def test_a_stream_without_unicode_gets_plain_signs() -> None:
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict", write_through=True)
    Console({}, io.StringIO(), plain, io.StringIO()).done("open")
    plain.seek(0)
    assert plain.read().isascii()
