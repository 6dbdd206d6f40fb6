"""A command's result as a table, JSON or YAML, from the same value."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aksess.cli.console import Console, printable

VERSION = 1
"""Of the JSON and YAML forms; it grows when a key changes its meaning or goes."""


@dataclass(frozen=True)
class Result:
    """`data` is the whole; `columns` and `rows` are what a person reads of it."""

    data: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = "nothing"


def show(result: Result, form: str, console: Console) -> None:
    """To stdout. An empty table says so on stderr: stdout stays empty."""
    if form == "json":
        console.data(json.dumps({"version": VERSION, **result.data}, indent=2))
    elif form == "yaml":
        import yaml

        console.data(yaml.safe_dump({"version": VERSION, **result.data}, sort_keys=False))
    elif result.rows:
        console.data(table(result.columns, result.rows))
    else:
        console.note(result.empty)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Plain columns, as kubectl prints them: two spaces between, no frame, nothing to strip in a pipe."""
    lines = [[printable(cell) for cell in line] for line in ([name.upper() for name in columns], *rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
