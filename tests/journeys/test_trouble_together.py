"""Two aksess on one machine at once: they share an address, a home and perhaps a local ledger, and lose nothing."""

import asyncio

import pytest

from journeys.stage import Stage
from journeys.staged import all_closed, on_stage


@pytest.mark.parametrize("ledger", ["deployments", "local"])
@on_stage()
async def test_two_on_one_address_share_the_entry_and_the_last_one_out_removes_it(on: Stage, ledger: str) -> None:
    ada = on.shell()
    before = on.ranges("web")
    first = await ada.hold("connect", "-n", "web", "--ledger", ledger)
    second = await ada.hold("connect", "-n", "web", "--via", "allowlist", "--ledger", ledger)
    assert on.ranges("web") == [*before, ada.address]
    assert on.puts("web") == [200], "the second found the entry and wrote nothing"
    assert first.kubeconfig != second.kubeconfig
    await first.interrupt()
    assert on.ranges("web") == [*before, ada.address], "the other one still needs it"
    await second.interrupt()
    assert on.ranges("web") == before


@pytest.mark.parametrize("ledger", ["deployments", "local"])
@on_stage()
async def test_many_at_the_same_moment_keep_every_record(on: Stage, ledger: str) -> None:
    ada = on.shell()
    before = on.ranges("web")
    addresses = [f"20.8.0.{number}" for number in range(1, 6)]
    async with asyncio.TaskGroup() as tasks:
        runs = [tasks.create_task(ada.run("allow", "-n", "web", "--ip", one, "--ledger", ledger)) for one in addresses]
    assert [one.result().code for one in runs] == [0] * 5, [str(one.result()) for one in runs]
    listed = await ada.run("leases", "-n", "web", "--ledger", ledger, "-o", "json")
    assert sorted(one["address"] for one in listed.data["leases"]) == [f"{one}/32" for one in addresses]
    assert set(on.ranges("web")) == {*before, *(f"{one}/32" for one in addresses)}
    assert (await ada.run("revoke", "-n", "web", "--all", "--ledger", ledger)).code == 0
    assert on.ranges("web") == before


@on_stage()
async def test_two_sweeps_at_once_do_the_work_once(on: Stage) -> None:
    ada, zoe = on.shell(), on.shell()
    before = on.ranges("web")
    assert (await ada.run("allow", "-n", "web", "--for", "2m")).code == 0
    await on.settled()
    async with asyncio.TaskGroup() as tasks:
        runs = [tasks.create_task(one.run("sweep", "-n", "web")) for one in (ada, zoe)]
    assert [one.result().code for one in runs] == [0, 0], [str(one.result()) for one in runs]
    assert on.puts("web").count(200) == 2, "one to open, one to close"
    all_closed(on, "web", before)
