"""Words are read as pflag reads them: kubectl's and helm's own rules for flags and their values."""

import pytest

from aksess.attachments.words import Valued, Word, is_set, positionals, read_words

VALUED = Valued("fn", frozenset({"filename", "namespace"}))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("p get pods", [("", "get", 1, 0), ("", "pods", 2, 0)]),
        ("p -f x", [("-f", "x", 2, 0)]),
        ("p -fx", [("-f", "x", 1, 2)]),
        ("p -f=x", [("-f", "x", 1, 3)]),
        ("p --filename x", [("--filename", "x", 2, 0)]),
        ("p --filename=x=y", [("--filename", "x=y", 1, 11)]),
        ("p --filename=", [("--filename", "", 1, 11)]),
        ("p -it pod", [("-i", None, 1, 0), ("-t", None, 1, 0), ("", "pod", 2, 0)]),
        ("p -itn ns", [("-i", None, 1, 0), ("-t", None, 1, 0), ("-n", "ns", 2, 0)]),
        ("p -f -", [("-f", "-", 2, 0)]),
        ("p -", [("", "-", 1, 0)]),
        ("p -f", [("-f", None, 1, 0)]),
        ("p --filename", [("--filename", None, 1, 0)]),
        ("p --unknown x", [("--unknown", None, 1, 0), ("", "x", 2, 0)]),
        ("p exec x -- -f y", [("", "exec", 1, 0), ("", "x", 2, 0)]),
        ("p", []),
    ],
)
def test_each_shape_of_a_flag(typed: str, read: list[tuple[str, str | None, int, int]]) -> None:
    assert list(read_words(typed.split(), VALUED)) == [Word(*one) for one in read]


def test_a_value_stands_where_it_is_said_to_stand() -> None:
    words = ["p", "-fa", "--filename=b", "-f", "c", "-nf", "-xf=d"]
    for one in read_words(words, VALUED):
        if one.value is not None:
            assert words[one.index][one.start :] == one.value


@pytest.mark.parametrize(("typed", "on"), [("-t", True), ("--tty", True), ("--tty=true", True), ("--tty=false", False)])
def test_a_switch_can_be_turned_off(typed: str, on: bool) -> None:
    assert is_set(list(read_words(["p", typed], VALUED)), "-t", "--tty") is on


def test_the_verb_comes_first_wherever_global_flags_stand() -> None:
    assert positionals(list(read_words(["p", "-n", "ns", "get", "--namespace=x", "pods"], VALUED))) == ["get", "pods"]
