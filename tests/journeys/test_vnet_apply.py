"""aksess vnet apply: once, twice, cut in the middle, refused, together with others; what is there of it is never in
doubt."""

import asyncio
from typing import Any

import pytest

from aksess_sim.faults import Fault, Kind
from journeys.by_hand import hand
from journeys.networks import applied, broken, parts, resources, vnet, works, writes
from journeys.stage import Stage
from journeys.staged import nothing_changes, on_stage, refused

EITHER = pytest.mark.parametrize("cluster", ["vault", "web"])
KEYS = {"version", "cluster", "network", "variant", "registered", "changed", "admitted", "chain"}


@EITHER
@on_stage()
async def test_a_dry_run_foresees_everything_and_changes_nothing(on: Stage, cluster: str) -> None:
    ada = on.shell()
    before = resources(on)
    with nothing_changes(on):
        told = await vnet(ada, "apply", cluster, "--dry-run", "-o", "json")
    assert told.code == 0, told
    assert resources(on) == before
    foreseen = {one["id"].lower() for one in told.data["changes"]}
    assert told.data["registers"] == ["Microsoft.CloudShell", "Microsoft.Relay"]
    assert {one["change"] for one in told.data["changes"] if "/managedClusters/" not in one["id"]} == {"Create"}
    ranges = [one["differs"] for one in told.data["changes"] if "/managedClusters/" in one["id"]]
    assert ranges == ([] if cluster == "vault" else [["authorizedIPRanges + the address of pip-aksess-web-a7a71942"]])
    await applied(ada, cluster)
    by_azure = ("/a/", "/privateendpointconnections/", "/networkinterfaces/")
    made = {one for one in resources(on) - before if not any(kind in one for kind in by_azure)}
    assert made <= foreseen, made - foreseen


@EITHER
@on_stage()
async def test_applying_twice_changes_nothing(on: Stage, cluster: str) -> None:
    ada = on.shell()
    first = await applied(ada, cluster)
    assert set(first) == KEYS
    before, since = resources(on), len(on.azure.journal)
    again = await applied(ada, cluster)
    assert again["changed"] == []
    assert writes(on, since) == []
    assert resources(on) == before
    assert (await vnet(ada, "apply", cluster, "--dry-run", "-o", "json")).data["changes"] == []


@EITHER
@on_stage()
async def test_it_asks_before_it_changes_anything(on: Stage, cluster: str) -> None:
    with nothing_changes(on):
        refused(await vnet(on.shell(), "apply", cluster), 68, "apply-unconfirmed", "nothing was changed", "--yes")


MOMENTS = [1.0, 5.0, 12.0, 25.0, 60.0, 100.0, 140.0, 150.0, 160.0, 175.0, 200.0, 230.0]


@pytest.mark.parametrize("after", MOMENTS)
@EITHER
@on_stage()
async def test_a_run_that_is_cut_is_finished_by_the_next(on: Stage, cluster: str, after: float) -> None:
    ada = on.shell()
    task = on.tasks.create_task(vnet(ada, "apply", cluster, "--yes"))
    await asyncio.sleep(after)
    task.cancel()
    await asyncio.wait({task})
    data = await applied(ada, cluster)
    assert broken(data) == []
    await on.settled()
    assert works(on, cluster)


@pytest.mark.parametrize("after", MOMENTS[2::3])
@EITHER
@on_stage()
async def test_a_run_that_is_cut_can_be_taken_back(on: Stage, cluster: str, after: float) -> None:
    before, ranges = resources(on), on.ranges(cluster)
    ada = on.shell()
    task = on.tasks.create_task(vnet(ada, "apply", cluster, "--yes"))
    await asyncio.sleep(after)
    task.cancel()
    await asyncio.wait({task})
    await on.settled()
    removed = await vnet(ada, "remove", cluster, "--yes", "-o", "json")
    assert removed.code == 0, removed
    assert resources(on) == before
    assert on.ranges(cluster) == ranges


@EITHER
@on_stage()
async def test_two_who_apply_at_once_make_one_network(on: Stage, cluster: str) -> None:
    one, two = on.shell(), on.shell()
    async with asyncio.TaskGroup() as tasks:
        runs = [tasks.create_task(vnet(shell, "apply", cluster, "--yes", "-o", "json")) for shell in (one, two)]
    for run in runs:
        assert run.result().code == 0, run.result()
    data = await applied(one, cluster)
    assert data["changed"] == []
    await on.settled()
    assert works(on, cluster)


@pytest.mark.parametrize("path", ["*/deployments/aksess-*", "*/virtualNetworkPeerings/*", "*/virtualNetworkLinks/*"])
@on_stage()
async def test_a_lost_answer_is_looked_up_not_repeated(on: Stage, path: str) -> None:
    on.azure.faults.arm(Fault(Kind.CUT_AFTER, method="PUT", path=path))
    ada = on.shell()
    first = await vnet(ada, "apply", "vault", "--yes", "-o", "json")
    assert first.code in (0, 72), first
    assert broken(await applied(ada, "vault")) == []
    await on.settled()
    assert works(on, "vault")


LIMITED = """
group: rg-demo
people: {ada: {roles: [Owner]}}
limits: {publicIPAddresses: 0}
clusters: {web: {ranges: [51.144.20.0/24]}}
"""


@on_stage(LIMITED)
async def test_a_quota_that_is_used_up_is_told_as_such(on: Stage) -> None:
    played = await vnet(on.shell(), "apply", "web", "--yes")
    refused(played, 74, "quota-exceeded", "ask for more")
    assert on.ranges("web") == ["51.144.20.0/24"]


@pytest.mark.parametrize("person", ["ben", "cat"])
@on_stage()
async def test_without_the_rights_nothing_is_begun(on: Stage, person: str) -> None:
    with nothing_changes(on):
        played = await vnet(on.shell(person), "apply", "web", "--yes")
    assert played.code in (66, 68), played
    assert played.stdout == ""


@on_stage()
async def test_an_open_server_stays_open_and_gets_no_first_entry(on: Stage) -> None:
    ada = on.shell()
    data = await applied(ada, "open")
    assert on.ranges("open") == []
    assert data["admitted"] == []
    removed = await vnet(ada, "remove", "open", "--yes")
    assert removed.code == 0, removed
    assert on.ranges("open") == []


@on_stage()
async def test_a_sealed_server_admits_the_address_and_is_sealed_again(on: Stage) -> None:
    ada = on.shell()
    data = await applied(ada, "sealed")
    assert on.ranges("sealed") == data["admitted"]
    removed = await vnet(ada, "remove", "sealed", "--yes")
    assert removed.code == 0, removed
    assert on.ranges("sealed") == ["0.0.0.0/32"]


@on_stage()
async def test_the_settings_of_a_person_are_touched_only_when_told_to(on: Stage) -> None:
    ada = on.shell()
    world = on.azure.world
    played = await vnet(ada, "apply", "web", "--yes")
    assert played.code == 0, played
    assert world.user_settings.of(world.person("ada")) is None
    assert "Show VNET isolation settings" in played.stderr
    mine: dict[str, Any] = {
        "preferredShellType": "pwsh",
        "networkType": "Default",
        "terminalSettings": {"fontSize": "Large"},
    }
    async with hand(ada) as by:
        await by.send(
            "PUT", "/providers/Microsoft.Portal/userSettings/cloudconsole", "2018-10-01", {"properties": mine}
        )
    await applied(ada, "web")
    found = world.user_settings.of(world.person("ada"))
    assert found is not None
    assert found["properties"]["networkType"] == "Isolated"
    assert found["properties"]["terminalSettings"] == {"fontSize": "Large"}
    assert found["properties"]["preferredShellType"] == "pwsh"


@on_stage()
async def test_another_network_for_the_same_cluster_is_refused_while_one_stands(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "vault")
    played = await vnet(ada, "apply", "vault", "--yes", "--vnet", "rg-hub/vnet-hub")
    refused(played, 68, "other-network", "--vnet")


@on_stage()
async def test_an_address_that_is_not_listed_any_more_is_foreseen_and_asked_about(on: Stage) -> None:
    ada = on.shell()
    first = await applied(ada, "web")
    entry = first["admitted"][0]
    async with hand(ada) as by:
        body = await by.read(on.cluster("web").id)
        body["properties"]["apiServerAccessProfile"]["authorizedIPRanges"].remove(entry)
        await by.put(on.cluster("web").id, body)
    with nothing_changes(on):
        refused(await vnet(ada, "apply", "web"), 68, "apply-unconfirmed")
        told = await vnet(ada, "apply", "web", "--dry-run", "-o", "json")
    assert [one["differs"] for one in told.data["changes"]] == [[f"authorizedIPRanges + {entry.removesuffix('/32')}"]]
    assert broken(await applied(ada, "web")) == []
    assert entry in on.ranges("web")


@on_stage()
async def test_what_was_changed_by_hand_is_foreseen_and_put_right(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "web")
    where = await parts(ada, "web")
    async with hand(ada) as by:
        group = next(id_ for part, id_ in where.items() if part.value == "network security group")
        await by.delete(f"{group}/securityRules/DenyIntraSubnetTraffic")
    told = await vnet(ada, "apply", "web", "--dry-run", "-o", "json")
    assert [(one["change"], one["id"].lower()) for one in told.data["changes"]] == [("Modify", group.lower())], told
    status = await vnet(ada, "status", "web", "-o", "json")
    assert broken(status.data) == ["network security group"]
    assert broken(await applied(ada, "web")) == []


MANAGED = """
group: rg-demo
people: {ada: {roles: [Owner]}}
clusters: {web: {ranges: [51.144.20.0/24], body: {properties: {cloudShellProfile: {mode: Managed}}}}}
"""


@on_stage(MANAGED)
async def test_what_aks_itself_connects_is_preferred(on: Stage) -> None:
    told = await vnet(on.shell(), "apply", "web", "--dry-run")
    assert "cloudShellProfile, mode Managed" in told.stderr
    assert "prefer that" in told.stderr
