"""Faults that strike what a deployment makes: its PUTs never come by the proxy, and are struck all the same."""

import json
from typing import Any

import pytest

from aksess_sim.faults import Fault, Faults, Kind
from aksess_sim.host import SimulatedAzure
from aksess_sim.world.loader import read_world
from sim.arm_client import arm
from sim.network_steps import SMALL, Steps
from sim.shell_templates import network, template

OF = template(network("v", "10.9.0.0/16"), network("w", "10.8.0.0/16"))


async def deploy(azure: SimulatedAzure) -> dict[str, Any]:
    """The record's properties at its end."""
    async with arm(azure.world) as client:
        body = {"properties": {"mode": "Incremental", "template": OF}}
        path = f"{client.group}/providers/Microsoft.Resources/deployments/d"
        assert (await client("PUT", path, body=body)).status in (200, 201)
        await azure.world.clock.sleep(60)
        properties: dict[str, Any] = (await client("GET", path)).body["properties"]
        return properties


@pytest.mark.parametrize(
    ("kind", "word"), [(Kind.STATUS, "BadRequest"), (Kind.OPERATION_FAILS, "Conflict")], ids=["at once", "at its end"]
)
async def test_a_resource_is_struck_once_and_the_rest_is_made(kind: Kind, word: str) -> None:
    async with SimulatedAzure(read_world(SMALL)) as azure:
        fault = azure.faults.arm(Fault(kind, method="PUT", path="*/virtualNetworks/v", code="InternalServerError"))
        record = await deploy(azure)
        assert (record["provisioningState"], fault.struck) == ("Failed", 1)
        [detail] = record["error"]["details"]
        assert detail["code"] == word
        assert json.loads(detail["message"])["error"]["code"] == "InternalServerError"
        assert [made["id"].rpartition("/")[2] for made in record["outputResources"]] == ["w"]
        assert (await deploy(azure))["provisioningState"] == "Succeeded"


async def test_only_answers_to_a_path_that_is_named_strike_inside() -> None:
    faults = Faults()
    for fault in (
        Fault(Kind.CUT, method="PUT", path="*/v"),
        Fault(Kind.STATUS, method="PUT"),
        Fault(Kind.STATUS, method="DELETE", path="*/v"),
        Fault(Kind.STATUS, method="PUT", path="*/v", session="cs-1"),
    ):
        faults.arm(fault)
    assert faults.take_inner("PUT", "management.azure.com", "/x/v") is None
    ours = faults.arm(Fault(Kind.STATUS, method="PUT", path="*/v"))
    assert faults.take_inner("PUT", "management.azure.com", "/x/v") is ours
    assert faults.take_inner("PUT", "management.azure.com", "/x/v") is None


async def test_a_limit_of_the_world_file_is_a_refusal_inside_too() -> None:
    async with SimulatedAzure(read_world(SMALL + "\nlimits: {virtualNetworks: 1}")) as azure:
        record = await deploy(azure)
        [detail] = record["error"]["details"]
        assert json.loads(detail["message"])["error"]["code"] == "VnetCountLimitReached"
        async with arm(azure.world) as client:
            space = {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}}
            assert (
                await Steps(client).put(Steps(client).id("virtualNetworks/x"), space)
            ).code == "VnetCountLimitReached"
