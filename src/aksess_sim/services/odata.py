"""OData `$filter` expressions, as far as people use them: comparisons, `and`, `or`, `not`, text functions, `any`.

A filter becomes a question to one JSON object. Names compare without case; whether values do, the host decides. Pure.
Source: OData 4.0 URL conventions, section 5.1.1.
"""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
Question = Callable[[Item], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<name>[A-Za-z_][\w/]*)|(?P<mark>[(),:]))"
)
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda value, part: part in value,
    "startswith": lambda value, part: value.startswith(part),
    "endswith": lambda value, part: value.endswith(part),
}
_DEEPEST = 50
"""Levels of brackets; more are nobody's filter."""


class BadFilter(ValueError):
    """What stands there is no filter, or asks for a property that is not there."""


@dataclass(frozen=True)
class Dialect:
    """What a host understands."""

    properties: Collection[str]
    """The names it knows, spelled as in its items."""
    exact: bool = True
    """Whether the case of values matters."""
    negation: bool = True
    """Whether it knows `not`."""
    most_comparisons: int = 100


def question(text: str, dialect: Dialect) -> Question:
    """The question that a `$filter` asks of items. Raises BadFilter."""
    return _Reader(text, dialect).whole()


class _Reader:
    """Reads one expression from left to right; every method reads one level of it."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._tokens = _tokens(text)
        self._dialect = dialect
        self._properties = {name.lower(): name for name in dialect.properties}
        self._depth = 0
        self._comparisons = 0

    def whole(self) -> Question:
        asked = self._alternatives()
        if self._tokens:
            raise BadFilter(f"'{self._tokens[0]}' was not expected")
        return asked

    def _alternatives(self) -> Question:
        sides = [self._conjunction()]
        while self._taken("or"):
            sides.append(self._conjunction())
        return lambda item: any(side(item) for side in sides)

    def _conjunction(self) -> Question:
        sides = [self._single()]
        while self._taken("and"):
            sides.append(self._single())
        return lambda item: all(side(item) for side in sides)

    def _single(self) -> Question:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadFilter("the filter is too deep")
        try:
            if self._dialect.negation and self._taken("not"):
                denied = self._single()
                return lambda item: not denied(item)
            if self._taken("("):
                inner = self._alternatives()
                self._expect(")")
                return inner
            return self._about(self._next())
        finally:
            self._depth -= 1

    def _about(self, word: str) -> Question:
        """A function call, an `any`, or a comparison: the word that begins it says which."""
        self._comparisons += 1
        if self._comparisons > self._dialect.most_comparisons:
            raise BadFilter("the filter has too many comparisons")
        function = _FUNCTIONS.get(word.lower())
        if function:
            return self._call(function)
        collection, _, lambda_word = word.rpartition("/")
        if lambda_word.lower() == "any":
            return self._any_of(self._property(collection))
        name = self._property(word)
        compare = _COMPARISONS.get(self._next().lower())
        if compare is None:
            raise BadFilter(f"'{word}' must be compared")
        wanted = self._literal()
        return lambda item: self._compared(compare, item.get(name), wanted)

    def _call(self, function: Callable[[str, str], bool]) -> Question:
        self._expect("(")
        name = self._property(self._next())
        self._expect(",")
        part = self._literal()
        self._expect(")")
        return lambda item: function(self._folded(str(item.get(name, ""))), str(part))

    def _any_of(self, name: str) -> Question:
        self._expect("(")
        variable = self._next()
        self._expect(":")
        outer, self._properties = self._properties, {variable.lower(): variable}
        inner = self._alternatives()
        self._properties = outer
        self._expect(")")
        return lambda item: any(inner({variable: value}) for value in item.get(name) or ())

    def _compared(self, compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
        try:
            return compare(self._folded(value), wanted)
        except TypeError:
            return False

    def _property(self, word: str) -> str:
        try:
            return self._properties[word.lower()]
        except KeyError:
            raise BadFilter(f"could not find a property named '{word}'") from None

    def _literal(self) -> Any:
        word = self._next()
        if word.startswith("'"):
            return self._folded(word[1:-1].replace("''", "'"))
        if word.lower() in ("true", "false", "null"):
            return {"true": True, "false": False}.get(word.lower())
        try:
            return float(word)
        except ValueError:
            raise BadFilter(f"'{word}' is no value; text stands in single quotes") from None

    def _folded(self, value: Any) -> Any:
        return value if self._dialect.exact or not isinstance(value, str) else value.lower()

    def _taken(self, word: str) -> bool:
        found = bool(self._tokens) and self._tokens[0].lower() == word
        if found:
            self._tokens.pop(0)
        return found

    def _expect(self, mark: str) -> None:
        if not self._taken(mark):
            raise BadFilter(f"'{mark}' was expected")

    def _next(self) -> str:
        if not self._tokens:
            raise BadFilter("the filter ends too early")
        return self._tokens.pop(0)


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        if token is None:
            raise BadFilter(f"syntax error at position {at}")
        found.append(token.group().strip() if not token["text"] else token["text"])
        at = token.end()
    return found
