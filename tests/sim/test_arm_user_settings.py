"""A person's own Cloud Shell settings."""

from typing import Any

import pytest

from aksess_sim.world.loader import load_world
from sim.arm_client import arm

PATH = "/providers/Microsoft.Portal/userSettings/cloudconsole"
PROFILE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkProfiles/p"
RELAY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Relay/namespaces/r"


def settings(**network: Any) -> dict[str, Any]:
    isolated = {"networkProfileResourceId": PROFILE, "relayNamespaceResourceId": RELAY, "location": "westeurope"}
    return {"properties": {"preferredShellType": "bash", "networkType": "Isolated", "vnetSettings": isolated | network}}


async def test_settings_are_kept_whole_and_are_ones_own() -> None:
    async with arm(load_world()) as client:
        assert (await client("GET", PATH, "ben")).status == 404
        body = settings(extra=[1]) | {"ignored": True}
        put = await client("PUT", PATH, "ben", body=body)
        assert (put.status, put.body) == (200, {"properties": body["properties"]})
        assert (await client("GET", PATH.lower(), "ben")).body == put.body
        assert (await client("GET", PATH, "ada")).status == 404


async def test_a_put_replaces_everything() -> None:
    async with arm(load_world()) as client:
        await client("PUT", PATH, body=settings())
        await client("PUT", PATH, body={"properties": {"networkType": "Default"}})
        assert (await client("GET", PATH)).body == {"properties": {"networkType": "Default"}}
        assert client.world.user_settings.isolation(client.world.person("ada")) is None


async def test_the_network_of_the_next_shell() -> None:
    async with arm(load_world()) as client:
        ada = client.world.person("ada")
        assert client.world.user_settings.isolation(ada) is None
        await client("PUT", PATH, body=settings())
        wanted = client.world.user_settings.isolation(ada)
        assert wanted is not None
        assert (wanted.profile, wanted.relay, wanted.location) == (PROFILE, RELAY, "westeurope")


async def test_a_reset_forgets_them() -> None:
    async with arm(load_world()) as client:
        await client("PUT", PATH, body=settings())
        assert [(await client("DELETE", PATH)).status for _ in range(2)] == [200, 204]
        assert (await client("GET", PATH)).code == "NotFound"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (settings(location="centralus"), "InvalidLocation"),
        (settings(location="Germany West Central"), "InvalidLocation"),
        (settings(relayNamespaceResourceId=None), "BadRequest"),
        ({"properties": {"networkType": "Isolated"}}, "BadRequest"),
        ({"properties": {"networkType": "isolated"}}, "BadRequest"),
        ({"properties": {"sessionType": "Forever"}}, "BadRequest"),
        ({}, "InvalidRequestContent"),
    ],
)
async def test_what_is_refused_changes_nothing(body: dict[str, Any], code: str) -> None:
    async with arm(load_world()) as client:
        await client("PUT", PATH, body=settings())
        reply = await client("PUT", PATH, body=body)
        assert (reply.status, reply.code) == (400, code)
        assert (await client("GET", PATH)).body == settings()
