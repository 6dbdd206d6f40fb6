"""Reading a world file key by key: every value is checked, every key that nobody asked for is refused.

Errors name the file, the path inside it and what is wrong, with the nearest known key where there is one.
"""

import difflib
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")


class WorldFileError(ValueError):
    """A world file that cannot be used: `file: path.in.file: what is wrong`."""


class Section:
    """One mapping of the file; use it as a context manager, so that unknown keys are found at its end."""

    def __init__(self, value: Any, file: str, path: tuple[str, ...] = ()) -> None:
        self.path = path
        self.file = file
        self._asked: set[str] = set()
        self._values: dict[str, Any] = {} if value is None else value
        if not isinstance(self._values, dict):
            raise self.wrong("must be a mapping")
        for key in self._values:
            if not isinstance(key, str):
                raise self.wrong(f"the key {key!r} must be text; put it in quotes")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.refuse_unknown()

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return self._values.get(key) is not None

    @property
    def name(self) -> str:
        """The key this section stands under."""
        return self.path[-1]

    def wrong(self, problem: str, key: str | None = None) -> WorldFileError:
        """The error to raise about this section, or about one of its keys."""
        path = ".".join([*self.path, key] if key else self.path)
        return WorldFileError(": ".join(filter(None, (self.file, path, problem))))

    def refuse_unknown(self) -> None:
        """Raise WorldFileError for the first key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                known = f"known keys are {', '.join(sorted(self._asked))}"
                raise self.wrong(f"unknown key; did you mean `{near[0]}`?" if near else f"unknown key; {known}", key)

    def text(self, key: str, default: str) -> str:
        """A string."""
        return str(self._get(key, default, str, "text"))

    def maybe_text(self, key: str) -> str | None:
        """A string, or nothing."""
        return self.text(key, "") if key in self else None

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        return bool(self._get(key, default, bool, "true or false"))

    def number(self, key: str, default: float) -> float:
        """A number, zero or more."""
        value = self._get(key, default, (int, float), "a number")
        if isinstance(value, bool) or value < 0:
            raise self.wrong("must be a number, zero or more", key)
        return float(value)

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        """One word of a few."""
        value = self.text(key, default)
        if value not in allowed:
            near = difflib.get_close_matches(value, allowed, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"must be one of {', '.join(allowed)}"
            raise self.wrong(f"`{value}`: {hint}", key)
        return value

    def texts(self, key: str) -> list[str]:
        """A list of strings, empty when it is not there."""
        values: list[str] = self._get(key, [], list, "a list")
        if not all(isinstance(value, str) for value in values):
            raise self.wrong("must be a list of text", key)
        return list(values)

    def items(self, key: str) -> list[Any]:
        """A list of anything, empty when it is not there."""
        return list(self._get(key, [], list, "a list"))

    def raw(self, key: str) -> dict[str, Any]:
        """A mapping that is taken as it is, empty when it is not there."""
        return dict(self._get(key, {}, dict, "a mapping"))

    def labels(self, key: str) -> dict[str, str]:
        """A mapping of text to text."""
        values = self.raw(key)
        if not all(isinstance(name, str) and isinstance(value, str) for name, value in values.items()):
            raise self.wrong("must map text to text", key)
        return values

    def address(self, key: str, default: IPv4Address) -> IPv4Address:
        """An IPv4 address."""
        return self._parsed(key, default, IPv4Address, "an IPv4 address")

    def network(self, key: str, default: IPv4Network) -> IPv4Network:
        """An IPv4 network in CIDR form."""
        return self._parsed(key, default, IPv4Network, "an IPv4 network such as 10.1.0.0/16")

    def section(self, key: str) -> "Section":
        """A mapping below, empty when it is not there."""
        self._asked.add(key)
        return Section(self._values.get(key), self.file, (*self.path, key))

    def sections(self, key: str) -> Iterator["Section"]:
        """The mappings below a mapping, one for each of its keys."""
        below = self.section(key)
        return (below.section(name) for name in below.names())

    def names(self) -> list[str]:
        """The keys there are; the file's author chose them."""
        return list(self._values)

    def _parsed(self, key: str, default: _T, parse: Callable[[str], _T], wanted: str) -> _T:
        text = self.text(key, str(default))
        try:
            return parse(text)
        except ValueError as error:
            raise self.wrong(f"`{text}` is not {wanted}: {error}", key) from None

    def _get(self, key: str, default: Any, kind: type | tuple[type, ...], wanted: str) -> Any:
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise self.wrong(f"must be {wanted}, not {value!r}", key)
        return value
