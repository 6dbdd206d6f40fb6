"""Deployment records: one run at a time, history trimmed, parameters held to their template."""

import copy
from typing import Any

import pytest

from aksess_sim.world.deployments import TRIM_ABOVE, TRIM_TO
from aksess_sim.world.loader import load_world
from aksess_sim.world.operations import OperationError
from aksess_sim.world.refusals import Refused
from aksess_sim.world.state import World

TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {
        "note": {"type": "string"},
        "size": {"type": "int", "defaultValue": 3},
        "key": {"type": "secureString", "defaultValue": "hidden"},
    },
    "resources": [],
}
SENT: dict[str, Any] = {
    "properties": {"mode": "Incremental", "template": TEMPLATE, "parameters": {"note": {"value": "hello"}}},
    "tags": {"kept": "yes"},
}


def group(world: World) -> str:
    return next(group.id for group in world.groups.values() if group.name == "rg-demo")


async def after(world: World, seconds: float) -> None:
    await world.clock.sleep(seconds)
    world.settle()


async def test_a_record_keeps_tags_and_parameters_but_no_secret() -> None:
    world = load_world()
    record, new = world.deployments.put(group(world), "one", SENT)
    assert new
    assert record.body()["properties"]["provisioningState"] == "Running"
    await after(world, 2)
    body = record.body()
    assert body["tags"] == {"kept": "yes"}
    assert body["properties"]["provisioningState"] == "Succeeded"
    assert body["properties"]["parameters"] == {
        "note": {"type": "String", "value": "hello"},
        "size": {"type": "Int", "value": 3},
        "key": {"type": "SecureString"},
    }


async def test_a_running_record_can_be_neither_replaced_nor_deleted() -> None:
    world = load_world()
    world.deployments.put(group(world), "one", SENT)
    with pytest.raises(Refused, match="DeploymentActive"):
        world.deployments.put(group(world), "ONE", SENT)
    with pytest.raises(Refused, match="DeploymentActive"):
        world.deployments.delete(group(world), "one")
    await after(world, 2)
    _, new = world.deployments.put(group(world).upper(), "ONE", SENT)
    assert not new
    assert len(world.deployments.in_group(group(world))) == 1


async def test_a_deleted_record_is_gone_when_the_deletion_ends() -> None:
    world = load_world()
    world.deployments.put(group(world), "one", SENT)
    await after(world, 2)
    world.deployments.delete(group(world), "one")
    assert world.deployments.find(group(world), "one")
    await after(world, 2)
    assert world.deployments.find(group(world), "one") is None
    assert world.deployments.delete(group(world), "one") is None


async def test_a_deployment_can_fail() -> None:
    world = load_world()
    world.operations.fail_next(
        f"{group(world)}/providers/Microsoft.Resources/deployments/one", OperationError("C", "m")
    )
    record, _ = world.deployments.put(group(world), "one", SENT)
    await after(world, 2)
    properties = record.body()["properties"]
    assert properties["provisioningState"] == "Failed"
    assert properties["error"]["details"] == [{"code": "C", "message": "m"}]


async def test_the_oldest_records_are_trimmed_and_the_newest_listed_first() -> None:
    world = load_world()
    for number in range(TRIM_ABOVE):
        world.deployments.put(group(world), f"d{number}", SENT)
    await after(world, 2)
    assert len(world.deployments.in_group(group(world))) == TRIM_ABOVE
    world.deployments.put(group(world), "last", SENT)
    await after(world, 2)
    records = world.deployments.in_group(group(world))
    assert len(records) == TRIM_TO
    assert records[0].name == "last"
    assert world.deployments.find(group(world), "d0") is None
    assert world.deployments.find(group(world), f"d{TRIM_ABOVE - 1}")


def changed(**properties: Any) -> dict[str, Any]:
    sent = copy.deepcopy(SENT)
    sent["properties"].update(properties)
    return sent


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "`properties` is missing"),
        (changed(mode="Sometimes"), "mode `Sometimes`"),
        (changed(template=None), "no `template`"),
        (changed(template={"resources": []}), r"must have `\$schema`"),
        (changed(template=TEMPLATE | {"resources": [{"type": "x"}]}), "must have `name`"),
        (changed(parameters={"note": {"value": "a"}, "more": {"value": 1}}), "'more'.*not valid"),
        (changed(parameters={}), "'note' is not provided"),
        (changed(parameters={"note": {"value": 7}}), "not of type string"),
        (changed(parameters={"note": {"value": "a"}, "size": {"value": True}}), "not of type int"),
        (SENT | {"tags": {"a": "x" * 257}}, "257 characters"),
        (SENT | {"tags": {"a" * 513: ""}}, "too long"),
        (SENT | {"tags": {f"t{n}": "" for n in range(51)}}, "51 tags"),
        (SENT | {"tags": {"Aa": "", "aA": ""}}, "differ in case"),
        (SENT | {"tags": {"a": 1}}, "object of strings"),
    ],
)
async def test_a_request_that_azure_would_refuse_is_refused(sent: dict[str, Any], message: str) -> None:
    world = load_world()
    with pytest.raises(Refused, match=message):
        world.deployments.put(group(world), "one", sent)
    assert world.deployments.in_group(group(world)) == []
