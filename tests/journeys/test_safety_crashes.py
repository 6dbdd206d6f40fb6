"""S4: what aksess opens is closed. A shell may die before or in any request it makes; when its lease is over, one sweep
by somebody else, from elsewhere, leaves the cluster as it was. Signals may come at any moment, twice if need be.
"""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.stage import Stage, play, stage
from journeys.staged import records
from journeys.trouble import (
    BEFORE,
    WEB,
    admin_edits,
    die,
    never_more_open,
    opened,
    slow,
    start,
    watched_writes,
    web_world,
)
from properties import examples

ALLOW = ("allow", *WEB, "--for", "10m")
HELD = ("connect", *WEB, "--for", "10m", "--print-kubeconfig")
FOREIGN = "40.68.115.8/32"
"""What an administrator adds while the lease lives."""


async def dies(on: Stage, argv: tuple[str, ...], after: int, *, mid_request: bool) -> bool:
    """Ada's shell dies around its request number `after`; an hour later zoe sweeps. False: it never came so far."""
    ada, zoe = on.shell("ada"), on.shell("zoe")
    swallowed = die(on, ada, after=after, mid_request=mid_request)
    with watched_writes(on) as writes:
        command = start(ada, *argv)
        if "connect" in argv and await opened(command):
            await asyncio.sleep(240)
            command.interrupt()
        await command.ended()
        on.azure.world.settle()
        added = admin_edits(on, lambda ranges: [*ranges, FOREIGN])
        await asyncio.sleep(3600)
        swept = await zoe.run("sweep", *WEB)
        assert swept.code == 0, swept
    await on.settled()
    before = [*BEFORE, FOREIGN] if added else list(BEFORE)
    assert on.ranges("web") == before, swept
    assert list(on.cluster("web").enforced) == before
    never_more_open(writes, [ada.address])
    again = await zoe.run("sweep", *WEB, "-o", "json")
    assert (again.data["ended"], again.data["removed"]) == ([], [])
    return swallowed.struck > 0


@pytest.mark.parametrize("mid_request", [False, True], ids=["before-a-request", "in-a-request"])
@pytest.mark.parametrize("argv", [ALLOW, HELD], ids=lambda argv: argv[0])
def test_a_shell_that_dies_anywhere_leaves_nothing_that_a_sweep_cannot_finish(
    argv: tuple[str, ...], mid_request: bool
) -> None:
    async def scene(after: int) -> bool:
        async with stage(web_world()) as on:
            return await dies(on, argv, after, mid_request=mid_request)

    after = 0
    while play(scene(after)):
        after += 1
    assert after > 10, "the whole command was walked through"


moments = st.floats(0, 45).map(lambda seconds: round(seconds, 1))


@examples(30)
@given(argv=st.sampled_from([ALLOW, HELD]), way=st.sampled_from([0.0, 0.1, 0.7]), first=moments)
def test_one_signal_at_any_moment_closes_all_by_itself(argv: tuple[str, ...], way: float, first: float) -> None:
    """Nobody sweeps here, and no lease runs out."""

    async def scene() -> None:
        async with stage(web_world()) as on:
            ada = on.shell("ada")
            slow(on, ada, way)
            command = start(ada, *argv)
            await asyncio.sleep(first)
            command.interrupt()
            ended = await command.ended()
            if ended.code == 0:
                assert argv[0] == "allow"
                assert (await ada.run("revoke", *WEB)).code == 0
            await on.settled()
            assert list(on.cluster("web").enforced) == on.ranges("web") == list(BEFORE), ended
            assert [one for one in records(on) if one["aksess-settled"] == "no"] == []

    play(scene())


@examples(30)
@given(way=st.sampled_from([0.1, 0.7]), first=moments, then=st.floats(0, 12).map(lambda seconds: round(seconds, 1)))
def test_a_second_signal_leaves_the_rest_to_a_sweep(way: float, first: float, then: float) -> None:
    async def scene() -> None:
        async with stage(web_world()) as on:
            ada, zoe = on.shell("ada"), on.shell("zoe")
            slow(on, ada, way)
            command = start(ada, *HELD)
            await asyncio.sleep(first)
            command.interrupt()
            await asyncio.sleep(then)
            command.interrupt()
            ended = await command.ended()
            marked = [one["aksess-state"] for one in records(on)] == ["released"]
            await asyncio.sleep(60 if marked else 660)
            assert (await zoe.run("sweep", *WEB)).code == 0
            await on.settled()
            assert list(on.cluster("web").enforced) == on.ranges("web") == list(BEFORE), ended
            assert records(on) == [] or records(on)[0]["aksess-settled"] != "no"

    play(scene())
