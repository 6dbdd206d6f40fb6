"""S6: open means proven. Nothing is said to be open before the API server that enforces the list admits the address,
whatever ARM says and whenever; and it is said as soon as it does, also while ARM still works.
"""

import asyncio
from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from aksess_sim.faults import Fault, Kind
from journeys.stage import play, stage
from journeys.trouble import ARM, BEFORE, WEB, never_more_open, opened, start, watched_writes, web_world
from properties import examples

LATENESS = 1.0
"""Virtual seconds between the first admitted connection and the word that it is open."""

updates = st.integers(2, 400)
effects = st.integers(3, 280)


@examples(10)
@given(update=updates, effective_after=effects, verb=st.sampled_from(["allow", "connect"]))
@example(update=400, effective_after=5, verb="connect").via("access long before ARM says Succeeded")
@example(update=2, effective_after=280, verb="allow").via("ARM says Succeeded minutes before")
def test_open_is_said_when_it_is_true_and_at_once(update: int, effective_after: int, verb: str) -> None:
    async def scene() -> None:
        async with stage(web_world(update=update, effective_after=effective_after)) as on:
            ada = on.shell()
            with watched_writes(on) as writes:
                way = start(ada, verb, *WEB, *(["--print-kubeconfig"] if verb == "connect" else []))
                admitted = None
                while not (way.printed or way.task.done()):
                    await asyncio.wait({way.task}, timeout=0.1)
                    on.azure.world.settle()
                    if admitted is None and on.cluster("web").admits(ada.session.caller.address):
                        admitted = asyncio.get_running_loop().time()
                assert way.printed, way.said
                assert admitted is not None, "said to be open while shut"
                assert asyncio.get_running_loop().time() - admitted <= LATENESS
                assert len(writes.accepted) == 1
                never_more_open(writes, [ada.address])
                way.interrupt()
                await way.ended()

    play(scene())


def test_a_server_that_stays_shut_is_never_called_open_and_all_is_taken_back() -> None:
    async def scene() -> None:
        async with stage(web_world(update=20, effective_after=3000)) as on:
            played = await on.shell().run("allow", *WEB)
            assert played.code == 70, played
            assert "error [not-proven]" in played.stderr
            await asyncio.sleep(4000)
            on.azure.world.settle()
            assert list(on.cluster("web").enforced) == on.ranges("web") == list(BEFORE)

    play(scene())


@examples(10)
@given(failures=st.integers(1, 4), update=st.integers(5, 60))
def test_a_failed_operation_is_tried_again_and_given_up_aloud(failures: int, update: int) -> None:
    """The ranges roll back each time; access that came before the failure would be no proof that lasts."""

    async def scene() -> None:
        async with stage(web_world(update=update, effective_after=update + 5)) as on:
            ada = on.shell()
            on.azure.faults.arm(Fault(Kind.OPERATION_FAILS, ARM, "PUT", "*/managedclusters/web", count=failures))
            played = await ada.run("allow", *WEB)
            on.azure.world.settle()
            admitted = on.cluster("web").admits(ada.session.caller.address)
            assert (played.code == 0) == admitted == (failures < 3), played
            if played.code == 0:
                assert (await ada.run("revoke", *WEB)).code == 0
            await on.settled()
            assert (await on.shell("zoe").run("sweep", *WEB)).code == 0
            await on.settled()
            assert on.ranges("web") == list(BEFORE)

    play(scene())


@examples(10)
@given(update=st.integers(5, 60), effective_after=st.integers(3, 60), hours=st.floats(-9, 9), when=st.floats(0, 90))
def test_another_s_operation_delays_and_never_lies(
    update: int, effective_after: int, hours: float, when: float
) -> None:
    """Two shells, the second with a wall clock that is hours off, while the first is opening or closing."""

    async def scene() -> None:
        async with stage(web_world(update=update, effective_after=effective_after)) as on:
            first, second = on.shell("zoe"), on.shell()
            one = start(first, "connect", *WEB, "--print-kubeconfig")
            await asyncio.sleep(when)
            if when > 45:
                one.interrupt()
            on.skew = timedelta(hours=hours)
            other = start(second, "connect", *WEB, "--for", "30m", "--print-kubeconfig")
            assert await opened(other), other.said
            on.azure.world.settle()
            assert on.cluster("web").admits(second.session.caller.address)
            on.skew = timedelta()
            await asyncio.sleep(3 * 3600)
            assert (await first.run("sweep", *WEB)).code == 0
            assert second.address in on.ranges("web"), "renewed by Azure's clock, not by the shell's"
            leases = (await first.run("leases", *WEB, "-o", "json")).data["leases"]
            ends = [datetime.fromisoformat(one["ends"]) for one in leases if one["address"] == second.address]
            assert timedelta() < ends[0] - on.azure.world.clock.now() <= timedelta(minutes=30)
            for way in (one, other):
                way.interrupt()
                await way.ended()
            await on.settled()
            assert on.ranges("web") == list(BEFORE)

    play(scene())
