"""Quoting is exact: a real shell reads back what was typed, whatever it was."""

import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aksess.attachments.shell_line import as_text, commands_in, quoted
from aksess.errors import BadInput
from properties import examples

typed = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
nasty = st.text(" \t\n'\"\\$`!*?[]{}()<>|&;#~=%-aé漢", max_size=12)


@examples(60)
@given(st.lists(typed | nasty, min_size=1, max_size=5))
@example(["-n", "--", "$HOME", "`id`", "a b", "it's", 'say "x"', "\\", "a\nb", "", "*", "~", "é漢", "!!"])
def test_words_arrive_as_typed(words: list[str]) -> None:
    line = quoted(["printf", "%s\\0", *words])
    told = subprocess.run(["sh", "-c", line], stdout=subprocess.PIPE, check=True)
    assert told.stdout.decode().split("\0")[:-1] == words


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadInput) as refused:
        quoted(["kubectl", "\udc80"])
    assert refused.value.code == "not-text"
    assert as_text("é") == "é"


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("kubectl get pods", [["kubectl", "get", "pods"]]),
        ("a; b && c || d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("(a b) ; { c; }", [["a", "b"], ["c"]]),
        ("X=1 Y=2 kubectl apply -f 'a b.yaml'", [["kubectl", "apply", "-f", "a b.yaml"]]),
        ("a\nb c\n", [["a"], ["b", "c"]]),
        ("if a; then b; fi", [["if", "a"], ["b"], ["fi"]]),
        ("a 'open\nquote' b", []),
        ("", []),
    ],
)
def test_the_commands_of_a_line(line: str, commands: list[list[str]]) -> None:
    assert commands_in(line) == commands
