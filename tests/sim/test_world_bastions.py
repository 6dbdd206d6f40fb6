"""A Bastion host's sessions, whatever is done to them, and hosts that world files get wrong."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aksess_sim.world.bastions import Bastion, BastionTimings, State
from aksess_sim.world.clock import WorldClock
from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.refusals import Refused
from aksess_sim.world.sections import WorldFileError
from sim.virtual_time import VirtualTimeLoop

BODY: dict[str, Any] = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/bastionHosts/b",
    "sku": {"name": "Standard"},
    "properties": {"provisioningState": "Succeeded", "dnsName": "b", "enableTunneling": True, "scaleUnits": 2},
}
DEEDS = st.sampled_from(["grant", "pass on", "open", "over", "delete", "wait", "wait long", "restart"])


@given(st.lists(st.tuples(DEEDS, st.integers(0, 99)), max_size=60), st.sampled_from([1.0, 60.0]))
@settings(max_examples=60, deadline=None)
def test_every_session_is_accounted_for_and_none_exceeds_the_capacity(
    deeds: list[tuple[str, int]], speed: float
) -> None:
    async def run() -> None:
        clock = WorldClock(speed)
        bastion = Bastion(BODY, clock, BastionTimings())
        for deed, number in deeds:
            await do(bastion, clock, deed, number)
            bastion.settle()
            tally, standing = bastion.tally, len(bastion.sessions())
            assert standing == sum(len(bastion.sessions(state)) for state in State) <= bastion.capacity
            assert tally["granted"] == standing + tally["deleted"] + tally["abandoned"] + tally["cut"]
            assert tally["opened"] <= tally["granted"]

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(run())


async def do(bastion: Bastion, clock: WorldClock, deed: str, number: int) -> None:
    sessions = bastion.sessions()
    one = sessions[number % len(sessions)] if sessions else None
    with suppress(Refused):
        match deed:
            case "grant":
                for _ in range(number % 30):
                    bastion.grant("ada", "cluster")
            case "pass on" if one:
                bastion.grant("ada", "cluster", previous=one.auth_token, node=one.node)
            case "open" if one:
                bastion.open(one.websocket_token, one.node)
            case "over" if one:
                bastion.over(one)
            case "delete" if one:
                bastion.delete(one.auth_token, one.node)
            case "wait" | "wait long":
                await clock.sleep(number * (100 if deed == "wait long" else 1))
            case "restart":
                bastion.restart()


async def test_a_websocket_token_lives_by_the_callers_clock() -> None:
    clock = WorldClock(60.0)
    bastion = Bastion(BODY, clock, BastionTimings())
    session = bastion.grant("ada", "cluster")
    await asyncio.sleep(59)
    bastion.settle()
    assert bastion.open(session.websocket_token, session.node) is session


async def test_a_host_whose_resource_is_gone_is_gone_with_its_sessions() -> None:
    world = load_world()
    bastion = world.bastions.named("hub-bastion")
    session, ends = bastion.grant("ada", "cluster"), []
    bastion.open(session.websocket_token, session.node).hang_up = ends.append
    world.networks._store.remove(bastion.id)
    world.settle()
    assert world.bastions.by_host(bastion.host) is None
    assert len(ends) == 1


async def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="rg-hub/hub-bastion"):
        load_world().bastions.named("hub-bastian")


HOST = "networks: {v: {subnets: {AzureBastionSubnet: {}}}, w: {subnets: {nodes: {}}}}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bastions: {b: {network: w}}", "must have a subnet `AzureBastionSubnet`"),
        ("bastions: {b: {network: v, sku: standart}}", "Standard"),
        ("bastions: {b: {network: v, scale_units: 1}}", "2 to 50"),
        ("bastions: {b: {network: v, scale_units: 2.5}}", "2 to 50"),
        ("bastions: {b: {network: v, timings: {idel: 4}}}", "did you mean `idle`"),
        ("bastions: {b: {network: v}}\nclusters: {c: {bastion: x}}", "rg-demo/b"),
    ],
)
async def test_what_a_world_file_gets_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(WorldFileError, match=words):
        read_world(HOST + text)
