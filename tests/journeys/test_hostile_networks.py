"""Cloud Shell networks at bad moments: an address that is given up is listed nowhere, nothing of another's goes, and
what was once found out is not forgotten."""

from typing import Any

import pytest

from aksess.vnet.model import Part
from aksess_sim.faults import Fault, Kind
from journeys.by_hand import hand
from journeys.networks import applied, parts, resources, vnet, works
from journeys.stage import Shell, Stage
from journeys.staged import nothing_changes, on_stage, refused

WEB = ["51.144.20.0/24", "40.68.115.7/32"]
RECORD = "*/deployments/aksess-network-*"
TWO = """
group: rg-demo
people: {ada: {roles: [Owner]}}
networks: {mine: {space: 10.9.0.0/16}}
clusters: {web: {ranges: [51.144.20.0/24]}, app: {ranges: [51.144.21.0/24]}}
"""


def given_up(on: Stage, address: str) -> bool:
    """Nobody here holds this public address any more: somebody else may."""
    found = on.azure.world.networks.of_kind("Microsoft.Network/publicIPAddresses")
    return address.removesuffix("/32") not in [one["properties"].get("ipAddress") for one in found]


@on_stage()
async def test_an_entry_that_a_failed_operation_brings_back_keeps_its_address(on: Stage) -> None:
    ada = on.shell()
    (address,) = (await applied(ada, "web"))["admitted"]
    await on.settled()
    on.azure.faults.arm(Fault(Kind.OPERATION_FAILS, method="PUT", path="*/managedClusters/web", count=None))
    refused(await vnet(ada, "remove", "web", "--yes"), 75, "still-listed", address)
    await on.settled()
    assert address in on.ranges("web")
    assert not given_up(on, address)
    on.azure.faults.clear()
    done = await vnet(ada, "remove", "web", "--yes")
    assert done.code == 0, done
    assert on.ranges("web") == WEB
    assert given_up(on, address)


@on_stage()
async def test_one_operation_that_fails_is_made_up_for(on: Stage) -> None:
    ada = on.shell()
    (address,) = (await applied(ada, "web"))["admitted"]
    await on.settled()
    on.azure.faults.arm(Fault(Kind.OPERATION_FAILS, method="PUT", path="*/managedClusters/web"))
    done = await vnet(ada, "remove", "web", "--yes")
    assert done.code == 0, done
    await on.settled()
    assert on.ranges("web") == WEB
    assert given_up(on, address)


async def by_name(ada: Shell) -> str:
    await applied(ada, "web", "--vnet", "mine")
    return "mine"


async def by_its_own(ada: Shell) -> str:
    await applied(ada, "web")
    return (await parts(ada, "web"))[Part.NETWORK]


@pytest.mark.parametrize("laid", [by_name, by_its_own])
@on_stage(TWO)
async def test_no_cluster_leans_on_what_was_made_for_another(on: Stage, laid: Any) -> None:
    ada = on.shell()
    network = await laid(ada)
    with nothing_changes(on):
        for command in (("plan",), ("apply", "--yes"), ("remove", "--yes"), ("remove", "--dry-run")):
            played = await vnet(ada, command[0], "app", *command[1:], "--vnet", network)
            refused(played, 68, "made-for-another", "`web`")
    await on.settled()
    assert works(on, "web")


async def unreadable(on: Stage, _: Shell) -> None:
    on.azure.faults.arm(Fault(Kind.STATUS, method="GET", path=RECORD, status=503, count=None))


async def trimmed(on: Stage, ada: Shell) -> None:
    group = on.cluster("web").id.rpartition("/providers/")[0]
    records = f"{group}/providers/Microsoft.Resources/deployments"
    async with hand(ada) as by:
        for name in [one["name"] async for one in by.arm.items(records, "2025-04-01")]:
            await by.send("DELETE", f"{records}/{name}", "2025-04-01")


@pytest.mark.parametrize(("bad", "code"), [(unreadable, 73), (trimmed, 0)])
@on_stage()
async def test_applying_again_does_not_forget_whose_the_entry_is(on: Stage, bad: Any, code: int) -> None:
    ada = on.shell()
    (address,) = (await applied(ada, "web"))["admitted"]
    await on.settled()
    await bad(on, ada)
    again = await vnet(ada, "apply", "web", "--yes")
    assert again.code == code, again
    on.azure.faults.clear()
    done = await vnet(ada, "remove", "web", "--yes")
    assert done.code == 0, done
    await on.settled()
    assert on.ranges("web") == WEB
    assert given_up(on, address)


@on_stage(TWO)
async def test_a_record_that_cannot_be_read_is_not_taken_for_none(on: Stage) -> None:
    ada = on.shell()
    (address,) = (await applied(ada, "web", "--vnet", "mine"))["admitted"]
    await on.settled()
    await unreadable(on, ada)
    before = resources(on)
    stopped = await vnet(ada, "remove", "web", "--yes", "--vnet", "mine")
    assert stopped.code == 73, stopped
    assert resources(on) == before
    assert address in on.ranges("web")


@on_stage()
async def test_settings_that_cannot_be_reset_stop_nothing_else(on: Stage) -> None:
    ada = on.shell()
    before = resources(on)
    await applied(ada, "vault")
    on.azure.faults.arm(Fault(Kind.STATUS, method="PUT", path="*/userSettings/*", status=400, count=None))
    removed = await vnet(ada, "remove", "vault", "--yes", "-o", "json")
    assert removed.code == 75, removed
    stuck = [one for one in removed.data["gone"] if one["fate"] == "stuck"]
    assert [one["what"] for one in stuck] == ["your Cloud Shell's settings"]
    assert "--reset-my-shell" in stuck[0]["why"]
    assert resources(on) == before


@on_stage()
async def test_an_old_deployment_is_not_taken_for_one_that_never_began(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "vault")
    await on.settled()
    where = await parts(ada, "vault")
    async with hand(ada) as by:
        await by.delete(where[Part.ZONE_LINK])
    on.azure.faults.arm(Fault(Kind.CUT, method="PUT", path="*/deployments/aksess-vault*"))
    lost = await vnet(ada, "apply", "vault", "--yes")
    refused(lost, 72, "azure-answer-lost")
    again = await vnet(ada, "apply", "vault", "--yes")
    assert again.code == 0, again
    assert works(on, "vault")


@on_stage(TWO)
async def test_naming_another_network_takes_nothing_from_the_one_that_was_applied(on: Stage) -> None:
    ada = on.shell()
    await applied(ada, "web")
    await on.settled()
    with nothing_changes(on):
        refused(await vnet(ada, "remove", "web", "--yes", "--vnet", "mine"), 68, "other-network", "`mine`")
    assert works(on, "web")


@on_stage()
async def test_who_keeps_files_on_a_share_is_told(on: Stage) -> None:
    ada = on.shell()
    settings = "/providers/Microsoft.Portal/userSettings/cloudconsole"
    share = {"storageAccountResourceId": "/subscriptions/s/resourceGroups/r/providers/x/y/z", "fileShareName": "f"}
    async with hand(ada) as by:
        kept = {"preferredLocation": "westeurope", "storageProfile": share, "sessionType": "Mounted"}
        await by.send("PUT", settings, "2023-02-01-preview", {"properties": kept})
    played = await vnet(ada, "apply", "vault", "--yes", "--set-my-shell")
    assert played.code == 0, played
    assert "your file share cannot be mounted there" in played.stderr


@on_stage()
async def test_what_goes_is_shown_before_it_is_asked_about(on: Stage) -> None:
    ada = on.shell()
    (address,) = (await applied(ada, "web"))["admitted"]
    asked = await vnet(ada, "remove", "web")
    refused(asked, 68, "remove-unconfirmed")
    for line in (
        f"removes authorized range: {address}",
        "removes NAT gateway: nat-aksess-web",
        "removes network: vnet-",
    ):
        assert line in asked.stderr
