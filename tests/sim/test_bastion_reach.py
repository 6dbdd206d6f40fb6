"""What a Bastion host lets whom reach: rights, SKU, form, and the networks its machines stand in."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from aksess_sim.host import SimulatedAzure
from aksess_sim.world.loader import load_world
from aksess_sim.world.roles import BUILT_IN
from sim.arm_client import arm
from sim.bastion_client import Client, at
from sim.simulated_shell import shell

WORLD = Path(__file__).parents[1] / "worlds" / "bastions.yaml"


@pytest.fixture
async def azure() -> AsyncIterator[SimulatedAzure]:
    async with SimulatedAzure(load_world(WORLD)) as running:
        yield running


async def outcome(client: Client) -> int | str:
    """The status of a refused exchange, the code of a websocket that closes, or what the API server says it is."""
    answer = await client.exchange()
    if answer.status != 200:
        assert json.loads(answer.text)["message"]
        return answer.status
    websocket = await client.websocket(answer.json)
    try:
        inner = await client.through(websocket)
    except AssertionError as error:
        return int.from_bytes(error.args[0][1][:2], "big")
    return (await inner.get("/version", client.cluster.hosts[0])).split()[1].decode()


@pytest.mark.parametrize(
    ("bastion", "cluster", "expected"),
    [
        ("own", "own", "200"),
        ("hub", "far", "200"),
        ("hub", "linked", "200"),
        ("managed", "managed", "200"),
        ("hub", "unlinked", 1011),
        ("dns", "linked", 1011),
        ("half", "half", 1011),
        ("hub", "alone", 1011),
        ("own", "far", 1011),
        ("hub", "listed", "200"),
        ("own", "listed", 1011),
        ("hub", "unlisted", 1011),
        ("own", "public", "200"),
        ("own", "stopped", 1011),
        ("basic", "basic", 403),
        ("disabled", "disabled", 403),
        ("unsaid", "unsaid", 403),
        ("free", "free", 403),
        ("updating", "updating", 503),
    ],
)
async def test_the_way_is_judged_from_where_the_hosts_machines_stand(
    azure: SimulatedAzure, bastion: str, cluster: str, expected: int | str
) -> None:
    async with shell(azure) as person, at(person, bastion, cluster) as client:
        assert await outcome(client) == expected


async def test_the_api_server_sees_the_hosts_own_address(azure: SimulatedAzure) -> None:
    """The shell's address is not listed and needs not be; when the host's goes, so does the way."""
    listed = azure.world.cluster_named("listed")
    async with shell(azure) as person, at(person, "hub", "listed") as client:
        assert not listed.admits(person.session.caller.address)
        assert await outcome(client) == "200"
        listed.enforced = ("51.144.20.0/24",)
        assert await outcome(client) == 1011


async def test_a_cluster_that_is_deleted_meanwhile_cannot_be_reached(azure: SimulatedAzure) -> None:
    async with shell(azure) as person, at(person, "own", "own") as client:
        session = await client.session()
        del azure.world.clusters[client.cluster.id.lower()]
        assert await (await client.websocket(session)).closed() == 1011


@pytest.mark.parametrize(
    ("person", "bastion", "cluster", "missing"),
    [
        ("cat", "hub", "far", "Microsoft.Network/bastionHosts/read"),
        ("dan", "hub", "linked", "Microsoft.ContainerService/managedClusters/read"),
        ("dan", "hub", "far", "Microsoft.Network/virtualNetworks/read"),
        ("dan", "own", "own", "Microsoft.Network/bastionHosts/read"),
    ],
)
async def test_a_reader_of_all_but_one_is_refused(
    azure: SimulatedAzure, person: str, bastion: str, cluster: str, missing: str
) -> None:
    async with shell(azure, person) as caller, at(caller, bastion, cluster) as client:
        answer = await client.exchange()
        assert (answer.status, missing in answer.json["message"]) == (403, True)


async def test_the_network_need_not_be_readable_where_the_host_stands_in_it(azure: SimulatedAzure) -> None:
    async with shell(azure, "dan") as dan, at(dan, "own", "own") as client:
        azure.world.people.assign("dan", BUILT_IN["Reader"], client.bastion.id)
        assert await outcome(client) == "200"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"workloadHostPort": "22"}, 400),
        ({"workloadHostPort": ""}, 400),
        ({"protocol": "ssh"}, 400),
        ({"hostname": "10.4.1.4"}, 400),
        ({"resourceId": "/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/virtualMachines/z"}, 404),
        ({"token": "A" * 64}, 404),
        ({"aztoken": "nonsense"}, 401),
    ],
)
async def test_a_form_that_asks_for_something_else_is_refused(
    azure: SimulatedAzure, form: dict[str, str], status: int
) -> None:
    async with shell(azure) as person, at(person, "own", "own") as client:
        assert (await client.exchange(**form)).status == status
        assert client.bastion.sessions() == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 401),
        (b"{}", "application/json", 401),
        (b"aztoken=%FF&resourceId=x", "application/x-www-form-urlencoded; charset=nonsense", 400),
        (b"--x\r\n", "multipart/form-data", 400),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_a_body_that_is_no_form_is_refused(azure: SimulatedAzure, body: bytes, kind: str, status: int) -> None:
    async with shell(azure) as person, at(person, "own", "own") as client:
        url = f"https://{client.bastion.host}/api/tokens"
        answer = await person.ask("POST", url, data=body, headers={"Content-Type": kind})
        assert answer.status == status


async def test_an_arm_token_must_be_raw_of_the_right_audience_and_in_force(azure: SimulatedAzure) -> None:
    tokens, ada = azure.world.tokens, azure.world.person("ada")
    good = [tokens.mint(ada, f"https://management.{host}/") for host in ("azure.com", "core.windows.net")]
    bad = [
        f"Bearer {good[0]}",
        tokens.mint(ada, "https://graph.microsoft.com/"),
        tokens.mint(ada, "https://management.azure.com/", lifetime=timedelta(seconds=-1)),
        tokens.mint_federated("somebody"),
    ]
    async with shell(azure) as person, at(person, "own", "own") as client:
        assert [(await client.exchange(aztoken=token)).status for token in good] == [200, 200]
        answers = [await client.exchange(aztoken=token) for token in bad]
    assert [answer.status for answer in answers] == [401] * 4
    assert not any(token in answer.text for token, answer in zip(bad, answers, strict=True))


async def test_a_session_outlives_the_arm_token_it_was_granted_for(azure: SimulatedAzure) -> None:
    short = azure.world.tokens.mint(
        azure.world.person("ada"), "https://management.azure.com/", lifetime=timedelta(seconds=30)
    )
    async with shell(azure) as person, at(person, "own", "own") as client:
        _, websocket = await client.open(aztoken=short)
        inner = await client.through(websocket)
        await asyncio.sleep(40)
        assert (await client.exchange(aztoken=short)).status == 401
        assert b" 200 " in await inner.get("/version", client.cluster.hosts[0])


async def test_a_developer_host_names_its_data_pod_and_nobody_else_has_one(azure: SimulatedAzure) -> None:
    async with shell(azure) as person, at(person, "free", "free") as free, at(person, "own", "own") as own:
        body = {
            "resourceId": free.cluster.id,
            "bastionResourceId": free.bastion.id,
            "vmPort": 443,
            "azToken": await person.token(),
            "connectionType": "nativeclient",
        }
        told = await person.ask("POST", f"https://{free.bastion.host}/api/connection", json=body)
        assert (told.status, told.text) == (200, free.bastion.pod)
        form = {"resourceId": free.cluster.id, "protocol": "tcptunnel", "workloadHostPort": "443"}
        data = {**form, "aztoken": body["azToken"]}
        assert (await person.ask("POST", f"https://{told.text}/api/tokens", data=data)).status == 403
        assert (await person.ask("POST", f"https://{own.bastion.host}/api/connection", json=body)).status == 404
        for wrong in ({**body, "azToken": "x"}, {"azToken": "x"}, []):
            status = (await person.ask("POST", f"https://{free.bastion.host}/api/connection", json=wrong)).status
            assert status in (400, 401)


async def test_a_host_is_shown_as_it_is_in_each_subscription() -> None:
    world = load_world(WORLD)
    async with arm(world) as client:
        demo, hub = (f"/subscriptions/{id_}/providers/Microsoft.Network/bastionHosts" for id_ in world.subscriptions)
        here = {body["name"]: body for body in (await client("GET", demo)).body["value"]}
        [there] = (await client("GET", hub)).body["value"]
        assert "hub" not in here
        assert (there["name"], there["sku"]) == ("hub", {"name": "Premium"})
        assert (await client("GET", hub, "dan")).body["value"] == [there]
        assert (await client("GET", hub, "cat")).code == "AuthorizationFailed"
        assert (await client("GET", there["id"], "cat")).code == "AuthorizationFailed"
        assert "enableTunneling" not in here["unsaid"]["properties"]
        assert here["own"]["properties"]["scaleUnits"] == 3
        assert here["updating"]["properties"]["provisioningState"] == "Updating"
        assert "ipConfigurations" not in here["free"]["properties"]
        assert here["free"]["properties"]["virtualNetwork"]["id"].endswith("/vnet-free")
        profile = world.cluster_named("managed").body["properties"]["networkProfile"]["bastionProfile"]
        assert profile["bastionId"] == here["managed"]["id"]
        network = await client("GET", world.bastions.named("dns").network)
        assert network.body["properties"]["dhcpOptions"] == {"dnsServers": ["10.13.9.4"]}
