"""Ctrl-C, at any moment, once and twice: once closes what was opened, twice leaves a lease that a sweep finishes."""

import asyncio

import pytest

from aksess.cli.running import run
from journeys.stage import Shell, Stage
from journeys.staged import all_closed, on_stage, records

MOMENTS = [0.0, 0.01, 1, 3, 30, 60.3, 95, 400]


async def interrupted(on: Stage, shell: Shell, *command: str, after: float, again: float | None = None) -> str:
    """Run, cancel as a signal would after so many seconds (and again), and return what it said."""
    app = shell.app()
    task = on.tasks.create_task(run(command, app))
    await asyncio.sleep(after)
    task.cancel()
    if again is not None:
        await asyncio.sleep(again)
        task.cancel()
    await asyncio.wait({task})
    return str(app.console.stderr.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize("after", MOMENTS)
@on_stage()
async def test_once_closes_what_was_opened(on: Stage, after: float) -> None:
    before = on.ranges("web")
    ada = on.shell()
    ada.environment["XDG_RUNTIME_DIR"] = str(on.folder)
    said = await interrupted(on, ada, "connect", "-n", "web", "--print-kubeconfig", after=after)
    assert ("closing: taking the address out again" in said) == ("recording the lease" in said)
    all_closed(on, "web", before)
    assert not list(on.folder.rglob("config")), "the kubeconfig is gone"


@pytest.mark.parametrize("again", [0.05, 0.5, 20])
@pytest.mark.parametrize("after", [1, 30, 95])
@on_stage()
async def test_twice_goes_at_once_and_a_sweep_from_elsewhere_finishes(on: Stage, after: float, again: float) -> None:
    before = on.ranges("web")
    ada = on.shell()
    began = asyncio.get_running_loop().time()
    said = await interrupted(on, ada, "connect", "-n", "web", "--print-kubeconfig", after=after, again=again)
    assert asyncio.get_running_loop().time() - began < after + again + 5
    if ada.address in on.ranges("web"):
        assert "finish it from anywhere: aksess sweep -g rg-demo -n web" in said
    await asyncio.sleep(31 * 60)
    assert (await on.shell().run("sweep", "-n", "web")).code == 0
    all_closed(on, "web", before)


@pytest.mark.parametrize("after", [0.01, 3, 59])
@on_stage()
async def test_an_allow_that_is_interrupted_leaves_nothing(on: Stage, after: float) -> None:
    before = on.ranges("web")
    await interrupted(on, on.shell(), "allow", "-n", "web", after=after)
    all_closed(on, "web", before)


@pytest.mark.parametrize("after", [0.01, 2, 30])
@on_stage()
async def test_a_revoke_that_is_interrupted_can_be_run_again(on: Stage, after: float) -> None:
    before = on.ranges("web")
    ada = on.shell()
    assert (await ada.run("allow", "-n", "web")).code == 0
    await interrupted(on, ada, "revoke", "-n", "web", after=after)
    assert (await ada.run("revoke", "-n", "web")).code == 0
    assert (await ada.run("sweep", "-n", "web")).code == 0
    all_closed(on, "web", before)


@on_stage()
async def test_one_who_is_interrupted_takes_nobody_elses_place(on: Stage) -> None:
    ada, zoe = on.shell(), on.shell()
    assert (await zoe.run("allow", "-n", "web")).code == 0
    await interrupted(on, ada, "connect", "-n", "web", "--print-kubeconfig", after=70)
    assert zoe.address in on.ranges("web")
    assert ada.address not in on.ranges("web")
    assert {one["aksess-state"] for one in records(on)} == {"live", "released"}
