"""A bucket never grants more than its burst and refill allow, and a wait that it told is enough."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from aksess_sim.world.buckets import Bucket
from aksess_sim.world.clock import WorldClock

PAUSES = st.lists(st.floats(0, 90), min_size=1, max_size=60)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 20), st.sampled_from([1 / 60, 1.0, 25.0]), PAUSES)
async def test_no_window_grants_more_than_burst_and_refill(burst: int, rate: float, pauses: list[float]) -> None:
    clock = WorldClock()
    bucket = Bucket(clock, burst, rate)
    granted: list[float] = []
    for pause in pauses:
        await clock.sleep(pause)
        if bucket.take() == 0:
            granted.append(clock.elapsed())
    for first, start in enumerate(granted):
        for last in range(first, len(granted)):
            most = burst + rate * (granted[last] - start)
            assert last - first + 1 <= most + 1e-3


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 20), st.sampled_from([1 / 60, 1.0, 25.0]), st.integers(1, 40))
async def test_the_told_wait_is_enough_and_not_more_than_needed(burst: int, rate: float, takes: int) -> None:
    clock = WorldClock(speed=60)
    bucket = Bucket(clock, burst, rate)
    for _ in range(takes):
        wait = bucket.take()
        if wait:
            await clock.sleep(wait * 0.9)
            assert bucket.take() > 0
            await clock.sleep(wait * 0.1)
            assert bucket.take() == 0


async def test_what_remains_is_what_would_be_granted() -> None:
    bucket = Bucket(WorldClock(), 3, 1.0)
    seen = []
    while bucket.take() == 0:
        seen.append(bucket.remaining)
    assert seen == [2, 1, 0]
    await asyncio.sleep(100)
    assert bucket.remaining == 3
