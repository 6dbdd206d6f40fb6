"""Command Invoke on the wire: submitted, followed, refused. What runs pods is the test itself."""

import base64
import io
import re
import zipfile
from typing import Any

import pytest

from aksess_sim.services.arm.commands import LARGEST_REQUEST
from aksess_sim.world.commands import Command
from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.state import World
from sim.arm_client import Arm, Reply, arm

ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
PODS = "people: {ada: {roles: [Owner]}}\nclusters: {web: {run_command_pod: {%s}}}"


async def submit(client: Arm, cluster: str = "vault", person: str = "ada", **body: Any) -> Reply:
    sent = {"command": "kubectl get pods", "context": ""} | body
    return await client("POST", f"{client.cluster(cluster)}/runCommand", person, body=sent)


async def submitted(client: Arm, cluster: str = "vault", **body: Any) -> tuple[Reply, Command]:
    reply = await submit(client, cluster, **body)
    assert reply.status == 202, reply.body
    return reply, await client.world.commands.next()


def zipped(**files: bytes) -> str:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return base64.encodebytes(buffer.getvalue()).decode()


async def test_a_command_is_followed_to_its_end() -> None:
    async with arm(load_world()) as client:
        reply, command = await submitted(client)
        identity = reply.body["id"]
        assert re.fullmatch(r"[0-9a-f]{32}", identity)
        assert reply.body["properties"]["provisioningState"] == "Running"
        address = reply.headers["Location"]
        assert f"/commandResults/{identity}?api-version=" in address
        running = await client.follow(address)
        assert (running.status, running.body) == (202, reply.body)
        client.world.commands.finish(command, 0, b"pods\n")
        ended = await client.follow(address)
        assert ended.status == 200
        properties = ended.body["properties"]
        assert (properties["provisioningState"], properties["exitCode"], properties["logs"]) == (
            "Succeeded",
            0,
            "pods\n",
        )
        assert properties["startedAt"] == reply.body["properties"]["startedAt"] <= properties["finishedAt"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", properties["finishedAt"])


async def test_the_answer_comes_when_the_pod_has_started() -> None:
    async with arm(read_world(PODS % "schedule: 20, start: 7", speed=10)) as client:
        await submitted(client, "web")
        assert client.world.clock.elapsed() == pytest.approx(27)


async def test_a_command_that_fails_has_succeeded_with_its_exit_code() -> None:
    async with arm(load_world()) as client:
        reply, command = await submitted(client)
        client.world.commands.finish(command, 7, b"no\n")
        properties = (await client.follow(reply.headers["Location"])).body["properties"]
        assert (properties["provisioningState"], properties["exitCode"]) == ("Succeeded", 7)


@pytest.mark.parametrize(("size", "kept"), [(512 * 1024, 512 * 1024), (512 * 1024 + 1, 512 * 1024)])
async def test_output_over_the_limit_is_cut_and_nobody_says_so(size: int, kept: int) -> None:
    async with arm(load_world()) as client:
        reply, command = await submitted(client)
        client.world.commands.finish(command, 0, b"a" + b"x" * (size - 2) + b"z")
        properties = (await client.follow(reply.headers["Location"])).body["properties"]
        assert len(properties["logs"]) == kept
        assert properties["logs"].startswith("a")
        assert properties["logs"].endswith("z") is (size == kept)
        assert (properties["provisioningState"], properties["exitCode"]) == ("Succeeded", 0)


async def test_output_that_is_no_text_arrives_as_text() -> None:
    async with arm(load_world()) as client:
        reply, command = await submitted(client)
        client.world.commands.finish(command, 0, b"\xff\x00" + "é".encode())
        assert (await client.follow(reply.headers["Location"])).body["properties"]["logs"] == "\ufffd\x00é"


async def test_to_run_and_to_read_are_rights_of_their_own() -> None:
    runs, reads = "managedClusters/runcommand/action", "managedClusters/commandResults/read"
    text = (
        "people: {ada: {roles: [Owner]}, cat: {roles: [Reader]}, max: {roles: [Runner]}}\n"
        f"roles: {{Runner: {{actions: [Microsoft.ContainerService/{runs}]}}}}\nclusters: {{web: {{}}}}"
    )
    async with arm(read_world(text)) as client:
        refused = await submit(client, "web", "cat")
        assert (refused.status, refused.code) == (403, "AuthorizationFailed")
        assert runs in refused.body["error"]["message"]
        accepted = await submit(client, "web", "max")
        assert accepted.status == 202
        unread = await client.follow(accepted.headers["Location"], "max")
        assert (unread.status, unread.code) == (403, "AuthorizationFailed")
        assert reads in unread.body["error"]["message"]
        assert (await client.follow(accepted.headers["Location"], "cat")).status == 202


@pytest.mark.parametrize(
    ("cluster", "body", "code", "words"),
    [
        ("asleep", {}, "BadRequest", "Power State(Stopped)"),
        ("vault", {"command": " \n"}, "InvalidParameter", "command"),
        ("vault", {"command": None}, "InvalidParameter", "command"),
        ("vault", {"command": ["ls"]}, "InvalidParameter", "command"),
        ("vault", {"context": "bm8gemlw"}, "InvalidParameter", "context"),
        ("vault", {"context": "%%%"}, "InvalidParameter", "context"),
        ("vault", {"context": zipped(**{"../up": b""})}, "InvalidParameter", "../up"),
        ("vault", {"context": zipped(**{"/etc/x": b""})}, "InvalidParameter", "/etc/x"),
        ("entra", {}, "MissingAADClusterToken", ".clusterToken is required"),
    ],
)
async def test_what_is_refused_is_refused_at_once(cluster: str, body: dict[str, Any], code: str, words: str) -> None:
    async with arm(load_world()) as client:
        reply = await submit(client, cluster, **body)
        assert (reply.status, reply.code) == (400, code)
        assert words in reply.body["message"]
        assert client.world.clock.elapsed() == 0


async def test_a_cluster_may_have_it_switched_off_in_its_file_or_by_a_put() -> None:
    async with arm(read_world("people: {ada: {roles: [Owner]}}\nclusters: {web: {run_command: false}}")) as client:
        refused = await submit(client, "web")
        assert (refused.status, "disabled" in refused.body["message"]) == (400, True)
        body = (await client("GET", client.cluster("web"))).body
        assert body["properties"]["apiServerAccessProfile"].pop("disableRunCommand") is True
        assert (await client("PUT", client.cluster("web"), body=body)).status == 200
        assert (await submit(client, "web")).status == 202


@pytest.mark.parametrize(
    ("pod", "code", "words", "seconds"),
    [
        ("denied: 'admission webhook said no'", "KubernetesOperationError", "admission webhook said no", 0),
        ("schedule: 61", "KubernetesPerformanceError", "Pod is not schedulable", 60),
        ("schedule: 10, start: 31", "KubernetesPerformanceError", "did not start within 30s", 40),
    ],
)
async def test_a_pod_that_does_not_come_to_run(pod: str, code: str, words: str, seconds: float) -> None:
    async with arm(read_world(PODS % pod)) as client:
        reply = await submit(client, "web")
        assert (reply.status, reply.body["code"]) == (400, code)
        assert words in reply.body["message"]
        assert client.world.clock.elapsed() == pytest.approx(seconds)


@pytest.mark.parametrize("nodes", ["nodes: 0", "egress: out, ranges: [8.8.8.8]"])
async def test_without_a_ready_node_there_is_no_pod(nodes: str) -> None:
    gateways = "nat_gateways: {out: {address: 20.1.1.1}}\n"
    async with arm(
        read_world(f"{gateways}people: {{ada: {{roles: [Owner]}}}}\nclusters: {{web: {{{nodes}}}}}")
    ) as client:
        reply = await submit(client, "web")
        assert reply.body["code"] == "KubernetesPerformanceError"
        assert client.world.clock.elapsed() == pytest.approx(60)


async def test_a_pod_that_fails_later_is_told_with_200_and_its_reason() -> None:
    async with arm(read_world(PODS % "fails: ImagePullBackOff")) as client:
        reply = await submit(client, "web")
        ended = await client.follow(reply.headers["Location"])
        assert ended.status == 200
        properties = ended.body["properties"]
        assert (properties["provisioningState"], properties["reason"]) == ("Failed", "ImagePullBackOff")
        assert not {"exitCode", "logs"} & properties.keys()


async def test_attached_files_come_with_the_command() -> None:
    async with arm(load_world()) as client:
        files = {"web.yaml": b"kind: Pod\n", "./charts/web/values.yaml": b"\x00" * 500}
        _, command = await submitted(client, context=zipped(**files))
        assert command.order.files == {"web.yaml": b"kind: Pod\n", "charts/web/values.yaml": b"\x00" * 500}


async def test_a_zip_that_unpacks_to_far_more_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(65 * 1024 * 1024))
    async with arm(load_world()) as client:
        reply = await submit(client, context=base64.b64encode(buffer.getvalue()).decode())
        assert (reply.status, reply.code) == (400, "InvalidParameter")


@pytest.mark.parametrize(("over", "status"), [(0, 202), (1, 413)])
async def test_a_large_request_is_refused_with_a_page(over: int, status: int) -> None:
    async with arm(load_world()) as client:
        url = f"{client.cluster('vault')}/runCommand?api-version=2026-06-01"
        token = client.world.tokens.mint(client.world.person("ada"), "https://management.azure.com/")
        content = b'{"command": "' + b"#" * (LARGEST_REQUEST - 15 + over) + b'"}'
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        async with client._client.post(url, data=io.BytesIO(content), headers=headers) as response:
            assert response.status == status
            if status == 413:
                assert response.content_type == "text/html"
                assert "413 Request Entity Too Large" in await response.text()


async def test_a_command_is_found_at_its_own_cluster_only() -> None:
    async with arm(load_world()) as client:
        reply, _ = await submitted(client)
        identity = reply.body["id"]
        assert (await client("GET", f"{client.cluster('vault')}/commandResults/{identity.upper()}")).status == 202
        for elsewhere in (
            f"{client.cluster('web')}/commandResults/{identity}",
            f"{client.cluster('vault')}/commandResults/x",
        ):
            assert (await client("GET", elsewhere)).status == 404
        absent = await client(
            "POST", f"{client.group}/providers/Microsoft.ContainerService/managedClusters/no/runCommand"
        )
        assert (absent.status, absent.code) == (404, "ResourceNotFound")


async def test_it_runs_as_the_person_where_people_sign_in_and_as_administrator_elsewhere() -> None:
    async with arm(load_world()) as client:
        token = client.world.tokens.mint(client.world.person("ada"), ENTRA_SERVER)
        _, theirs = await submitted(client, "entra", clusterToken=token)
        assert theirs.token == token
        _, administrators = await submitted(client, "vault", clusterToken=token)
        assert administrators.token == client.world.cluster_named("vault").token_secret
        assert token not in repr(theirs)


async def test_submitting_and_asking_are_throttled() -> None:
    world: World = read_world(PODS % "schedule: 0, start: 0")
    async with arm(world) as client:
        reply, _ = await submitted(client, "web")
        statuses = {(await client.follow(reply.headers["Location"])).status for _ in range(59)}
        assert statuses == {202}
        throttled = await submit(client, "web")
        assert (throttled.status, throttled.body["code"]) == (429, "Throttled")
        assert int(throttled.headers["Retry-After"]) >= 1
