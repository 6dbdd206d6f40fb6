"""aksess vnet remove: only what aksess made, in order, whatever state it is in; what stays is said."""

from collections.abc import Awaitable, Callable

import pytest

from aksess.vnet.model import Part
from aksess_sim.faults import Fault, Kind
from journeys.by_hand import Hand, hand
from journeys.networks import applied, parts, resources, vnet, works
from journeys.stage import Stage
from journeys.staged import nothing_changes, on_stage, refused

RECORDS = "Microsoft.Resources/deployments"
EITHER = pytest.mark.parametrize("cluster", ["vault", "web"])


@EITHER
@on_stage()
async def test_a_dry_run_tells_what_the_removal_does(on: Stage, cluster: str) -> None:
    ada = on.shell()
    await applied(ada, cluster)
    with nothing_changes(on):
        told = await vnet(ada, "remove", cluster, "--dry-run", "-o", "json")
        refused(await vnet(ada, "remove", cluster), 68, "remove-unconfirmed", "nothing was removed")
    foreseen = {one["id"].lower() for one in told.data["gone"] if one["fate"] == "removed"}
    done = await vnet(ada, "remove", cluster, "--yes", "-o", "json")
    assert done.code == 0, done
    assert {one["id"].lower() for one in done.data["gone"] if one["fate"] == "removed"} >= foreseen


@on_stage()
async def test_two_networks_of_one_group_share_the_zone_until_the_last_goes(on: Stage) -> None:
    before = resources(on)
    ada = on.shell()
    await applied(ada, "web")
    await applied(ada, "vault")
    first = await vnet(ada, "remove", "web", "--yes", "-o", "json")
    assert first.code == 0, first
    zone = [one for one in first.data["gone"] if one["what"] == Part.ZONE.value]
    assert [one["fate"] for one in zone] == ["left"]
    assert "still used" in zone[0]["why"]
    await on.settled()
    assert works(on, "vault")
    second = await vnet(ada, "remove", "vault", "--yes", "-o", "json")
    assert second.code == 0, second
    assert resources(on) == before


@on_stage()
async def test_somebody_elses_entry_and_leases_stay(on: Stage) -> None:
    ada, bob = on.shell(), on.shell()
    await applied(ada, "web")
    await on.settled()
    allowed = await bob.run("allow", "-g", "rg-demo", "-n", "web", "--for", "2h")
    assert allowed.code == 0, allowed
    removed = await vnet(ada, "remove", "web", "--yes")
    assert removed.code == 0, removed
    assert on.ranges("web") == ["51.144.20.0/24", "40.68.115.7/32", bob.address]


@on_stage()
async def test_the_entry_goes_before_the_address_is_given_up(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "web")
    on.azure.faults.arm(Fault(Kind.STATUS, method="PUT", path="*/managedClusters/web", status=403, count=None))
    stuck = await vnet(ada, "remove", "web", "--yes")
    assert stuck.code == 75, stuck
    where = await parts(ada, "web")
    assert where[Part.ADDRESS].lower() in resources(on)
    on.azure.faults.clear()
    done = await vnet(ada, "remove", "web", "--yes")
    assert done.code == 0, done
    assert on.ranges("web") == ["51.144.20.0/24", "40.68.115.7/32"]


@on_stage()
async def test_what_is_used_is_left_told_and_finished_later(on: Stage) -> None:
    before = resources(on)
    ada = on.shell()
    await applied(ada, "vault")
    where = await parts(ada, "vault")
    user = f"{where[Part.PROFILE].rsplit('/', 1)[0]}/of-somebody"
    async with hand(ada) as by:
        body = await by.read(where[Part.PROFILE])
        await by.put(user, {"location": body["location"], "properties": body["properties"]})
    stuck = await vnet(ada, "remove", "vault", "--yes", "-o", "json")
    assert stuck.code == 75, stuck
    assert "error [left-behind]" in stuck.stderr
    assert {one["what"] for one in stuck.data["gone"] if one["fate"] == "stuck"} >= {Part.NETWORK.value}
    async with hand(ada) as by:
        await by.delete(user)
    done = await vnet(ada, "remove", "vault", "--yes")
    assert done.code == 0, done
    assert resources(on) == before


async def half_gone(by: Hand, where: dict[Part, str]) -> None:
    await by.delete(where[Part.ENDPOINT])
    await by.delete(where[Part.PROFILE])


async def network_gone(by: Hand, where: dict[Part, str]) -> None:
    await half_gone(by, where)
    await by.delete(where[Part.NETWORK])


@pytest.mark.parametrize("act", [half_gone, network_gone])
@EITHER
@on_stage()
async def test_leftovers_of_every_kind_are_found(
    on: Stage, cluster: str, act: Callable[[Hand, dict[Part, str]], Awaitable[None]]
) -> None:
    before, ranges = resources(on), on.ranges(cluster)
    ada = on.shell()
    await applied(ada, cluster)
    async with hand(ada) as by:
        await act(by, await parts(ada, cluster))
    removed = await vnet(ada, "remove", cluster, "--yes", "-o", "json")
    assert removed.code == 0, removed
    assert resources(on) == before
    assert on.ranges(cluster) == ranges


@on_stage()
async def test_a_network_of_ones_own_is_used_and_given_back_as_it_was(on: Stage) -> None:
    ada = on.shell()
    hub = next(
        one for one in on.azure.world.networks.of_kind("Microsoft.Network/virtualNetworks") if one["name"] == "vnet-hub"
    )
    before, subnets = (
        resources(on),
        {one["name"]: one["properties"]["addressPrefix"] for one in hub["properties"]["subnets"]},
    )
    await applied(ada, "vault", "--vnet", "rg-hub/vnet-hub")
    await on.settled()
    assert works(on, "vault")
    status = await vnet(ada, "status", "vault", "-o", "json")
    assert status.data["network"].endswith("/vnet-hub"), "it need not be named again"
    assert status.code == 0, status
    removed = await vnet(ada, "remove", "vault", "--yes", "-o", "json")
    assert removed.code == 0, removed
    assert resources(on) == before
    there = next(
        one for one in on.azure.world.networks.of_kind("Microsoft.Network/virtualNetworks") if one["name"] == "vnet-hub"
    )
    assert {one["name"]: one["properties"]["addressPrefix"] for one in there["properties"]["subnets"]} == subnets


@EITHER
@on_stage()
async def test_a_cluster_that_is_gone_leaves_its_network_to_be_found(on: Stage, cluster: str) -> None:
    before = resources(on)
    ada = on.shell()
    await applied(ada, cluster)
    world = on.azure.world
    del world.clusters[on.cluster(cluster).id.lower()]
    removed = await vnet(ada, "remove", cluster, "--yes", "-o", "json")
    assert removed.code == 0, removed
    assert "is gone" in removed.stderr
    left = {one for one in resources(on) - before if "aksess" in one}
    assert {one for one in left if "/privatednszones/" not in one} == set()
    assert len(left) <= 1, "the link in the zone of the cluster goes with that zone"


@on_stage()
async def test_nothing_applied_is_nothing_to_remove(on: Stage) -> None:
    with nothing_changes(on):
        removed = await vnet(on.shell(), "remove", "web", "--yes")
        assert removed.code == 0, removed
        status = await vnet(on.shell(), "status", "web")
        assert status.code == 79, status
        assert "error [nothing-applied]" in status.stderr


@on_stage()
async def test_without_its_record_the_address_of_our_own_gateway_is_taken_out_all_the_same(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "web")
    async with hand(ada) as by:
        group = on.cluster("web").id.rpartition("/providers/")[0]
        records = [one["name"] async for one in by.arm.items(f"{group}/providers/{RECORDS}", "2025-04-01")]
        for name in records:
            await by.send("DELETE", f"{group}/providers/{RECORDS}/{name}", "2025-04-01")
    await on.settled()
    removed = await vnet(ada, "remove", "web", "--yes")
    assert removed.code == 0, removed
    assert on.ranges("web") == ["51.144.20.0/24", "40.68.115.7/32"]


@on_stage()
async def test_an_entry_that_somebody_listed_before_stays_and_is_told(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "web")
    world = on.azure.world
    record = next(one for one in world.deployments.in_group(group_of(on)) if one.name.startswith("aksess-network-"))
    record.sent["tags"]["aksess-added"] = "-"
    before = on.ranges("web")
    removed = await vnet(ada, "remove", "web", "--yes", "-o", "json")
    assert removed.code == 0, removed
    assert on.ranges("web") == before
    told = next(one for one in removed.data["gone"] if one["what"] == "authorized range")
    assert told["fate"] == "left"
    assert "next holder" in told["why"]


def group_of(on: Stage) -> str:
    return on.cluster("web").id.rpartition("/providers/")[0]


OWN = """
group: rg-demo
people: {ada: {roles: [Owner]}}
networks: {mine: {space: 10.9.0.0/16}}
clusters: {web: {ranges: [51.144.20.0/24]}}
"""


@on_stage(OWN)
async def test_a_network_that_its_owner_deleted_is_forgotten_with_its_entry(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "web", "--vnet", "mine")
    where = await parts(ada, "web")
    async with hand(ada) as by:
        await half_gone(by, where)
        await by.delete(where[Part.SHELL_SUBNET].rpartition("/subnets/")[0])
    refused(await vnet(ada, "status", "web"), 2, "network-unknown")
    told = await vnet(ada, "remove", "web", "--dry-run", "-o", "json")
    assert [one["what"] for one in told.data["gone"]] == ["authorized range", "record of the network"]
    removed = await vnet(ada, "remove", "web", "--yes")
    assert removed.code == 0, removed
    assert on.ranges("web") == ["51.144.20.0/24"]
    assert "az resource list --tag aksess=vnet" in removed.stderr
    assert (await vnet(ada, "apply", "web", "--yes")).code == 0
