"""A machine whose clock is wrong, or jumps: leases follow Azure's time, and the person is told."""

import asyncio
from datetime import datetime, timedelta

import pytest

from journeys.stage import Stage
from journeys.staged import all_closed, on_stage


@pytest.mark.parametrize("hours", [-24 * 365, -3, 3, 24 * 365])
@on_stage()
async def test_a_clock_that_is_wrong_neither_lengthens_nor_cuts_a_lease(on: Stage, hours: int) -> None:
    before = on.ranges("web")
    on.skew = timedelta(hours=hours)
    ada = on.shell()
    allowed = await ada.run("allow", "-n", "web", "--for", "20m", "-o", "json")
    assert f"{'behind' if hours < 0 else 'ahead of'} Azure's" in allowed.stderr
    ends = datetime.fromisoformat(allowed.data["lease"]["ends"])
    assert abs(ends - on.azure.world.clock.now() - timedelta(minutes=19)) < timedelta(minutes=1)
    assert (await ada.run("sweep", "-n", "web", "-o", "json")).data["removed"] == [], "it has not ended yet"
    await asyncio.sleep(20 * 60)
    assert (await ada.run("sweep", "-n", "web", "-o", "json")).data["removed"] == [ada.address]
    all_closed(on, "web", before)


@on_stage()
async def test_a_clock_that_is_right_is_not_talked_about(on: Stage) -> None:
    assert "clock" not in (await on.shell().run("leases", "-n", "web")).stderr


@on_stage()
async def test_a_clock_that_jumps_between_two_commands_changes_nobody_elses_lease(on: Stage) -> None:
    ada, zoe = on.shell(), on.shell()
    assert (await zoe.run("allow", "-n", "web")).code == 0
    held = await ada.hold("connect", "-n", "web", "--for", "10m")
    for hours in (6, -6, 0):
        on.skew = timedelta(hours=hours)
        swept = await ada.run("sweep", "-n", "web", "-o", "json")
        assert (swept.code, swept.data["removed"]) == (0, []), swept
        await asyncio.sleep(200)
    assert {zoe.address, ada.address} <= set(on.ranges("web"))
    on.skew = timedelta()
    await held.interrupt()
    assert zoe.address in on.ranges("web")
    assert ada.address not in on.ranges("web")
