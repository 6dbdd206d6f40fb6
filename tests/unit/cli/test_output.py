"""One value, three forms; a table that any pipe can split; no control characters in a cell."""

import io
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aksess.cli.console import Console
from aksess.cli.output import VERSION, Result, show, table

cells = st.text(max_size=12)
data = st.dictionaries(
    st.text(st.characters(categories=["L"]), min_size=1).filter(lambda key: key != "version"),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4),
)


def shown(result: Result, form: str) -> tuple[str, str]:
    console = Console({}, out := io.StringIO(), err := io.StringIO(), io.StringIO())
    show(result, form, console)
    return out.getvalue(), err.getvalue()


@given(data)
def test_json_and_yaml_hold_the_same_value_with_a_version(value: dict[str, object]) -> None:
    result = Result(value, ("a",), [])
    assert json.loads(shown(result, "json")[0]) == {"version": VERSION, **value}
    assert yaml.safe_load(shown(result, "yaml")[0]) == {"version": VERSION, **value}
    assert list(json.loads(shown(result, "json")[0])) == ["version", *value], "in the order they were given"


@given(st.lists(st.tuples(cells, cells, cells), max_size=6))
def test_a_table_has_a_line_for_each_row_and_its_columns_stand_in_line(rows: list[tuple[str, str, str]]) -> None:
    lines = table(("one", "two", "three"), rows).split("\n")
    assert len(lines) == len(rows) + 1
    second = lines[0].index("TWO")
    for line, row in zip(lines[1:], rows, strict=True):
        assert all(one.isprintable() for one in line)
        cell = "".join(one if one.isprintable() else " " for one in row[1])
        assert line.ljust(200)[second:].startswith(cell)


def test_an_empty_table_is_said_aside() -> None:
    assert shown(Result({}, ("a",), [], "nothing to see"), "table") == ("", "! nothing to see\n")


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_an_empty_result_is_still_a_value(form: str) -> None:
    assert yaml.safe_load(shown(Result({}, ("a",), []), form)[0]) == {"version": VERSION}
