"""Whatever somebody sends, the answer is an answer: refused or taken, never a broken server, and never half of it."""

import asyncio
import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aksess_sim.world.loader import read_world
from aksess_sim.world.people import Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resources.catalogue import RULES
from aksess_sim.world.state import World
from sim.network_steps import SMALL
from sim.shell_templates import quickstart, quickstart_values, template
from sim.virtual_time import VirtualTimeLoop

SCALARS = (
    st.none() | st.booleans() | st.integers(-5, 5000) | st.sampled_from(["", "x", "10.9.0.0/24", "[[", "[x(", "/"])
)
WORDS = (
    "name id properties type sku location tags subnet subnets addressSpace addressPrefixes addressPrefix delegations "
    "serviceName natGateway remoteVirtualNetwork privateDnsZoneConfigs privateDnsZoneId virtualNetwork aRecords ttl "
    "ipv4Address securityRules priority direction access protocol publicIpAddresses networkAcls virtualNetworkRules "
    "privateLinkServiceConnections privateLinkServiceId groupIds containerNetworkInterfaceConfigurations "
    "ipConfigurations privateLinkServiceConnectionState status dependsOn apiVersion scope condition resources"
)
KEYS = st.sampled_from(WORDS.split())
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
FULL = """
people: {ada: {roles: [Owner]}}
nat_gateways: {out: {}}
networks:
  v: {space: 10.9.0.0/16, peers: [w], subnets: {nodes: {prefix: 10.9.9.0/24, nat: out}}}
  w: {space: 10.8.0.0/16}
"""
"""A world with a network for the quickstart."""
USUAL = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ada(world: World) -> Person:
    return world.person("ada")


def group(world: World) -> str:
    return next(iter(world.groups.values())).id


def settle(world: World, seconds: float = 500) -> None:
    """Let so many world seconds pass at once."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop._jumping.skipped += seconds
    world.settle()


def built() -> World:
    """A world in which there is something of every kind."""
    world = read_world(FULL)
    here = group(world)
    service = world.people.by_client_id("6bb8e274-af5d-4df2-98a3-4fd78b4cafd9")
    assert service is not None
    sent = {"properties": {"template": quickstart(), "parameters": quickstart_values("v", service.object_id)}}
    record, _ = world.deployments.put(here, "d", sent, ada(world))
    settle(world)
    assert record.state == "Succeeded", record.error
    rule = {"priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "*"}
    nsg = {"securityRules": [{"name": "r", "properties": rule}]}
    zone = f"{here}/providers/Microsoft.Network/privateDnsZones/privatelink.servicebus.windows.net"
    config = {"name": "relay", "properties": {"privateDnsZoneId": zone}}
    subnet = {"id": f"{here}/providers/Microsoft.Network/virtualNetworks/v/subnets/storage", "action": "Allow"}
    storage = f"{here}/providers/Microsoft.Storage/storageAccounts/strelay1"
    for id_, properties in (
        (f"{here}/providers/Microsoft.Network/networkSecurityGroups/n", nsg),
        (
            f"{here}/providers/Microsoft.Network/privateEndpoints/pe/privateDnsZoneGroups/g",
            {"privateDnsZoneConfigs": [config]},
        ),
        (storage, {"networkAcls": {"virtualNetworkRules": [subnet], "defaultAction": "Deny"}}),
        (f"{storage}/fileServices/default", {}),
        (f"{storage}/blobServices/default", {}),
        (f"{storage}/fileServices/default/shares/s", {"shareQuota": 6}),
    ):
        world.resources.put(id_, {"location": "westeurope", "properties": properties}, ada(world))
        settle(world)
    return world


def shown(world: World) -> list[dict[str, Any]]:
    """Every resource with everything in it."""
    return copy.deepcopy(world.store.below(group(world)))


@pytest.mark.parametrize("kind", [rules.kind for rules in RULES.values()])
async def test_what_was_read_is_taken_back_and_anything_else_is_taken_or_refused(kind: str) -> None:
    world = built()
    rounds = []
    for _ in range(2):
        good = copy.deepcopy(world.store.of_kind(kind)[0])
        world.resources.put(good["id"], good, ada(world))
        settle(world)
        rounds.append(_without_etags(world.store.of_kind(kind)[0]))
    assert rounds[0] == rounds[1]

    @USUAL
    @given(st.sampled_from(list(_paths({key: good[key] for key in good if key != "id"}))), ANY)
    def judge(path: tuple[Any, ...], new: Any) -> None:
        body, before = copy.deepcopy(good), shown(world)
        _replace(body, path, new)
        try:
            world.resources.put(good["id"], body, ada(world))
        except Refused:
            assert shown(world) == before
        settle(world)
        assert world.store.find(good["id"])
        world.networks.egress_address(f"{group(world)}/providers/Microsoft.Network/virtualNetworks/v/subnets/storage")

    judge()


@USUAL
@given(ANY, ANY)
async def test_a_template_of_anything_is_read_or_refused(resources: Any, parts: Any) -> None:
    world = read_world(SMALL)
    sent = {"properties": {"template": template(*([resources] if resources else []), variables=parts, outputs=parts)}}
    for shape in (sent, {"properties": {"template": resources, "parameters": parts}}, {"properties": parts}):
        try:
            world.deployments.check(group(world), shape, ada(world))
        except Refused:
            continue


@USUAL
@given(data=st.data())
@pytest.mark.parametrize("stands", [False, True])
async def test_a_good_template_with_something_else_in_it_never_breaks_the_server(
    data: st.DataObject, stands: bool
) -> None:
    """One value of the official set is replaced; the deployment is foreseen, runs to its end and says how it went."""
    world = built() if stands else read_world(FULL)
    service = world.people.by_client_id("6bb8e274-af5d-4df2-98a3-4fd78b4cafd9")
    assert service is not None
    of = quickstart()
    where = data.draw(st.sampled_from(list(_paths(of["resources"]))))
    _replace(of["resources"], where, data.draw(ANY))
    sent = {"properties": {"template": of, "parameters": quickstart_values("v", service.object_id)}}
    try:
        world.deployments.foresee(group(world), sent, ada(world))
        record, _ = world.deployments.put(group(world), "d", sent, ada(world))
    except Refused:
        return
    settle(world, 2000)
    assert record.body()["properties"]["provisioningState"] in ("Succeeded", "Failed")


def _without_etags(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_etags(inner) for key, inner in value.items() if key != "etag"}
    return [_without_etags(inner) for inner in value] if isinstance(value, list) else value


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(inner, (*path, key))


def _replace(value: Any, path: tuple[Any, ...], new: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new
