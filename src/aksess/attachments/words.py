"""The words of a command line as kubectl and helm read them (pflag): flags with their values, and the rest. Pure.

Nothing is known of a flag but whether it takes a value; words behind `--` belong to somebody else and are not read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Valued:
    """The flags that take a value: short ones as letters, long ones without their dashes."""

    short: str
    long: frozenset[str]


@dataclass(frozen=True)
class Word:
    """A flag (`-f`, `--filename`) or, with an empty `flag`, a positional word.

    `value` stands in `words[index][start:]`; None for a flag without one.
    """

    flag: str
    value: str | None
    index: int
    start: int = 0


def read_words(words: Sequence[str], valued: Valued) -> Iterator[Word]:
    """Every word behind the program's name, up to `--`."""
    index = 1
    while index < len(words) and words[index] != "--":
        found = list(_read(words, index, valued))
        yield from found
        index = max(one.index for one in found) + 1


def _read(words: Sequence[str], index: int, valued: Valued) -> Iterator[Word]:
    word = words[index]
    if word.startswith("--"):
        flag, equals, value = word.partition("=")
        if equals:
            yield Word(flag, value, index, len(flag) + 1)
        elif flag[2:] in valued.long and index + 1 < len(words):
            yield Word(flag, words[index + 1], index + 1)
        else:
            yield Word(flag, None, index)
    elif word.startswith("-") and word != "-":
        yield from _read_short(words, index, valued)
    else:
        yield Word("", word, index)


def _read_short(words: Sequence[str], index: int, valued: Valued) -> Iterator[Word]:
    """`-it`, `-fx.yaml`, `-f=x.yaml`, `-f x.yaml`: letters one by one until one takes the rest as its value."""
    word = words[index]
    for at in range(1, len(word)):
        flag = f"-{word[at]}"
        if at + 1 < len(word) and word[at + 1] == "=":
            yield Word(flag, word[at + 2 :], index, at + 2)
            return
        if word[at] not in valued.short:
            yield Word(flag, None, index)
        elif at + 1 < len(word):
            yield Word(flag, word[at + 1 :], index, at + 1)
            return
        elif index + 1 < len(words):
            yield Word(flag, words[index + 1], index + 1)
        else:
            yield Word(flag, None, index)


def positionals(found: Sequence[Word]) -> list[str]:
    """The words that are no flags: the verb first."""
    return [one.value for one in found if not one.flag and one.value is not None]


def is_set(found: Sequence[Word], *flags: str) -> bool:
    """Whether a switch is on; `--tty=false` turns it off, as pflag has it."""
    return any(one.flag in flags and (one.value or "true").lower() not in ("false", "f", "0") for one in found)
