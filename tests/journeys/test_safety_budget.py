"""S7: within the budget. Azure allows few writes of a cluster and one read a second, all callers together; a crowd
shares them, nobody is lost, and a day of comings and goings never finds the bucket empty.
"""

import asyncio
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.stage import Stage, play, stage
from journeys.trouble import ARM, BEFORE, WEB, Underway, opened, slow, start, watched_writes, web_world
from properties import examples

UPDATE = 90.0
HELD = ("connect", *WEB, "--print-kubeconfig")


def throttled(on: Stage) -> int:
    """How often Azure said no to anybody's reads or writes."""
    return sum(1 for one in on.azure.journal if one.host == ARM and one.status == 429)


async def crowd(on: Stage, callers: int, way: float) -> list[Underway]:
    """So many shells, of two people, on ways of different speed; all begin at once."""
    shells = [on.shell(("ada", "zoe")[number % 2]) for number in range(callers)]
    for number, shell in enumerate(shells):
        slow(on, shell, way * (1 + number % 3))
    return [start(shell, *HELD) for shell in shells]


@pytest.mark.parametrize(("callers", "way"), [(2, 0.1), (5, 0.0), (5, 0.3), (20, 0.1), (50, 0.0)])
def test_a_crowd_shares_the_writes_and_nobody_is_lost(callers: int, way: float) -> None:
    async def scene() -> None:
        random.seed(callers)  # the product spreads its looks by chance; here it is the same chance each time
        async with stage(web_world(update=UPDATE, effective_after=20)) as on:
            with watched_writes(on) as writes:
                ways = await crowd(on, callers, way)
                assert all([await opened(one) for one in ways]), [one.said for one in ways if not one.printed]
                assert asyncio.get_running_loop().time() <= 2.5 * UPDATE
                addresses = {f"{one.caller.address}/32" for one in on.azure.sessions()}
                assert set(on.ranges("web")) == {*BEFORE, *addresses}
                assert len(writes.accepted) <= 3
                assert len(writes.refused) <= callers // 10 + 1
                assert throttled(on) == 0
                for one in ways:
                    one.interrupt()
                for one in ways:
                    assert (await one.ended()).code == 130, one.said
            await on.settled()
            assert on.ranges("web") == list(BEFORE)
            assert len(writes.accepted) <= 6
            assert throttled(on) <= 3 * callers, "those who leave together come back one by one"

    play(scene())


visits = st.lists(
    st.tuples(st.timedeltas(timedelta(), timedelta(hours=10)), st.timedeltas(timedelta(minutes=1), timedelta(hours=2))),
    min_size=8,
    max_size=20,
)
"""When somebody comes, and how long they stay."""


@examples(4)
@given(visits)
def test_a_day_of_comings_and_goings_never_empties_the_bucket(day: list[tuple[timedelta, timedelta]]) -> None:
    async def visit(on: Stage, comes: timedelta, stays: timedelta) -> None:
        await asyncio.sleep(comes.total_seconds())
        way = start(on.shell(), *HELD)
        assert await opened(way), way.said
        await asyncio.sleep(stays.total_seconds())
        way.interrupt()
        assert (await way.ended()).code == 130, way.said

    async def scene() -> None:
        async with stage(web_world(update=UPDATE, effective_after=5)) as on:
            with watched_writes(on) as writes:
                async with asyncio.TaskGroup() as people:
                    for comes, stays in day:
                        people.create_task(visit(on, comes, stays))
            await on.settled()
            assert on.ranges("web") == list(BEFORE)
            assert throttled(on) == 0
            assert "Throttled" not in writes.refused
            assert len(writes.accepted) <= 2 * len(day)

    play(scene())
