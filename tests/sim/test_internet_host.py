"""The whole simulated Azure from inside its shells: what they see, and what opening a range changes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from ipaddress import IPv4Address

import aiohttp
import pytest

from aksess_sim.host import SimulatedAzure
from aksess_sim.world.loader import load_world
from sim.simulated_shell import ARM, Person, shell


@pytest.fixture
async def azure() -> AsyncIterator[SimulatedAzure]:
    async with SimulatedAzure(load_world()) as running:
        yield running


@pytest.fixture
async def ada(azure: SimulatedAzure) -> AsyncIterator[Person]:
    async with shell(azure) as person:
        yield person


async def test_each_shell_has_its_own_address_and_person(azure: SimulatedAzure, ada: Person) -> None:
    async with shell(azure, "cat", address="51.9.9.9") as cat:
        seen = [(await person.ask("GET", "https://api.ipify.org/")).text for person in (ada, cat)]
        assert seen == [str(ada.session.caller.address), "51.9.9.9"]
        assert (await cat.arm("PUT", azure.world.cluster_named("web").id, json={})).status == 403


async def test_an_address_is_in_nobodys_ranges(azure: SimulatedAzure) -> None:
    sessions = [azure.open_session() for _ in range(30)]
    assert len({session.caller.address for session in sessions}) == 30
    web = azure.world.cluster_named("web")
    assert not any(web.admits(session.caller.address) for session in sessions)


async def test_a_shell_in_a_subnet_leaves_through_its_nat_gateway(azure: SimulatedAzure) -> None:
    session = azure.open_session(network="vnet-vault/shell")
    assert session.caller.address == IPv4Address("20.71.33.15")


@pytest.mark.parametrize("wish", [{"person": "eve"}, {"network": "vnet-x/y"}])
async def test_who_or_what_is_not_there_is_named(azure: SimulatedAzure, wish: dict[str, str]) -> None:
    with pytest.raises(KeyError, match=next(iter(wish.values()))):
        azure.open_session(**wish)


async def test_a_range_admits_when_it_is_in_force_and_arm_shows_it_before(ada: Person) -> None:
    web = ada.azure.world.cluster_named("web")
    clock = ada.azure.world.clock
    with pytest.raises(aiohttp.ClientHttpProxyError, match="504"):
        await ada.knock(web)
    assert clock.elapsed() == pytest.approx(20)
    put = await ada.put_ranges(web, *web.ranges, f"{ada.session.caller.address}/32")
    assert (put.status, put.json["properties"]["provisioningState"]) == (200, "Updating")
    with pytest.raises(aiohttp.ClientHttpProxyError, match="504"):
        await ada.knock(web)
    await clock.sleep(web.timings.effective_after)
    assert (await ada.knock(web)).json["gitVersion"] == f"v{web.version}"
    assert (await ada.arm("GET", web.id)).json["properties"]["provisioningState"] == "Updating"


async def test_a_connect_that_waits_is_admitted_when_the_range_comes_into_force(ada: Person) -> None:
    web = ada.azure.world.cluster_named("web")
    await ada.put_ranges(web, *web.ranges, f"{ada.session.caller.address}/32")
    await ada.azure.world.clock.sleep(web.timings.effective_after - 2)
    assert (await ada.knock(web)).status == 200


async def test_a_private_cluster_answers_inside_its_network_only(azure: SimulatedAzure, ada: Person) -> None:
    vault = azure.world.cluster_named("vault")
    private_name = vault.hosts[-1]
    with pytest.raises(aiohttp.ClientHttpProxyError, match="502"):
        await ada.ask("GET", f"https://{private_name}/version", trust=vault.ca_pem)
    async with shell(azure, network="vnet-hub/shell") as inside:
        answer = await inside.ask("GET", f"https://{private_name}/version", trust=vault.ca_pem)
    assert answer.status == 200


async def test_an_api_server_is_vouched_for_by_its_own_authority(azure: SimulatedAzure, ada: Person) -> None:
    cluster = azure.world.cluster_named("open")
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await ada.ask("GET", f"https://{cluster.hosts[0]}/version")


async def test_local_accounts_and_entra_users_are_told_apart(azure: SimulatedAzure, ada: Person) -> None:
    entra, server = azure.world.cluster_named("entra"), "6dae42f8-4368-4678-94ff-3960e28e3630"
    entra.enforced = ()
    bearers = {
        "ada": await ada.token(server),
        "for ARM": await ada.token(),
        "local": entra.token_secret,
        "nonsense": "x.y.z",
    }
    pods = "/api/v1/namespaces/default/pods"
    answers = {
        name: (await ada.knock(entra, pods, headers={"Authorization": f"Bearer {token}"})).status
        for name, token in bearers.items()
    }
    assert answers == {"ada": 200, "for ARM": 401, "local": 200, "nonsense": 401}
    async with shell(azure, "ben") as ben:
        stranger = {"Authorization": f"Bearer {await ben.token(server)}"}
        assert (await ben.knock(entra, pods, headers=stranger)).status == 401


async def test_reset_keeps_shells_and_forgets_the_rest(azure: SimulatedAzure, ada: Person) -> None:
    web = azure.world.cluster_named("web")
    await ada.put_ranges(web, "51.1.1.1/32")
    await azure.reset(load_world())
    assert len(azure.journal) == 0
    answer = await ada.arm("GET", web.id)
    assert "51.1.1.1/32" not in answer.json["properties"]["apiServerAccessProfile"]["authorizedIPRanges"]


async def test_nothing_of_a_token_or_a_signature_is_in_the_journal(azure: SimulatedAzure, ada: Person) -> None:
    web = azure.world.cluster_named("web")
    put = await ada.put_ranges(web, "51.1.1.1/32")
    operation = put.headers["Azure-AsyncOperation"].removeprefix(ARM)
    path, _, query = operation.partition("?")
    signature = dict(pair.split("=", 1) for pair in query.split("&"))
    headers = {"Authorization": f"Bearer {await ada.token()}"}
    assert (await ada.ask("GET", f"{ARM}{operation}", headers=headers)).status == 200
    [entry] = azure.journal.find(path=path)
    assert f"api-version={signature.pop('api-version')}" in entry.path
    assert not any(value in entry.path for value in signature.values())


async def test_a_stop_does_not_wait_for_those_who_hang() -> None:
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as outside, asyncio.TaskGroup() as group:
        async with SimulatedAzure(load_world()) as azure:
            ada = await outside.enter_async_context(shell(azure))
            knocking = group.create_task(_until_cut(ada.knock(azure.world.cluster_named("web"))))
            watching = group.create_task(_until_cut(_watch(ada)))
            await asyncio.sleep(1)
            assert not knocking.done()
            assert not watching.done()
            began = loop.time()
        assert loop.time() - began < 2


async def _until_cut(request: Awaitable[object]) -> None:
    with pytest.raises(aiohttp.ClientError):
        await request


async def _watch(ada: Person) -> None:
    cluster = ada.azure.world.cluster_named("open")
    headers = {"Authorization": f"Bearer {cluster.token_secret}"}
    await ada.knock(cluster, "/api/v1/pods?watch=1", headers=headers)
