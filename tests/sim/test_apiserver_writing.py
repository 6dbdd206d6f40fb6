"""Creating, changing and deleting: what is stored, and every way it is refused."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from sim.standing_cluster import StandingCluster, deployment, pod, standing_cluster

PODS = "/api/v1/namespaces/demo/pods"
MAPS = "/api/v1/namespaces/demo/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/demo/deployments"
SPACES = "/api/v1/namespaces"


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with standing_cluster() as standing:
        yield standing


async def make_map(cluster: StandingCluster, name: str = "m", **more: Any) -> Any:
    body = {"metadata": {"name": name}, "data": {"a": "1"}, **more}
    return await cluster.ask("POST", MAPS, body, status=201)


async def test_what_the_server_writes_itself(cluster: StandingCluster) -> None:
    body = {"metadata": {"name": "m", "uid": "mine", "creationTimestamp": "2001-01-01T00:00:00Z", "generation": 9}}
    made = (await cluster.ask("POST", MAPS, body, status=201))["metadata"]
    assert made["uid"] != "mine"
    assert not made["creationTimestamp"].startswith("2001")
    assert "generation" not in made
    assert int(made["resourceVersion"]) > 0


async def test_the_name_is_taken(cluster: StandingCluster) -> None:
    await make_map(cluster)
    assert await cluster.refused(409, "POST", MAPS, {"metadata": {"name": "m"}}) == 'configmaps "m" already exists'


async def test_what_is_not_there(cluster: StandingCluster) -> None:
    assert await cluster.refused(404, "GET", f"{DEPLOYMENTS}/nope") == 'deployments.apps "nope" not found'
    assert await cluster.refused(404, "DELETE", f"{PODS}/nope") == 'pods "nope" not found'
    answer = await cluster.refused(404, "POST", "/api/v1/namespaces/nowhere/pods", pod())
    assert answer == 'namespaces "nowhere" not found'


async def test_a_stale_update_loses(cluster: StandingCluster) -> None:
    first = await make_map(cluster)
    await cluster.ask("PUT", f"{MAPS}/m", first | {"data": {"a": "2"}})
    assert await cluster.refused(409, "PUT", f"{MAPS}/m", first | {"data": {"a": "3"}}) == (
        'Operation cannot be fulfilled on configmaps "m": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    assert (await cluster.ask("GET", f"{MAPS}/m"))["data"] == {"a": "2"}


async def test_an_update_without_a_version_wins_and_no_change_is_no_change(cluster: StandingCluster) -> None:
    first = await make_map(cluster)
    again = await cluster.ask("PUT", f"{MAPS}/m", {"metadata": {"name": "m"}, "data": {"a": "1"}})
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    changed = await cluster.ask("PUT", f"{MAPS}/m", {"metadata": {"name": "m"}, "data": {}})
    assert changed["metadata"]["resourceVersion"] != first["metadata"]["resourceVersion"]
    assert changed["metadata"]["uid"] == first["metadata"]["uid"]


async def test_a_stale_patch_loses_too(cluster: StandingCluster) -> None:
    patch = {"metadata": {"resourceVersion": "1"}, "data": {"a": "2"}}
    await make_map(cluster)
    await cluster.refused(409, "PATCH", f"{MAPS}/m", patch, Content_Type="application/merge-patch+json")


async def test_delete_honours_preconditions(cluster: StandingCluster) -> None:
    await make_map(cluster)
    told = await cluster.refused(409, "DELETE", f"{MAPS}/m", {"preconditions": {"uid": "another"}})
    assert "UID in precondition: another" in told
    answer = await cluster.ask("DELETE", f"{MAPS}/m")
    assert (answer["status"], answer["details"]["name"]) == ("Success", "m")


async def test_finalizers_hold_an_object_back(cluster: StandingCluster) -> None:
    await cluster.ask("POST", MAPS, {"metadata": {"name": "m", "finalizers": ["x/y"]}}, status=201)
    marked = await cluster.ask("DELETE", f"{MAPS}/m")
    assert marked["metadata"]["deletionTimestamp"]
    patch = {"metadata": {"finalizers": None}}
    await cluster.ask("PATCH", f"{MAPS}/m", patch, Content_Type="application/merge-patch+json")
    await cluster.refused(404, "GET", f"{MAPS}/m")


async def test_a_namespace_is_furnished_and_takes_all_with_it(cluster: StandingCluster) -> None:
    await cluster.ask("POST", SPACES, {"metadata": {"name": "team"}}, status=201)
    assert await cluster.names(f"{SPACES}/team/serviceaccounts") == ["default"]
    held = {"metadata": {"name": "held", "finalizers": ["x/y"]}}
    await cluster.ask("POST", f"{SPACES}/team/configmaps", held, status=201)
    await cluster.ask("POST", "/apis/apps/v1/namespaces/team/deployments", deployment(), status=201)
    await cluster.ask("DELETE", f"{SPACES}/team")
    await cluster.refused(404, "GET", f"{SPACES}/team")
    for path in ("pods", "configmaps", "serviceaccounts", "events"):
        assert await cluster.names(f"{SPACES}/team/{path}") == []


async def test_a_dry_run_changes_nothing(cluster: StandingCluster) -> None:
    first = await make_map(cluster)
    await cluster.ask("POST", f"{MAPS}?dryRun=All", {"metadata": {"name": "n"}}, status=201)
    answer = await cluster.ask("PUT", f"{MAPS}/m?dryRun=All", first | {"data": {"a": "2"}})
    assert answer["data"] == {"a": "2"}
    await cluster.ask("DELETE", f"{MAPS}/m?dryRun=All")
    applied = {"metadata": {"name": "o"}, "data": {}}
    query = "dryRun=All&fieldManager=me"
    await cluster.ask("PATCH", f"{MAPS}/o?{query}", applied, status=201, Content_Type="application/apply-patch+yaml")
    assert (await cluster.ask("GET", f"{MAPS}/m")) == first
    assert await cluster.names(MAPS) == ["hello-settings", "kube-root-ca.crt", "m"]


async def test_a_generated_name(cluster: StandingCluster) -> None:
    body = {"metadata": {"generateName": "job-"}}
    names = {(await cluster.ask("POST", MAPS, body, status=201))["metadata"]["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith("job-") and len(name) == 9 for name in names)


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        (PODS, pod() | {"specc": {}}, 'unknown field "specc"'),
        (PODS, {**pod(), "spec": {"containers": [{"name": "a", "image": "b", "imge": 1}]}}, "spec.containers[0].imge"),
        (DEPLOYMENTS, deployment(replica=3), 'unknown field "spec.replica"'),
    ],
)
async def test_unknown_fields_are_refused_when_asked_strictly(
    cluster: StandingCluster, path: str, body: Any, told: str
) -> None:
    answer = await cluster.refused(400, "POST", f"{path}?fieldValidation=Strict", body)
    assert "strict decoding error: " in answer
    assert told in answer
    await cluster.ask("POST", f"{path}?fieldValidation=Ignore", body, status=201)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"metadata": []},
        {"metadata": {"name": 3}},
        {"metadata": {"name": "x", "labels": {"a": 1}}},
        {"metadata": {"name": "x"}, "spec": {"containers": {}}},
        {"metadata": {"name": "x"}, "spec": {"containers": ["c"]}},
        {"metadata": {"name": "x"}, "status": {"conditions": "fine"}},
        {"metadata": {"name": "x"}, "kind": "Service"},
        {"metadata": {"name": "x"}, "apiVersion": "v2"},
        {"metadata": {"name": "x", "namespace": "elsewhere"}},
        b"{",
        b'{"a": NaN}',
        b"[" * 100_000,
        b"\xff",
    ],
)
async def test_bodies_that_are_no_pod(cluster: StandingCluster, body: Any) -> None:
    await cluster.refused(400, "POST", PODS, body)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (PODS, {"metadata": {"name": "x"}}, "spec.containers: Required value"),
        (PODS, pod("Upper"), 'metadata.name: Invalid value: "Upper": a lowercase RFC 1123 subdomain'),
        (PODS, pod(labels={"a b": "c"}), "metadata.labels"),
        (PODS, {"spec": {"containers": [{"name": "a", "image": "b"}]}}, "metadata.name: Required value"),
        (DEPLOYMENTS, deployment(selector={}), "spec.selector: Required value"),
        (DEPLOYMENTS, deployment(selector={"matchLabels": {"a": "b"}}), "`selector` does not match"),
        (DEPLOYMENTS, deployment(replicas=-1), "must be greater than or equal to 0"),
        (DEPLOYMENTS, deployment(replicas=10**9), "at most 500"),
        ("/api/v1/namespaces/demo/services", {"metadata": {"name": "s"}, "spec": {}}, "spec.ports: Required"),
        ("/api/v1/namespaces/demo/secrets", {"metadata": {"name": "s"}, "data": {"a": "?"}}, "illegal base64"),
    ],
)
async def test_rules_of_a_kind(cluster: StandingCluster, path: str, body: Any, field: str) -> None:
    assert field in await cluster.refused(422, "POST", path, body)


async def test_a_selector_is_for_ever(cluster: StandingCluster) -> None:
    made = await cluster.ask("POST", DEPLOYMENTS, deployment(), status=201)
    made["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    made["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    assert "field is immutable" in await cluster.refused(422, "PUT", f"{DEPLOYMENTS}/web", made | {"metadata": {}})


async def test_status_is_written_apart(cluster: StandingCluster) -> None:
    await cluster.ask("POST", PODS, pod(), status=201)
    merge = "application/merge-patch+json"
    both = {"metadata": {"labels": {"a": "b"}}, "status": {"message": "from outside"}}
    after = await cluster.ask("PATCH", f"{PODS}/one", both, Content_Type=merge)
    assert (after["metadata"]["labels"], after["status"].get("message")) == ({"a": "b"}, None)
    both["metadata"]["labels"] = {"a": "c"}
    after = await cluster.ask("PATCH", f"{PODS}/one/status", both, Content_Type=merge)
    assert (after["metadata"]["labels"], after["status"]["message"]) == ({"a": "b"}, "from outside")


async def test_plain_secrets_are_encoded(cluster: StandingCluster) -> None:
    body = {"metadata": {"name": "s"}, "stringData": {"word": "open"}}
    made = await cluster.ask("POST", "/api/v1/namespaces/demo/secrets", body, status=201)
    assert (made["type"], made["data"], "stringData" in made) == ("Opaque", {"word": "b3Blbg=="}, False)


async def test_yaml_bodies(cluster: StandingCluster) -> None:
    body = b"metadata: {name: y}\ndata: {day: 2026-11-23}\n"
    made = await cluster.ask("POST", MAPS, body, status=201, Content_Type="application/yaml")
    assert made["data"] == {"day": "2026-11-23"}
    bomb = b"a: &a [x, x]\nb: [*a, *a]\n"
    assert "aliases" in await cluster.refused(400, "POST", MAPS, bomb, Content_Type="application/yaml")


async def test_formats_nobody_reads(cluster: StandingCluster) -> None:
    told = await cluster.refused(415, "POST", MAPS, b"<a/>", Content_Type="application/xml")
    assert "accepted media types include: application/json" in told
    await cluster.refused(415, "PATCH", f"{MAPS}/hello-settings", {}, Content_Type="application/json")


async def test_a_body_too_large(cluster: StandingCluster) -> None:
    body = b'{"metadata": {"name": "' + b"x" * 4_000_000 + b'"}}'
    assert "limit is 3145728" in await cluster.refused(413, "POST", MAPS, body)


async def test_delete_everything_selected(cluster: StandingCluster) -> None:
    for name in ("a", "b"):
        await cluster.ask("POST", MAPS, {"metadata": {"name": name, "labels": {"go": name}}}, status=201)
    await cluster.ask("DELETE", f"{MAPS}?labelSelector=go=a")
    assert await cluster.names(MAPS) == ["b", "hello-settings", "kube-root-ca.crt"]
