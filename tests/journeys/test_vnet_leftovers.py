"""What Microsoft's own template left behind, whole, half or in the way: recognised, completed, or refused by name."""

from typing import Any

import pytest

from aksess.azure.arm import Json
from aksess.session import ClusterName, Session, open_session
from aksess.settings import Settings
from journeys.networks import applied, vnet, works
from journeys.stage import Shell, Stage
from journeys.staged import nothing_changes, on_stage, refused
from sim.shell_templates import quickstart, quickstart_values

WORLD = """
group: rg-demo
unregistered: []
people: {ada: {name: Ada Lovelace, roles: [Owner]}}
networks:
  home: {space: 10.50.0.0/16, subnets: {nodes: {prefix: 10.50.0.0/22}}}
  v: {space: 10.9.0.0/16}
clusters:
  vault: {private: true, network: home/nodes}
"""
OFFICIAL = {
    "network profile": "aci-networkProfile-westeurope",
    "relay": "relay-qs",
    "private endpoint of the relay": "pe",
    "private DNS zone of relays": "privatelink.servicebus.windows.net",
    "link of that zone": "relay-qs",
}


async def deploy_official(on: Stage, shell: Shell, without: tuple[str, ...] = (), **changed: Any) -> None:
    """Microsoft's template into the network `v`, but for resources of these types; `changed` goes into the relay."""

    async def send(session: Session) -> None:
        cluster = await session.find(ClusterName(name="vault", group="rg-demo"))
        principal = await session.networks.surveyor.principal()
        template = quickstart()
        left: list[Json] = [one for one in template["resources"] if not one["type"].endswith(without or ("nothing",))]
        gone = [one["type"] for one in template["resources"] if one not in left]
        for one in left:
            depends = one.get("dependsOn", ())
            one["dependsOn"] = [it for it in depends if not any(f"'{kind}'" in it for kind in gone)]
            if one["type"].endswith("/namespaces"):
                one.update(changed)
        values = quickstart_values("v", str(principal))
        body = {
            "properties": {"mode": "Incremental", "template": {**template, "resources": left}, "parameters": values}
        }
        path = f"{cluster.group_path}/providers/Microsoft.Resources/deployments/quickstart"
        await session.arm.send("PUT", path, {"api-version": "2025-04-01"}, body)

    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        await send(session)
    await on.settled()


def by_what(data: Any) -> dict[str, Any]:
    return {one["what"]: one for one in [*data["deployment"]["pieces"], *data["afterwards"]]}


@on_stage(WORLD)
async def test_the_whole_of_it_is_used_and_only_completed(on: Stage) -> None:
    shell = on.shell()
    await deploy_official(on, shell)
    with nothing_changes(on):
        played = await vnet(shell, "plan", "vault", "--vnet", "v", "-o", "json")
    assert played.code == 0, played
    pieces = by_what(played.data)
    for what, name in OFFICIAL.items():
        assert (pieces[what]["action"], pieces[what]["id"].rpartition("/")[2]) == ("adopt", name), pieces[what]
    assert pieces["role on the network profile"]["action"] == "adopt"
    assert pieces["role on the relay"]["action"] == "adopt"
    assert pieces["role on the subnet"]["action"] == "create", "templates from before June 2026 lack it"
    assert "record of the relay" not in pieces
    assert any("relay-qs" in note for note in played.data["notes"])


@on_stage(WORLD)
async def test_what_was_used_works_and_stays_when_the_rest_goes(on: Stage) -> None:
    shell = on.shell()
    await deploy_official(on, shell)
    await applied(shell, "vault", "--vnet", "v")
    assert works(on, "vault")
    assert (await vnet(shell, "plan", "vault", "--vnet", "v", "-o", "json")).data["done"]
    removed = await vnet(shell, "remove", "vault", "--yes")
    assert removed.code == 0, removed
    left = {str(one["id"]).rpartition("/")[2] for one in on.azure.world.store.below("/subscriptions")}
    assert set(OFFICIAL.values()) <= left


@pytest.mark.parametrize(
    "missing",
    [
        ("privateEndpoints", "privateDnsZones", "/A", "virtualNetworkLinks"),
        ("networkProfiles",),
        ("/A", "virtualNetworkLinks"),
    ],
)
@on_stage(WORLD)
async def test_half_of_it_is_completed(on: Stage, missing: tuple[str, ...]) -> None:
    shell = on.shell()
    roles = ("roleAssignments",) if "networkProfiles" in missing else ()
    await deploy_official(on, shell, (*missing, *roles))
    played = await vnet(shell, "plan", "vault", "--vnet", "v", "-o", "json")
    assert played.code == 0, played
    pieces = by_what(played.data)
    assert pieces["relay"]["id"].endswith("/relay-qs") or "privateEndpoints" in missing
    await applied(shell, "vault", "--vnet", "v")
    assert works(on, "vault")


@on_stage(WORLD)
async def test_where_nothing_is_named_it_is_only_mentioned(on: Stage) -> None:
    shell = on.shell()
    await deploy_official(on, shell)
    played = await vnet(shell, "plan", "vault", "-o", "json")
    assert played.data["ours"]
    assert any("/virtualNetworks/v" in note and "--vnet" in note for note in played.data["notes"])


@on_stage(WORLD)
async def test_what_cannot_be_used_as_it_is_is_refused_by_name(on: Stage) -> None:
    shell = on.shell()
    await deploy_official(on, shell, location="eastus")
    with nothing_changes(on):
        refused(await vnet(shell, "plan", "vault", "--vnet", "v"), 68, "name-taken", "relay-qs", "location")
