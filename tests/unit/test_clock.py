"""The clock follows Azure's dates, counts on by the loop's own time, and wakes early when told."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aksess.clock import DRIFT, Clock
from journeys.stage import play

START = datetime(2026, 1, 1, tzinfo=UTC)
SPANS = st.timedeltas(timedelta(days=-400), timedelta(days=400))


@given(SPANS)
def test_after_following_it_tells_azures_date_within_the_drift(off: timedelta) -> None:
    async def scene() -> None:
        clock = Clock(START)
        difference = clock.follow(START + off)
        assert difference == (off if abs(off) > DRIFT else timedelta())
        assert abs(clock.now() - (START + off)) <= DRIFT

    play(scene())


def test_time_passes_as_the_loops_does() -> None:
    async def scene() -> None:
        clock = Clock(START)
        await clock.sleep(90)
        assert clock.now() == START + timedelta(seconds=90)
        clock.follow(START + timedelta(hours=3))
        await clock.sleep(10)
        assert clock.now() == START + timedelta(hours=3, seconds=10)
        assert clock.monotonic() == 100

    play(scene())


def test_without_a_start_it_begins_with_this_machines_date() -> None:
    async def scene() -> None:
        assert abs(Clock().now() - datetime.now(UTC)) < timedelta(minutes=1)

    play(scene())


def test_it_wakes_at_once_when_the_event_is_set() -> None:
    async def scene() -> None:
        clock, event = Clock(START), asyncio.Event()
        assert await clock.sleep_until_set(event, 30) is False
        assert clock.monotonic() == 30
        asyncio.get_running_loop().call_later(5, event.set)
        assert await clock.sleep_until_set(event, 30) is True
        assert clock.monotonic() == 35
        assert await clock.sleep_until_set(event, 30) is True
        assert clock.monotonic() == 35

    play(scene())
