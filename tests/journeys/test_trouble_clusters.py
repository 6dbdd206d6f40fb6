"""Clusters that cannot be reached now, or not this way: stopped, private, open, full, busy, failing."""

import asyncio

import pytest

from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage
from journeys.staged import LONELY, all_closed, nothing_changes, on_stage, records, refused

WEB = "/subscriptions/*/managedclusters/web"
TWO_HUNDRED = ", ".join(f"51.{number // 250}.{number % 250}.1/32" for number in range(200))
FULL = f"people: {{ada: {{roles: [Owner]}}}}\nclusters: {{full: {{ranges: [{TWO_HUNDRED}]}}}}"
BUSY = """
people: {ada: {roles: [Owner]}, zoe: {roles: [Owner]}}
clusters: {web: {ranges: [51.144.20.0/24], timings: {update: 3600, effective_after: 60}}}
"""
LATE = """
people: {ada: {roles: [Owner]}}
clusters: {web: {ranges: [51.144.20.0/24], timings: {update: 90, effective_after: 150}}}
"""
DEAF = """
people: {ada: {roles: [Owner]}}
clusters: {web: {ranges: [51.144.20.0/24], timings: {update: 90, effective_after: 36000}}}
"""


@pytest.mark.parametrize("command", [("allow",), ("connect", "--print-kubeconfig"), ("connect", "--explain")])
@on_stage()
async def test_a_stopped_cluster_is_to_be_started_first(on: Stage, command: tuple[str, ...]) -> None:
    with nothing_changes(on):
        played = await on.shell().run(*command, "-n", "asleep")
        refused(played, 67, "cluster-stopped", "`asleep` is stopped", "az aks start -g rg-demo -n asleep")


@on_stage()
async def test_a_private_cluster_names_the_routes_that_will_do(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("allow", "-n", "vault")
        refused(played, 68, "cluster-private", "`vault` is private", "aksess vnet plan", "Azure Bastion")
        refused(played, 68, "cluster-private", "for single commands: aksess invoke")


@pytest.mark.parametrize("command", [("connect", "--print-kubeconfig"), ("connect",)])
@on_stage(LONELY)
async def test_a_private_cluster_without_a_bastion_says_what_one_takes(on: Stage, command: tuple[str, ...]) -> None:
    with nothing_changes(on):
        played = await on.shell().run(*command, "-n", "vault", "--via", "bastion")
        refused(played, 68, "bastion-none", "`vault`", "vnet-vault", "az network bastion create", "212 USD a month")
        refused(played, 68, "bastion-none", "for single commands: aksess invoke", "aksess vnet plan")


@on_stage()
async def test_a_shell_that_stands_inside_reaches_a_private_cluster_directly(on: Stage) -> None:
    inside = on.shell(network="vnet-vault/shell")
    with nothing_changes(on):
        held = await inside.hold("connect", "-n", "vault")
        assert "vault is open (direct;" in held.stderr
        await held.interrupt()


@pytest.mark.parametrize("command", [("allow",), ("connect", "--via", "allowlist", "--print-kubeconfig")])
@on_stage()
async def test_a_first_entry_on_an_open_cluster_is_refused(on: Stage, command: tuple[str, ...]) -> None:
    with nothing_changes(on):
        played = await on.shell().run(*command, "-n", "open")
        refused(played, 68, "cluster-open", "open to the whole internet", "--lock-down")


@on_stage(FULL)
async def test_a_full_list_refuses_one_more_and_keeps_all_two_hundred(on: Stage) -> None:
    ada = on.shell()
    before = on.ranges("full")
    assert len(before) == 200
    played = await ada.run("allow", "-n", "full")
    refused(played, 76, "ranges-full", "201 entries", "Azure allows 200", "aksess leases")
    assert on.puts("full") == []
    all_closed(on, "full", before)


@on_stage(FULL)
async def test_a_full_list_is_told_by_a_dry_run_too(on: Stage) -> None:
    with nothing_changes(on):
        refused(await on.shell().run("allow", "-n", "full", "--dry-run"), 76, "ranges-full", "201 entries")


@on_stage(FULL)
async def test_a_full_list_still_serves_an_address_it_holds(on: Stage) -> None:
    inside = on.shell(address="51.0.7.1")
    allowed = await inside.run("allow", "-n", "full", "-o", "json")
    assert allowed.data["proven"] is True
    assert on.puts("full") == []


@on_stage()
async def test_a_busy_cluster_is_waited_for_and_nothing_of_the_others_is_lost(on: Stage) -> None:
    ada, zoe = on.shell(), on.shell()
    before = on.ranges("web")
    first = on.tasks.create_task(zoe.run("allow", "-n", "web"))
    await asyncio.sleep(30)
    second = await ada.run("allow", "-n", "web")
    assert (await first).code == second.code == 0, second
    assert "waiting for another operation on the cluster to end" in second.stderr
    assert on.ranges("web") == [*before, zoe.address, ada.address]
    assert on.puts("web") == [200, 200]


@on_stage(BUSY)
async def test_a_cluster_that_stays_busy_is_given_up_and_the_lease_taken_back(on: Stage) -> None:
    zoe, ada = on.shell("zoe"), on.shell()
    assert (await zoe.run("allow", "-n", "web", "--for", "2h")).code == 0
    held = on.ranges("web")
    played = await ada.run("allow", "-n", "web")
    refused(played, 73, "cluster-busy", "for 15 minutes", "az aks show --query provisioningState")
    assert 900 <= played.seconds < 1000
    assert on.ranges("web") == held
    assert on.puts("web") == [200]
    assert [one["aksess-state"] for one in records(on)] == ["live", "released"]


@on_stage(LATE)
async def test_an_operation_that_azure_fails_once_is_tried_again(on: Stage) -> None:
    ada = on.shell()
    on.azure.faults.arm(Fault(Kind.OPERATION_FAILS, method="PUT", path=WEB, message="out of luck"))
    played = await ada.run("allow", "-n", "web")
    assert played.code == 0, played
    assert "Azure failed the change (Failed: " in played.stderr
    assert on.puts("web") == [200, 200]
    assert on.ranges("web") == ["51.144.20.0/24", ada.address]


@on_stage(LATE)
async def test_an_operation_that_azure_fails_each_time_is_given_up(on: Stage) -> None:
    before = on.ranges("web")
    on.azure.faults.arm(Fault(Kind.OPERATION_FAILS, method="PUT", path=WEB, count=3))
    played = await on.shell().run("allow", "-n", "web")
    refused(played, 74, "azure-refused", "took the change 3 times and failed it each time", "az aks show")
    await on.settled()
    all_closed(on, "web", before)


@on_stage(DEAF)
async def test_a_way_that_stays_shut_is_given_up_and_closed_again(on: Stage) -> None:
    before = on.ranges("web")
    played = await on.shell().run("allow", "-n", "web")
    refused(played, 70, "not-proven", "has been listed for 5 minutes", "a firewall between here and Azure")
    assert played.seconds < 500
    all_closed(on, "web", before)


@on_stage()
async def test_a_cluster_that_vanishes_in_mid_opening_is_said(on: Stage) -> None:
    ada = on.shell()
    gone = Fault(Kind.STATUS, method="*", path=WEB, status=404, code="ResourceNotFound", message="gone", count=None)
    opening = on.tasks.create_task(ada.run("allow", "-n", "web", "--ip", "20.9.9.9"))
    await asyncio.sleep(1)
    on.azure.faults.arm(gone)
    played = await opening
    assert played.code in (64, 75), played
    assert "there is no cluster `web`" in played.stderr
