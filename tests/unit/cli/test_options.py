"""Durations as people write them."""

from datetime import timedelta

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.cli.options import Duration


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("1h2m3s", timedelta(hours=1, minutes=2, seconds=3)),
        ("0s", timedelta()),
    ],
)
def test_durations_people_write(typed: str, meant: timedelta) -> None:
    assert Duration().convert(typed, None, None) == meant


@pytest.mark.parametrize("typed", ["", "soon", "30", "1d", "-1h", "1.5h", "30m1h", "1h 30m", "h", "1H", "m30"])
def test_what_is_no_duration_is_refused(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="write it like"):
        Duration().convert(typed, None, None)


@given(st.text("0123456789hms ", max_size=40))
def test_whatever_is_typed_is_a_duration_or_refused(typed: str) -> None:
    try:
        found = Duration().convert(typed, None, None)
    except click.BadParameter:
        return
    assert found >= timedelta()
