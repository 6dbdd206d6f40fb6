"""S4: what aksess opens is closed. A shell may die before or in any request it makes; when its lease is over, one sweep
by somebody else, from elsewhere, leaves the cluster as it was. Signals may come at any moment, twice if need be.
"""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage, play, stage
from journeys.staged import records
from journeys.trouble import (
    ARM,
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


async def left_to_sweep(on: Stage) -> list[str]:
    """What a sweep would still find to do."""
    swept = await on.shell("zoe").run("sweep", *WEB, "--dry-run", "-o", "json")
    return [*(str(one["address"]) for one in swept.data["ended"]), *map(str, swept.data["removed"])]


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
    assert await left_to_sweep(on) == []
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


moments = (st.floats(0, 4) | st.floats(0, 9) | st.floats(0, 45)).map(lambda seconds: round(seconds, 2))


@examples(20)
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
            assert await left_to_sweep(on) == []

    play(scene())


@examples(20)
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
            marked = any(one["aksess-state"] == "released" for one in records(on))
            await asyncio.sleep(60 if marked else 660)
            assert (await zoe.run("sweep", *WEB)).code == 0
            await on.settled()
            assert list(on.cluster("web").enforced) == on.ranges("web") == list(BEFORE), ended
            assert await left_to_sweep(on) == []

    play(scene())


@examples(8)
@given(st.sampled_from([60, 1800, 6 * 3600, 3 * 86400]), st.booleans())
def test_a_removal_that_fails_after_it_was_accepted_is_done_again(later: float, by_its_owner: bool) -> None:
    """Azure takes the change back minutes after the shell has gone."""

    async def scene() -> None:
        async with stage(web_world()) as on:
            ada = on.shell("ada")
            held = start(ada, *HELD)
            assert await opened(held), held.said
            await on.settled()
            on.azure.faults.arm(Fault(Kind.OPERATION_FAILS, ARM, "PUT", "*/managedclusters/web"))
            held.interrupt()
            assert (await held.ended()).code == 130, held.said
            await asyncio.sleep(30)
            on.azure.world.settle()
            assert ada.address in on.ranges("web"), "taken back"
            await asyncio.sleep(later)
            sweeper = on.shell("ada" if by_its_owner else "zoe")
            assert (await sweeper.run("sweep", *WEB)).code == 0
            await on.settled()
            assert list(on.cluster("web").enforced) == on.ranges("web") == list(BEFORE)
            assert await left_to_sweep(on) == []

    play(scene())


@examples(20)
@given(
    ways=st.tuples(st.sampled_from([0.0, 0.2, 1.0]), st.sampled_from([0.0, 0.2])),
    write=st.sampled_from([0, 9]),
    comes=st.floats(0, 4),
    stays=st.floats(0, 5),
)
def test_shells_whose_requests_cross_leave_nothing_of_each_other(
    ways: tuple[float, float], write: float, comes: float, stays: float
) -> None:
    """One is slow and writes what it read a while ago, when the other has already come and gone. No lease runs out."""

    async def scene() -> None:
        async with stage(web_world()) as on:
            stayer, passer = on.shell("zoe"), on.shell("ada")
            late = Fault(Kind.SLOW, ARM, "PUT", "*/managedclusters/web", stayer.session.caller.session, seconds=write)
            on.azure.faults.arm(late)
            slow(on, stayer, ways[0])
            slow(on, passer, ways[1])
            staying = start(stayer, "connect", *WEB, "--for", "8h", "--print-kubeconfig")
            await asyncio.sleep(comes)
            passing = start(passer, "connect", *WEB, "--for", "8h", "--print-kubeconfig")
            await asyncio.sleep(stays)
            passing.interrupt()
            await passing.ended()
            assert await opened(staying), staying.said
            await asyncio.sleep(4 * 3600)
            staying.interrupt()
            await staying.ended()
            await on.settled()
            assert on.ranges("web") == list(BEFORE), (staying.said, passing.said)

    play(scene())


@examples(20)
@given(when=st.floats(0, 12), way=st.sampled_from([0.0, 0.3, 1.0]))
def test_what_was_revoked_stays_revoked(when: float, way: float) -> None:
    """Also when the revocation comes while the shell is opening, proving or renewing."""

    async def scene() -> None:
        async with stage(web_world()) as on:
            ada, zoe = on.shell("ada"), on.shell("zoe")
            slow(on, ada, way)
            held = start(ada, *HELD)
            await asyncio.sleep(when)
            revoked = await zoe.run("revoke", *WEB, "--all", "-o", "json")
            assert revoked.code == 0, revoked
            await asyncio.sleep(240)
            assert (await zoe.run("sweep", *WEB)).code == 0
            await on.settled()
            if revoked.data["leases"]:
                assert on.ranges("web") == list(BEFORE), held.said
            held.interrupt()
            await held.ended()

    play(scene())


HICCUPS = {
    "cut": Fault(Kind.CUT),
    "answer-lost": Fault(Kind.CUT_AFTER),
    "503": Fault(Kind.STATUS, status=503),
    "429": Fault(Kind.STATUS, status=429, code="Throttled", headers={"Retry-After": "4"}),
}


@pytest.mark.parametrize("hiccup", HICCUPS)
def test_one_request_that_goes_wrong_anywhere_is_the_command_s_own_affair(hiccup: str) -> None:
    """Whichever request it is, opening and closing go well all the same, and nothing is done twice."""

    async def scene(after: int) -> bool:
        async with stage(web_world()) as on:
            ada = on.shell("ada")
            slow(on, ada, 0, count=after)
            fault = replace(HICCUPS[hiccup], host=ARM, session=ada.session.caller.session)
            on.azure.faults.arm(fault)
            with watched_writes(on) as writes:
                held = start(ada, *HELD)
                assert await opened(held), held.said
                assert on.ranges("web") == [*BEFORE, ada.address]
                await asyncio.sleep(240)
                held.interrupt()
                assert (await held.ended()).code == 130, held.said
            await on.settled()
            assert on.ranges("web") == list(BEFORE), held.said
            assert len(writes.accepted) == 2, held.said
            return fault.struck > 0

    after = 0
    while play(scene(after)):
        after += 1
    assert after > 10, "the whole command was walked through"
