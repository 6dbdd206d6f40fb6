"""The third way from end to end, in one world each: planned, applied, proven from inside, broken link by link, mended,
removed. What works is the world's own opinion: a new shell starts, and reaches the API server."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from aksess.azure.user_settings import PATH as SETTINGS
from aksess.vnet.model import Part
from journeys.by_hand import Hand, hand
from journeys.networks import applied, broken, health, parts, resources, vnet, works
from journeys.stage import Stage
from journeys.staged import on_stage

Where = dict[Part, str]
Break = Callable[[Hand, Where], Awaitable[None]]
SUBNET, YOURS, RANGES = Part.SHELL_SUBNET.value, "your Cloud Shell's settings", "authorized ranges"


def gone(part: Part) -> Break:
    async def act(by: Hand, where: Where) -> None:
        await by.delete(where[part])

    return act


def changed(part: Part, **properties: Any) -> Break:
    async def act(by: Hand, where: Where) -> None:
        await by.change(where[part], **properties)

    return act


async def not_delegated(by: Hand, where: Where) -> None:
    """Which Azure allows only once the profile is gone."""
    await by.delete(where[Part.PROFILE])
    await by.change(where[Part.SHELL_SUBNET], delegations=[])


async def no_way_out(by: Hand, where: Where) -> None:
    rule = {"direction": "Outbound", "access": "Deny", "protocol": "*", "priority": 150}
    ports = {"sourcePortRange": "*", "destinationPortRange": "*"}
    every = {"sourceAddressPrefix": "*", "destinationAddressPrefix": "*"}
    body = {"properties": {**rule, **ports, **every}}
    await by.put(f"{where[Part.SECURITY_GROUP]}/securityRules/DenyAll", body)


async def no_record(by: Hand, where: Where) -> None:
    name = where[Part.RELAY].rpartition("/")[2]
    await by.delete(f"{where[Part.ZONE]}/A/{name}")


async def no_provider(by: Hand, where: Where) -> None:
    path = f"/subscriptions/{where[Part.RELAY].split('/')[2]}/providers/Microsoft.CloudShell"
    await by.send("POST", f"{path}/unregister", "2021-04-01")


async def no_settings(by: Hand, where: Where) -> None:
    await by.send("DELETE", SETTINGS, "2023-02-01-preview")


async def not_listed(by: Hand, where: Where) -> None:
    cluster = by.on.cluster("web")
    path, version = cluster.id, "2026-06-01"
    body = (await by.arm.send("GET", path, {"api-version": version})).body
    body["properties"]["apiServerAccessProfile"]["authorizedIPRanges"] = ["51.144.20.0/24"]
    await by.send("PUT", path, version, body)
    await by.on.settled()


EITHER: dict[str, tuple[str, Break]] = {
    "not delegated": (SUBNET, not_delegated),
    "no way out": (SUBNET, no_way_out),
    "no profile": (Part.PROFILE.value, gone(Part.PROFILE)),
    "no endpoint": (Part.ENDPOINT.value, gone(Part.ENDPOINT)),
    "no zone link": (Part.ZONE_LINK.value, gone(Part.ZONE_LINK)),
    "no record": (Part.ZONE_RECORD.value, no_record),
    "no zone group": (Part.ZONE_RECORD.value, gone(Part.ZONE_RECORD)),
    "no role on the subnet": (Part.SUBNET_ROLE.value, gone(Part.SUBNET_ROLE)),
    "no role on the profile": (Part.PROFILE_ROLE.value, gone(Part.PROFILE_ROLE)),
    "no role on the relay": (Part.RELAY_ROLE.value, gone(Part.RELAY_ROLE)),
    "no relay": (Part.RELAY.value, gone(Part.RELAY)),
    "no provider": ("resource providers", no_provider),
    "no settings": (YOURS, no_settings),
}
PRIVATE: dict[str, tuple[str, Break]] = {
    **EITHER,
    "half a peering": (Part.PEERING_BACK.value, gone(Part.PEERING_BACK)),
    "the other half": (Part.PEERING_THERE.value, gone(Part.PEERING_THERE)),
    "no traffic": (Part.PEERING_THERE.value, changed(Part.PEERING_THERE, allowVirtualNetworkAccess=False)),
    "no name": (Part.CLUSTER_LINK.value, gone(Part.CLUSTER_LINK)),
}
PUBLIC: dict[str, tuple[str, Break]] = {
    **EITHER,
    "another way out": (SUBNET, changed(Part.SHELL_SUBNET, natGateway=None)),
    "not listed": (RANGES, not_listed),
}
BY_HAND = {"no way out"}
"""What only whoever did it may take back."""


@pytest.mark.parametrize(("cluster", "what"), [*(("vault", one) for one in PRIVATE), *(("web", one) for one in PUBLIC)])
@on_stage()
async def test_a_broken_link_is_named_and_mended(on: Stage, cluster: str, what: str) -> None:
    link, act = (PRIVATE if cluster == "vault" else PUBLIC)[what]
    ada = on.shell()
    await applied(ada, cluster)
    await on.settled()
    assert works(on, cluster)
    async with hand(ada) as by:
        await act(by, await parts(ada, cluster))
    assert not works(on, cluster)
    status = await vnet(ada, "status", cluster, "-o", "json")
    assert status.code == 79, status
    assert link in broken(status.data), status
    assert "error [chain-broken]" in status.stderr
    if what not in BY_HAND:
        data = await applied(ada, cluster)
        assert broken(data) == []
        await on.settled()
        assert works(on, cluster)


@pytest.mark.parametrize("cluster", ["vault", "web"])
@on_stage()
async def test_planned_applied_proven_and_removed(on: Stage, cluster: str) -> None:
    before, ranges = resources(on), on.ranges(cluster)
    ada = on.shell()
    assert not works(on, cluster)
    await applied(ada, cluster)
    await on.settled()
    inside = on.shell()
    status = await vnet(inside, "status", cluster, "-o", "json")
    assert status.code == 0, status
    assert set(health(status.data).values()) == {"ok"}, status
    assert status.data["inside"] is True
    told = await inside.run("connect", "-n", cluster, "-g", "rg-demo", "--explain", "-o", "json")
    assert told.data["order"][0] == "direct"
    held = await inside.hold("connect", "-g", "rg-demo", "-n", cluster)
    assert "nothing was changed" in held.stderr
    await held.interrupt()
    refusal = await vnet(inside, "remove", cluster, "--yes")
    assert refusal.code == 68, refusal
    assert "error [inside-network]" in refusal.stderr
    removed = await vnet(ada, "remove", cluster, "--yes", "-o", "json")
    assert removed.code == 0, removed
    assert {one["fate"] for one in removed.data["gone"]} == {"removed"}
    assert resources(on) == before
    assert on.ranges(cluster) == ranges
    assert not on.azure.world.user_settings.isolation(on.azure.world.person("ada"))
    assert (await vnet(ada, "remove", cluster, "--yes", "-o", "json")).data["gone"] == []


@on_stage()
async def test_who_has_no_shell_outside_leaves_first_and_removes_then(on: Stage) -> None:
    before = resources(on)
    await applied(on.shell(), "vault")
    left = await vnet(on.shell(), "remove", "vault", "--reset-my-shell")
    assert (left.code, "starts outside again" in left.stderr) == (0, True), left
    assert resources(on) != before
    again = await vnet(on.shell(), "remove", "vault", "--reset-my-shell")
    assert "as it did already" in again.stderr
    assert (await vnet(on.shell(), "remove", "vault", "--yes")).code == 0
    assert resources(on) == before


@on_stage()
async def test_the_fixed_address_is_the_only_one_a_public_cluster_needs(on: Stage) -> None:
    ada = on.shell()
    data = await applied(ada, "web")
    await on.settled()
    one, two = on.shell(), on.shell()
    assert one.session.caller.address == two.session.caller.address
    assert data["admitted"] == [one.address]
    assert on.ranges("web") == ["51.144.20.0/24", "40.68.115.7/32", one.address]
    assert len(on.puts("web")) == 1
    leases = await ada.run("leases", "-n", "web", "-o", "json")
    assert leases.data["leases"] == []
    assert one.address in leases.data["foreign"]
    assert leases.data["network"]["addresses"] == leases.data["network"]["added"] == [one.address]
    shown = (await ada.run("leases", "-n", "web")).stdout.splitlines()
    assert [line for line in shown if one.address in line and "network" in line and "aksess vnet status" in line]


@on_stage()
async def test_json_has_these_keys_in_this_order(on: Stage) -> None:
    ada = on.shell()
    dry = (await vnet(ada, "apply", "web", "--dry-run", "-o", "json")).data
    assert list(dry) == ["version", "cluster", "network", "variant", "registers", "changes", "dryRun"]
    assert {tuple(one) for one in dry["changes"]} == {("id", "change", "differs")}
    await applied(ada, "web")
    status = (await vnet(ada, "status", "web", "-o", "json")).data
    assert list(status) == ["version", "cluster", "network", "variant", "inside", "chain"]
    assert {tuple(one) for one in status["chain"]} == {("link", "health", "seen", "mend")}
    removed = (await vnet(ada, "remove", "web", "--yes", "-o", "json")).data
    assert list(removed) == ["version", "cluster", "gone", "dryRun"]
    assert {tuple(one) for one in removed["gone"]} == {("what", "id", "fate", "why")}
