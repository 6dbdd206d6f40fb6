"""Commands of a whole simulated Azure on virtual time, in pods that the test holds: where they stand, how they end."""

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import yaml

from aksess_sim.host import SimulatedAzure
from aksess_sim.pods import Ended, Work
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.loader import load_world, read_world
from sim.simulated_shell import Answer, Person, shell

ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


class Scripted:
    """Pods that do what the test says."""

    def __init__(self, script: Callable[[Work], Awaitable[Ended]]) -> None:
        self.script = script
        self.seen: list[Work] = []

    async def run(self, work: Work) -> Ended:
        self.seen.append(work)
        return await self.script(work)


class Inside:
    """A program in a pod: it knows what the pod was given, and nothing else."""

    def __init__(self, work: Work) -> None:
        config = yaml.safe_load(work.kubeconfig)
        [cluster], [user] = config["clusters"], config["users"]
        self.server = str(cluster["cluster"]["server"])
        self._trust = base64.b64decode(cluster["cluster"]["certificate-authority-data"]).decode()
        self._token = user["user"]["token"]
        self._proxy = work.proxy

    async def ask(self, method: str, path: str, url: str = "", **more: Any) -> tuple[int, Any]:
        authority = ssl.create_default_context(cadata=self._trust)
        headers = {"Authorization": f"Bearer {self._token}"} | more.pop("headers", {})
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http,
            http.request(
                method, (url or self.server) + path, proxy=self._proxy, ssl=authority, headers=headers, **more
            ) as response,
        ):
            return response.status, await response.json(content_type=None) if not url else await response.text()


async def invoke(person: Person, cluster: Cluster, **body: Any) -> Answer:
    """Run a command and follow it to its end."""
    sent = await person.arm("POST", f"{cluster.id}/runCommand", json={"command": "x", **body})
    assert sent.status == 202, sent.text
    return await result(person, cluster, sent.json["id"])


async def result(person: Person, cluster: Cluster, identity: str) -> Answer:
    while True:
        answer = await person.arm("GET", f"{cluster.id}/commandResults/{identity}")
        if answer.status != 202:
            return answer
        await asyncio.sleep(5)


async def asks_for_namespaces(work: Work) -> Ended:
    status, body = await Inside(work).ask("GET", "/api/v1/namespaces")
    return Ended(0, f"{status} {len(body['items'])}".encode())


@pytest.mark.parametrize("name", ["vault", "web", "sealed", "open", "nat", "inner"])
async def test_a_pod_reaches_its_own_api_server_wherever_the_shell_stands(name: str) -> None:
    async with SimulatedAzure(load_world(), Scripted(asks_for_namespaces)) as azure, shell(azure) as ada:
        properties = (await invoke(ada, azure.world.cluster_named(name))).json["properties"]
        assert (properties["provisioningState"], properties["exitCode"]) == ("Succeeded", 0)
        assert properties["logs"] == "200 5"


@pytest.mark.parametrize(
    ("person", "statuses"), [("ada", "200 201"), ("cat", "200 403"), ("eve", "401 401"), (None, "401 401")]
)
async def test_on_an_entra_cluster_the_api_server_judges_the_token(person: str | None, statuses: str) -> None:
    """Whoever may run commands may run them with anybody's token; a forged one is found out by the API server."""
    people = "{ada: {roles: [Owner]}, cat: {roles: [Reader]}, eve: {}}"

    async def reads_and_writes(work: Work) -> Ended:
        inside = Inside(work)
        read, _ = await inside.ask("GET", CONFIG_MAPS)
        written, _ = await inside.ask("POST", CONFIG_MAPS, json={"metadata": {"name": "made-here"}})
        return Ended(1, f"{read} {written}".encode())

    world = read_world(f"people: {people}\nclusters: {{entra: {{entra: true, local_accounts: false}}}}")
    async with SimulatedAzure(world, Scripted(reads_and_writes)) as azure, shell(azure) as ada:
        token = world.tokens.mint(world.person(person), ENTRA_SERVER) if person else "forged"
        told = await invoke(ada, world.cluster_named("entra"), clusterToken=token)
        assert told.json["properties"]["logs"] == statuses


async def test_a_pod_stands_in_its_cluster_and_nowhere_else() -> None:
    reached: dict[str, Any] = {}

    async def looks_round(work: Work) -> Ended:
        inside = Inside(work)
        web = azure.world.cluster_named("web").hosts[0]
        with pytest.raises(aiohttp.ClientHttpProxyError, match="504"):
            await inside.ask("GET", "/version", f"https://{web}")
        tokens = await inside.ask(
            "POST", "/oauth2/token", "http://localhost:50342", data={"resource": "x"}, headers={"Metadata": "true"}
        )
        reached["tokens"] = tokens
        return Ended(0, b"")

    async with SimulatedAzure(load_world(), Scripted(looks_round)) as azure, shell(azure) as ada:
        await invoke(ada, azure.world.cluster_named("vault"))
        assert reached["tokens"] == (502, "a pod has no way out but HTTPS\n")


async def test_when_the_command_has_ended_its_way_out_has_too() -> None:
    async def nothing(_work: Work) -> Ended:
        return Ended(0, b"")

    pods = Scripted(nothing)
    async with SimulatedAzure(load_world(), pods) as azure, shell(azure) as ada:
        await invoke(ada, azure.world.cluster_named("vault"))
        assert [session.caller.person for session in azure.sessions()] == ["ada"]
        with pytest.raises(aiohttp.ClientHttpProxyError, match="407"):
            await Inside(pods.seen[0]).ask("GET", "/version")


async def test_a_command_that_takes_too_long_is_ended() -> None:
    ended = asyncio.Event()

    async def goes_on(_work: Work) -> Ended:
        try:
            await asyncio.sleep(100_000)
        finally:
            ended.set()
        return Ended(0, b"")

    async with SimulatedAzure(load_world(speed=10), Scripted(goes_on)) as azure, shell(azure) as ada:
        began = azure.world.clock.elapsed()
        properties = (await invoke(ada, azure.world.cluster_named("vault"))).json["properties"]
        assert (properties["provisioningState"], properties["reason"]) == ("Failed", "DeadlineExceeded")
        assert azure.world.clock.elapsed() - began == pytest.approx(3605, abs=60)
        assert ended.is_set()


async def test_a_pod_that_cannot_begin_has_failed_and_the_next_one_runs() -> None:
    async def no_room(_work: Work) -> Ended:
        raise OSError("no space left on device")

    pods = Scripted(no_room)
    async with SimulatedAzure(load_world(), pods) as azure, shell(azure) as ada:
        vault = azure.world.cluster_named("vault")
        properties = (await invoke(ada, vault)).json["properties"]
        assert (properties["provisioningState"], "no space left" in properties["reason"]) == ("Failed", True)
        pods.script = asks_for_namespaces
        assert (await invoke(ada, vault)).json["properties"]["exitCode"] == 0


@pytest.mark.parametrize("how", ["end", "reset"])
async def test_commands_end_with_their_world(how: str) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def goes_on(_work: Work) -> Ended:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return Ended(0, b"")

    async with SimulatedAzure(load_world(), Scripted(goes_on)) as azure, shell(azure) as ada:
        vault = azure.world.cluster_named("vault")
        sent = await ada.arm("POST", f"{vault.id}/runCommand", json={"command": "x"})
        await began.wait()
        if how == "reset":
            await azure.reset(load_world())
            assert ended.is_set()
            gone = await ada.arm("GET", f"{vault.id}/commandResults/{sent.json['id']}")
            assert gone.status == 404
    assert ended.is_set()


async def test_many_commands_run_beside_each_other() -> None:
    together = asyncio.Barrier(8)

    async def waits_for_the_others(_work: Work) -> Ended:
        await together.wait()
        return Ended(0, b"")

    async with (
        SimulatedAzure(load_world(), Scripted(waits_for_the_others)) as azure,
        shell(azure) as ada,
        asyncio.TaskGroup() as tasks,
    ):
        vault = azure.world.cluster_named("vault")
        runs = [tasks.create_task(invoke(ada, vault)) for _ in range(8)]
    assert [run.result().json["properties"]["exitCode"] for run in runs] == [0] * 8
