"""Registration of resource providers: states, rights, time, and what comes into the tenant with it."""

import pytest

from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.network_bodies import DNS_ZONE
from aksess_sim.world.providers import CONTAINER_INSTANCE_SERVICE
from aksess_sim.world.refusals import Refused
from aksess_sim.world.sections import WorldFileError
from aksess_sim.world.state import World
from sim.arm_client import Arm, arm

PEOPLE = "people: {ada: {roles: [Owner]}, ben: {roles: [{role: Contributor, at: web}]}, cat: {roles: [Reader]}}\n"
NEW = f"{PEOPLE}clusters: {{web: {{}}}}\nunregistered: [microsoft.containerinstance, Microsoft.Relay]"


def of(client: Arm, namespace: str = "Microsoft.Relay", verb: str = "") -> str:
    return f"{client.subscription}/providers/{namespace}{verb}"


def first(world: World) -> str:
    return next(iter(world.subscriptions))


async def test_the_default_world_has_no_cloud_shell_network_yet() -> None:
    async with arm(load_world()) as client:
        listed = (await client("GET", f"{client.subscription}/providers")).body["value"]
        states = {body["namespace"]: body["registrationState"] for body in listed}
        assert [name for name, state in states.items() if state != "Registered"] == [
            "Microsoft.CloudShell",
            "Microsoft.Relay",
        ]
        assert (await client("GET", of(client, "microsoft.RELAY"))).body in listed


async def test_a_registration_takes_its_time() -> None:
    async with arm(load_world()) as client:
        asked = await client("POST", of(client, verb="/register"))
        assert (asked.status, asked.body["registrationState"]) == (200, "Registering")
        await client.world.clock.sleep(client.world.timings.registration - 1)
        assert (await client("POST", of(client, verb="/register"))).body["registrationState"] == "Registering"
        await client.world.clock.sleep(1)
        assert (await client("GET", of(client))).body["registrationState"] == "Registered"
        assert (await client("POST", of(client, verb="/register"))).body["registrationState"] == "Registered"


async def test_only_who_may_registers_and_whoever_is_there_reads() -> None:
    async with arm(read_world(NEW)) as client:
        for person in ("ben", "cat"):
            reply = await client("POST", of(client, verb="/register"), person)
            assert (reply.status, reply.code) == (403, "AuthorizationFailed")
            assert "'Microsoft.Relay/register/action'" in reply.body["error"]["message"]
            assert (await client("GET", of(client), person)).body["registrationState"] == "NotRegistered"


@pytest.mark.parametrize(("method", "verb"), [("GET", ""), ("POST", "/register"), ("POST", "/unregister")])
async def test_a_namespace_nobody_knows(method: str, verb: str) -> None:
    async with arm(load_world()) as client:
        reply = await client(method, of(client, "Microsoft.Nothing", verb))
        assert (reply.status, reply.code) == (404, "InvalidResourceNamespace")


async def test_microsofts_own_principal_comes_with_its_provider_and_stays() -> None:
    async with arm(read_world(NEW)) as client:
        people = client.world.people
        namespace = CONTAINER_INSTANCE_SERVICE.provider
        assert people.by_client_id(CONTAINER_INSTANCE_SERVICE.client_id) is None
        await client("POST", of(client, namespace, "/register"))
        await client.world.clock.sleep(30)
        await client("GET", "/subscriptions")
        principal = people.by_client_id(CONTAINER_INSTANCE_SERVICE.client_id)
        assert principal is not None
        assert principal.object_id != CONTAINER_INSTANCE_SERVICE.client_id
        assert people.by_object_id(principal.object_id) == principal
        with pytest.raises(KeyError):
            client.world.person(principal.name)
        await client("POST", of(client, namespace, "/unregister"))
        await client.world.clock.sleep(30)
        assert (await client("GET", of(client, namespace))).body["registrationState"] == "Unregistered"
        assert people.by_client_id(CONTAINER_INSTANCE_SERVICE.client_id) == principal


async def test_its_object_id_is_another_one_in_another_tenant() -> None:
    worlds = [read_world(f"domain: {name}.example") for name in ("one", "two")]
    found = [world.people.by_client_id(CONTAINER_INSTANCE_SERVICE.client_id) for world in worlds]
    assert len({person.object_id for person in found if person}) == 2


async def test_what_is_in_use_stays_registered() -> None:
    async with arm(load_world()) as client:
        assert any(client.world.store.of_kind(DNS_ZONE))
        for namespace in ("Microsoft.Network", "Microsoft.Resources"):
            reply = await client("POST", of(client, namespace, "/unregister"))
            assert (reply.status, reply.code) == (409, "CannotUnregisterProvider")


async def test_the_last_wish_wins() -> None:
    async with arm(load_world()) as client:
        await client("POST", of(client, verb="/register"))
        await client.world.clock.sleep(10)
        assert (await client("POST", of(client, verb="/unregister"))).body["registrationState"] == "Unregistering"
        await client.world.clock.sleep(30)
        assert (await client("GET", of(client))).body["registrationState"] == "Unregistered"


async def test_what_is_not_registered_may_not_be_written() -> None:
    world = read_world(NEW)
    with pytest.raises(Refused, match="MissingSubscriptionRegistration"):
        world.providers.require(first(world), "Microsoft.Relay")
    world.providers.require(first(world), "microsoft.network")


@pytest.mark.parametrize("name", ["Microsoft.Relays", "Microsoft.Resources"])
async def test_a_world_file_names_what_can_be_unregistered(name: str) -> None:
    with pytest.raises(WorldFileError, match=rf"unregistered: .*{name}"):
        read_world(f"unregistered: [{name}]")
