"""While it runs, and at its end: restarts, expired tokens, a full Bastion, interrupts, and nothing left behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from aksess_sim.faults import Fault, Kind
from aksess_sim.world.bastions import Bastion, State
from journeys.stage import Held, Stage
from journeys.staged import on_stage, refused
from journeys.test_safety_secrets import logged, minted
from journeys.through import client, told_of
from journeys.trouble import die, opened, start

VAULT = ("connect", "-g", "rg-demo", "-n", "vault", "--via", "bastion")


def hub(on: Stage) -> Bastion:
    return on.azure.world.bastions.named("hub-bastion")


def breaks(on: Stage, kind: Kind = Kind.STATUS, **what: Any) -> Fault:
    return on.azure.faults.arm(Fault(kind, host=hub(on).host, **what))


async def answers(held: Held) -> bool:
    try:
        async with client(held.kubeconfig) as kube:
            return "default" in await kube.names()
    except aiohttp.ClientError:
        return False


async def drained(events: AsyncIterator[Any]) -> None:
    """To the end of a watch, however it ends."""
    with suppress(aiohttp.ClientError):
        async for _ in events:
            pass


@on_stage()
async def test_a_restart_ends_the_connections_and_new_ones_work_again_by_themselves(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    async with client(held.kubeconfig) as kube:
        events = kube.watch()
        assert (await anext(events))["type"] == "ADDED"
        hub(on).restart()
        await drained(events)
    told = [line for line in held.stderr.splitlines() if "new connections are made by themselves" in line]
    assert len(told) == 1, held.stderr
    assert not await answers(held), "it is away for a minute"
    await asyncio.sleep(hub(on).timings.restart)
    assert await answers(held)
    assert hub(on).tally["cut"] == 1
    await held.interrupt()
    assert hub(on).sessions() == []


@on_stage()
async def test_one_that_is_back_soon_is_waited_for(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    hub(on).restart()
    await asyncio.sleep(hub(on).timings.restart - 5)
    assert await answers(held), "a client waits ten seconds for TLS, and so do we"
    await held.interrupt()


@on_stage()
async def test_a_watch_outlives_ten_idle_minutes(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    async with client(held.kubeconfig) as kube:
        events = kube.watch()
        await anext(events)
        await asyncio.sleep(600)
        assert len(hub(on).sessions(State.LIVE)) == 1
        await events.aclose()  # type: ignore[attr-defined]
    assert await answers(held)
    await held.interrupt()


@on_stage()
async def test_an_expired_arm_token_is_renewed_for_new_connections(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    asked = len(on.azure.journal.find(host="localhost"))
    await asyncio.sleep(26 * 3600)
    assert await answers(held)
    assert len(on.azure.journal.find(host="localhost")) == asked + 1
    breaks(on, status=401, message="revoked")
    assert await answers(held), "one that was revoked too"
    await held.interrupt()


@on_stage()
async def test_a_full_bastion_is_told_and_leaves_the_others_alone(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    stranger = [hub(on).grant("somebody", on.cluster("vault").id) for _ in range(hub(on).capacity)]
    assert not await answers(held)
    assert "has no room for another connection" in held.stderr
    played = await on.shell().run(*VAULT, "--print-kubeconfig")
    refused(played, 73, "bastion-full", "has no room", "--scale-units")
    hub(on).delete(stranger[0].auth_token, stranger[0].node)
    assert await answers(held)
    await held.interrupt()


@pytest.mark.parametrize("after", [0.0, 0.1, 0.4, 0.6, 0.9, 1.2, 1.7])
@on_stage()
async def test_interrupted_while_it_opens_nothing_is_left(on: Stage, after: float) -> None:
    breaks(on, Kind.SLOW, seconds=0.5, count=None)
    way = start(on.shell(), *VAULT, "--print-kubeconfig")
    await asyncio.sleep(after)
    way.interrupt()
    await way.ended()
    await asyncio.sleep(30)
    assert hub(on).sessions() == []


@on_stage()
async def test_interrupted_with_many_connections_every_session_is_given_back(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    async with client(held.kubeconfig) as kube:
        watches = [kube.watch() for _ in range(10)]
        for one in watches:
            await anext(one)
        assert len(hub(on).sessions(State.LIVE)) == 10
        began = asyncio.get_running_loop().time()
        await held.interrupt()
        assert asyncio.get_running_loop().time() - began < 10
        for one in watches:
            await drained(one)
    assert hub(on).sessions() == []
    assert "could not be given back" not in held.stderr


@on_stage()
async def test_what_cannot_be_given_back_is_said(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    breaks(on, method="DELETE", status=500, count=None)
    assert await answers(held)
    began = asyncio.get_running_loop().time()
    await held.interrupt()
    assert asyncio.get_running_loop().time() - began < 20
    assert "could not be given back to hub-bastion, which drops them when idle" in held.stderr
    assert len(hub(on).sessions(State.ORPHANED)) >= 1


@on_stage()
async def test_a_deletion_that_fails_once_is_made_good_at_the_end(on: Stage) -> None:
    held = await on.shell().hold(*VAULT)
    breaks(on, method="DELETE", status=500, count=1)
    assert await answers(held)
    await asyncio.sleep(10)
    assert len(hub(on).sessions()) == 1
    await held.interrupt()
    assert hub(on).sessions() == []
    assert "could not be given back" not in held.stderr


@on_stage()
async def test_after_a_power_off_the_sessions_are_orphans_until_the_bastion_drops_them(on: Stage) -> None:
    shell = on.shell()
    way = start(shell, *VAULT, "--print-kubeconfig")
    assert await opened(way)
    held = Held(shell, way.app, way.task)
    async with client(held.kubeconfig) as kube:
        await anext(kube.watch())
        die(on, shell)
        breaks(on, Kind.CUT, session=shell.session.caller.session, count=None)
        way.interrupt()
        await way.ended()
    assert len(hub(on).sessions()) == 1
    await asyncio.sleep(hub(on).timings.orphan + 600)
    hub(on).settle()
    assert hub(on).sessions() == []
    assert hub(on).tally["abandoned"] == 1


UNKNOWN_NAME = """
people: {ada: {roles: [Owner]}}
networks:
  vnet-hub: {space: 10.2.0.0/16, subnets: {AzureBastionSubnet: {prefix: 10.2.0.0/26}}}
  vnet-spoke: {space: 10.1.0.0/16, peers: [vnet-hub], subnets: {nodes: {prefix: 10.1.0.0/22}}}
bastions: {hub-bastion: {network: vnet-hub, tunneling: true}}
clusters: {vault: {private: true, network: vnet-spoke/nodes, public_fqdn: false}}
"""


@on_stage(UNKNOWN_NAME)
async def test_a_network_that_does_not_reach_the_cluster_is_not_proven(on: Stage) -> None:
    vnets = on.azure.world.networks.of_kind("Microsoft.Network/virtualNetworks")
    next(one for one in vnets if one["name"] == "vnet-hub")["properties"]["dhcpOptions"] = {"dnsServers": ["10.2.0.4"]}
    explained = await on.shell().run("connect", "-n", "vault", "--explain", "-o", "json")
    assert "cannot be seen from here" in told_of(explained)["why"]
    played = await on.shell().run(*VAULT, "--print-kubeconfig")
    refused(played, 70, "not-proven", "does not answer through Bastion `hub-bastion`", "the private DNS zone")
    assert 15 < played.seconds < 40
    assert hub(on).sessions() == [], "every attempt was given back"
    assert hub(on).tally["granted"] < 10


@on_stage()
async def test_a_strangers_certificate_proves_nothing(on: Stage) -> None:
    other, vault = on.cluster("web"), on.cluster("vault")
    vault.ca_pem, kept = other.ca_pem, vault.ca_pem
    played = await on.shell().run(*VAULT, "--print-kubeconfig")
    vault.ca_pem = kept
    refused(played, 70, "not-proven", "is not this cluster's API server", "do not go on through it")
    assert played.seconds < 1, "another try would not change who it is"
    assert hub(on).sessions() == []


@on_stage()
async def test_no_token_is_told_whatever_happens(on: Stage) -> None:
    shell = on.shell()
    shell.environment["AKSESS_DEBUG"] = "1"
    sessions: list[Any] = []
    grant = hub(on).grant

    def watched(*arguments: Any, **options: Any) -> Any:
        sessions.append(grant(*arguments, **options))
        return sessions[-1]

    hub(on).grant = watched  # type: ignore[method-assign]
    told: list[str] = []
    with minted(on) as tokens, logged() as lines:
        for kind, what in (
            (Kind.CUT, {}),
            (Kind.CUT_AFTER, {}),
            (Kind.STATUS, {"status": 401}),
            (Kind.STATUS, {"status": 403}),
            (Kind.STATUS, {"status": 503}),
            (Kind.CUT, {"method": "DELETE"}),
            (Kind.STATUS, {"status": 404, "path": "/webtunnelv2*"}),
        ):
            breaks(on, kind, count=None, **what)
            way = start(shell, *VAULT, "--print-kubeconfig")
            if await opened(way):
                way.interrupt()
            told.append(str(await way.ended()))
            on.azure.faults.clear()
        held = await shell.hold(*VAULT)
        hub(on).restart()
        await answers(held)
        await held.interrupt()
        told.append(held.stderr)
    text = "\n".join([*told, *lines, *map(str, on.azure.journal)])
    secrets = [*tokens, *(one.auth_token for one in sessions), *(one.websocket_token for one in sessions)]
    assert len(secrets) > 10
    assert not [one for one in [*secrets, shell.session.password] if one in text]
    assert "/api/tokens" in "\n".join(lines), "it was really told about"
