"""What is there and how it is shown: discovery, lists, tables, selectors."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from aksess_sim.services.apiserver.identity import NodeView
from sim.standing_cluster import TABLE, StandingCluster, deployment, pod, standing_cluster

PODS = "/api/v1/namespaces/demo/pods"


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with standing_cluster() as standing:
        yield standing


async def test_version_is_the_clusters(cluster: StandingCluster) -> None:
    version = await cluster.ask("GET", "/version?timeout=5s")
    assert (version["major"], version["minor"], version["gitVersion"]) == ("1", "33", "v1.33.2")


async def test_a_new_cluster_has_what_aks_puts_there(cluster: StandingCluster) -> None:
    assert await cluster.names("/api/v1/namespaces") == [
        "default",
        "demo",
        "kube-node-lease",
        "kube-public",
        "kube-system",
    ]
    pods = (await cluster.ask("GET", "/api/v1/pods"))["items"]
    apps = {item["metadata"]["labels"].get("k8s-app") for item in pods}
    assert {"kube-dns", "metrics-server", "konnectivity-agent", "csi-azuredisk-node", "csi-azurefile-node"} <= apps
    assert {item["status"]["phase"] for item in pods} == {"Running"}
    assert len({item["status"]["podIP"] for item in pods}) == len(pods)


@pytest.mark.parametrize("version", ["v2", "v2beta1"])
async def test_aggregated_discovery(cluster: StandingCluster, version: str) -> None:
    accept = f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
    response = await cluster.send("GET", "/apis", Accept=f"{accept},application/json")
    assert response.headers["Content-Type"] == accept
    groups = (await response.json(content_type=None))["items"]
    assert [group["metadata"]["name"] for group in groups][:2] == ["apps", "authentication.k8s.io"]
    deployments = next(r for r in groups[0]["versions"][0]["resources"] if r["resource"] == "deployments")
    assert deployments["shortNames"] == ["deploy"]
    assert {part["subresource"] for part in deployments["subresources"]} == {"scale", "status"}


async def test_legacy_discovery_tells_the_same(cluster: StandingCluster) -> None:
    groups = [group["name"] for group in (await cluster.ask("GET", "/apis"))["groups"]]
    assert (await cluster.ask("GET", "/api"))["versions"] == ["v1"]
    for path in ["/api/v1", *(f"/apis/{group}/v1" for group in groups)]:
        resources = (await cluster.ask("GET", path))["resources"]
        assert resources
        for resource in resources:
            if "list" in resource["verbs"]:
                prefix = path
                await cluster.ask("GET", f"{prefix}/{resource['name']}")


@pytest.mark.parametrize(
    "path", ["/api/v1/widgets", "/apis/apps/v2/deployments", "/apis/nothing", "/apis/nothing/v1", "/nothing", "/api/v2"]
)
async def test_what_is_not_served(cluster: StandingCluster, path: str) -> None:
    assert await cluster.refused(404, "GET", path) == "the server could not find the requested resource"


async def test_open_api_offers_server_side_validation_for_every_stored_kind(cluster: StandingCluster) -> None:
    places = (await cluster.ask("GET", "/openapi/v3"))["paths"]
    document = await cluster.ask("GET", places["apis/apps/v1"]["serverRelativeURL"])
    patch = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"]["kind"] == "Deployment"
    assert "fieldValidation" in [parameter["name"] for parameter in patch["parameters"]]


async def test_a_list_as_table(cluster: StandingCluster) -> None:
    await cluster.ask("POST", PODS, pod(), status=201)
    table = await cluster.ask("GET", f"{PODS}?limit=500", Accept=TABLE)
    assert table["kind"] == "Table"
    narrow = [column["name"] for column in table["columnDefinitions"] if column["priority"] == 0]
    assert narrow == ["Name", "Ready", "Status", "Restarts", "Age"]
    rows = {row["cells"][0]: row for row in table["rows"]}
    assert rows["one"]["cells"][:5] == ["one", "1/1", "Running", "0", "0s"]
    assert rows["one"]["object"]["kind"] == "PartialObjectMetadata"
    seeded = next(name for name in rows if name.startswith("hello-"))
    assert rows[seeded]["cells"][4] == "12d"


async def test_a_table_of_every_kind(cluster: StandingCluster) -> None:
    await cluster.ask("POST", "/apis/apps/v1/namespaces/demo/deployments", deployment(), status=201)
    for path, cells in {
        "/apis/apps/v1/namespaces/demo/deployments/web": ["web", "2/2", 2, 2, "0s"],
        "/api/v1/namespaces/default/services/kubernetes": [
            "kubernetes",
            "ClusterIP",
            "10.0.0.1",
            "<none>",
            "443/TCP",
            "12d",
        ],
        "/api/v1/namespaces/demo/configmaps/hello-settings": ["hello-settings", 1, "12d"],
        "/api/v1/namespaces/demo/serviceaccounts/default": ["default", 0, "12d"],
        "/api/v1/namespaces/demo": ["demo", "Active", "12d"],
        "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy": [
            "kube-proxy",
            2,
            2,
            2,
            2,
            2,
            "<none>",
            "12d",
        ],
    }.items():
        table = await cluster.ask("GET", path, Accept=TABLE)
        assert table["rows"][0]["cells"][: len(cells)] == cells


async def test_whole_objects_in_a_table_when_asked(cluster: StandingCluster) -> None:
    table = await cluster.ask("GET", f"{PODS}?includeObject=Object", Accept=TABLE)
    assert table["rows"][0]["object"]["spec"]["containers"]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ("tier=web", ["a"]),
        ("tier==web", ["a"]),
        ("tier!=web,name", ["b", "c"]),
        ("tier in (web, db)", ["a", "b"]),
        ("tier notin (web),name in (a,b,c)", ["b", "c"]),
        ("!tier,name", ["c"]),
        ("tier", ["a", "b"]),
    ],
)
async def test_label_selectors(cluster: StandingCluster, labels: str, names: list[str]) -> None:
    for name, tier in (("a", {"tier": "web"}), ("b", {"tier": "db"}), ("c", {})):
        await cluster.ask("POST", PODS, pod(name, labels={"name": name, **tier}), status=201)
    response = await cluster.client.get(
        PODS, params={"labelSelector": labels}, headers={"Authorization": "Bearer writer"}
    )
    assert [item["metadata"]["name"] for item in (await response.json())["items"]] == names


async def test_field_selectors(cluster: StandingCluster) -> None:
    await cluster.ask("POST", PODS, pod(), status=201)
    assert await cluster.names(f"{PODS}?fieldSelector=metadata.name=one") == ["one"]
    assert "one" not in await cluster.names(f"{PODS}?fieldSelector=metadata.name!=one,status.phase=Running")
    node = (await cluster.ask("GET", f"{PODS}/one"))["spec"]["nodeName"]
    assert "one" in await cluster.names(f"/api/v1/pods?fieldSelector=spec.nodeName={node}")


@pytest.mark.parametrize("query", ["labelSelector=a%20b%20c", "labelSelector==x", "fieldSelector=nonsense"])
async def test_a_selector_that_cannot_be_read(cluster: StandingCluster, query: str) -> None:
    await cluster.refused(400, "GET", f"{PODS}?{query}")


async def test_nodes_follow_the_world(cluster: StandingCluster) -> None:
    first = cluster.nodes[0]
    cluster.nodes[:] = [NodeView(first.name, ready=False, version="1.34.0"), NodeView("aks-new-1", True, "1.34.0")]
    table = await cluster.ask("GET", "/api/v1/nodes", Accept=TABLE)
    assert [(row["cells"][0], row["cells"][1], row["cells"][4]) for row in table["rows"]] == [
        ("aks-new-1", "Ready", "v1.34.0"),
        (first.name, "NotReady", "v1.34.0"),
    ]
    reasons = {event["reason"] for event in (await cluster.ask("GET", "/api/v1/events"))["items"]}
    assert "NodeNotReady" in reasons


@pytest.mark.parametrize(("method", "path"), [("PUT", PODS), ("PATCH", PODS), ("POST", f"{PODS}/x"), ("HEAD", PODS)])
async def test_a_method_that_makes_no_sense_here(cluster: StandingCluster, method: str, path: str) -> None:
    response = await cluster.send(method, path, {} if method != "HEAD" else None)
    assert response.status == 405
