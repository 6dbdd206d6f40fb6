"""What follows from a workload: its pods are there in the same breath, and go with it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from aksess_sim.services.apiserver.identity import NodeView
from sim.standing_cluster import StandingCluster, deployment, pod, standing_cluster

APPS = "/apis/apps/v1/namespaces/demo"
PODS = "/api/v1/namespaces/demo/pods"
MERGE = "application/merge-patch+json"


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with standing_cluster() as standing:
        yield standing


async def pods_of(cluster: StandingCluster, app: str = "web") -> list[Any]:
    items: list[Any] = (await cluster.ask("GET", f"{PODS}?labelSelector=app={app}"))["items"]
    return items


async def test_a_deployment_makes_its_set_and_pods(cluster: StandingCluster) -> None:
    await cluster.ask("POST", f"{APPS}/deployments", deployment(replicas=3), status=201)
    pods = await pods_of(cluster)
    assert [item["status"]["phase"] for item in pods] == ["Running"] * 3
    assert {item["spec"]["nodeName"] for item in pods} == {node.name for node in cluster.nodes}
    (set_,) = (await cluster.ask("GET", f"{APPS}/replicasets?labelSelector=app=web"))["items"]
    assert pods[0]["metadata"]["ownerReferences"][0]["uid"] == set_["metadata"]["uid"]
    status = (await cluster.ask("GET", f"{APPS}/deployments/web"))["status"]
    assert (status["replicas"], status["availableReplicas"], status["observedGeneration"]) == (3, 3, 1)


async def test_scaling_keeps_the_pods_it_can(cluster: StandingCluster) -> None:
    await cluster.ask("POST", f"{APPS}/deployments", deployment(replicas=2), status=201)
    before = {item["metadata"]["name"] for item in await pods_of(cluster)}
    scale = f"{APPS}/deployments/web/scale"
    answer = await cluster.ask("PATCH", scale, {"spec": {"replicas": 4}}, Content_Type=MERGE)
    assert (answer["kind"], answer["spec"]["replicas"], answer["status"]["selector"]) == ("Scale", 4, "app=web")
    assert before < {item["metadata"]["name"] for item in await pods_of(cluster)}
    seen = await cluster.ask("GET", scale)
    await cluster.ask("PUT", scale, seen | {"spec": {"replicas": 0}})
    assert await pods_of(cluster) == []
    await cluster.refused(409, "PUT", scale, seen | {"spec": {"replicas": 9}})
    await cluster.refused(400, "PUT", scale, {"spec": {"replicas": "many"}})


async def test_a_new_template_rolls_out_and_back(cluster: StandingCluster) -> None:
    await cluster.ask("POST", f"{APPS}/deployments", deployment(), status=201)
    first = {item["metadata"]["name"] for item in await pods_of(cluster)}
    original = (await cluster.ask("GET", f"{APPS}/deployments/web"))["spec"]
    await cluster.ask("PUT", f"{APPS}/deployments/web", deployment(image="nginx:1.28"))
    pods = await pods_of(cluster)
    assert {item["spec"]["containers"][0]["image"] for item in pods} == {"nginx:1.28"}
    assert not first & {item["metadata"]["name"] for item in pods}
    await cluster.ask("PATCH", f"{APPS}/deployments/web", {"spec": original}, Content_Type=MERGE)
    sets = (await cluster.ask("GET", f"{APPS}/replicasets?labelSelector=app=web"))["items"]
    replicas = {
        item["metadata"]["annotations"]["deployment.kubernetes.io/revision"]: item["spec"]["replicas"] for item in sets
    }
    assert replicas == {"2": 0, "3": 2}


async def test_a_deleted_pod_comes_back_and_a_deleted_deployment_leaves_nothing(cluster: StandingCluster) -> None:
    await cluster.ask("POST", f"{APPS}/deployments", deployment(), status=201)
    name = (await pods_of(cluster))[0]["metadata"]["name"]
    await cluster.ask("DELETE", f"{PODS}/{name}")
    names = [item["metadata"]["name"] for item in await pods_of(cluster)]
    assert len(names) == 2
    assert name not in names
    await cluster.ask("DELETE", f"{APPS}/deployments/web")
    assert await pods_of(cluster) == []
    assert await cluster.names(f"{APPS}/replicasets?labelSelector=app=web") == []


async def test_orphans_stay(cluster: StandingCluster) -> None:
    await cluster.ask("POST", f"{APPS}/deployments", deployment(), status=201)
    await cluster.ask("DELETE", f"{APPS}/deployments/web?propagationPolicy=Orphan")
    assert len(await cluster.names(f"{APPS}/replicasets?labelSelector=app=web")) == 1
    assert len(await pods_of(cluster)) == 2


async def test_daemon_sets_cover_every_node(cluster: StandingCluster) -> None:
    cluster.nodes.append(NodeView("aks-nodepool1-1-vmss000002", True, "1.33.2"))
    proxies = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app=kube-proxy"
    assert len((await cluster.ask("GET", proxies))["items"]) == 3
    del cluster.nodes[0]
    items = (await cluster.ask("GET", proxies))["items"]
    assert {item["spec"]["nodeName"] for item in items} == {node.name for node in cluster.nodes}


async def test_stateful_sets_number_their_pods(cluster: StandingCluster) -> None:
    body = deployment("db", replicas=3, serviceName="db") | {"kind": "StatefulSet"}
    await cluster.ask("POST", f"{APPS}/statefulsets", body, status=201)
    assert [item["metadata"]["name"] for item in await pods_of(cluster, "db")] == ["db-0", "db-1", "db-2"]
    await cluster.ask("PATCH", f"{APPS}/statefulsets/db/scale", {"spec": {"replicas": 1}}, Content_Type=MERGE)
    assert [item["metadata"]["name"] for item in await pods_of(cluster, "db")] == ["db-0"]


async def test_a_job_completes(cluster: StandingCluster) -> None:
    template = deployment()["spec"]["template"]
    body = {"metadata": {"name": "once"}, "spec": {"template": template, "completions": 2}}
    jobs = "/apis/batch/v1/namespaces/demo/jobs"
    await cluster.ask("POST", jobs, body, status=201)
    status = (await cluster.ask("GET", f"{jobs}/once"))["status"]
    assert (status["succeeded"], status["conditions"][0]["type"]) == (2, "Complete")
    assert {item["status"]["phase"] for item in await pods_of(cluster)} == {"Succeeded"}


async def test_pods_wait_for_a_ready_node(cluster: StandingCluster) -> None:
    ready = list(cluster.nodes)
    cluster.nodes[:] = [NodeView(node.name, False, node.version) for node in ready]
    await cluster.ask("POST", PODS, pod(), status=201)
    assert (await cluster.ask("GET", f"{PODS}/one"))["status"]["phase"] == "Pending"
    hello = await cluster.ask("GET", f"{APPS}/deployments/hello")
    assert "readyReplicas" not in hello["status"]
    events = (await cluster.ask("GET", "/api/v1/namespaces/demo/events?fieldSelector=involvedObject.name=one"))["items"]
    assert [event["reason"] for event in events] == ["FailedScheduling"]
    cluster.nodes[:] = ready
    assert (await cluster.ask("GET", f"{PODS}/one"))["status"]["phase"] == "Running"
    assert (await cluster.ask("GET", f"{APPS}/deployments/hello"))["status"]["readyReplicas"] == 2


async def test_a_cordoned_node_takes_no_pods_and_eviction_moves_them(cluster: StandingCluster) -> None:
    node = cluster.nodes[0].name
    await cluster.ask("PATCH", f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}}, Content_Type=MERGE)
    await cluster.ask("POST", f"{APPS}/deployments", deployment(replicas=3), status=201)
    assert node not in {item["spec"]["nodeName"] for item in await pods_of(cluster)}
    name = (await pods_of(cluster))[0]["metadata"]["name"]
    await cluster.ask("POST", f"{PODS}/{name}/eviction", {"kind": "Eviction"}, status=201)
    assert name not in {item["metadata"]["name"] for item in await pods_of(cluster)}


async def test_services_get_addresses_of_their_own(cluster: StandingCluster) -> None:
    path = "/api/v1/namespaces/demo/services"
    for name in ("a", "b"):
        body = {"metadata": {"name": name}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
        await cluster.ask("POST", path, body, status=201)
    services = [await cluster.ask("GET", f"{path}/{name}") for name in ("a", "b")]
    assert len({service["spec"]["clusterIP"] for service in services}) == 2
    assert len({service["spec"]["ports"][0]["nodePort"] for service in services}) == 2
    assert len({service["status"]["loadBalancer"]["ingress"][0]["ip"] for service in services}) == 2
