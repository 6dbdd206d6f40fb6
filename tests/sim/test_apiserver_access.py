"""Who may ask the API server, what readers are told, and questions about oneself."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from sim.standing_cluster import StandingCluster, pod, standing_cluster

ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


@pytest_asyncio.fixture
async def cluster() -> AsyncIterator[StandingCluster]:
    async with standing_cluster() as standing:
        yield standing


@pytest.mark.parametrize("path", ["/version", "/version/", "/healthz", "/livez", "/readyz"])
async def test_what_everybody_may_ask(cluster: StandingCluster, path: str) -> None:
    response = await cluster.send("GET", path, token=None)
    assert response.status == 200


@pytest.mark.parametrize("path", ["/", "/api", "/apis", "/api/v1/nodes", "/openapi/v3", "/versions"])
async def test_nobody_known_is_told_nothing_else(cluster: StandingCluster, path: str) -> None:
    assert await cluster.refused(401, "GET", path, token=None) == "Unauthorized"


@pytest.mark.parametrize("path", ["/version", "/api/v1/nodes"])
async def test_a_wrong_token_is_refused_everywhere(cluster: StandingCluster, path: str) -> None:
    assert await cluster.refused(401, "GET", path, token="forged") == "Unauthorized"


async def test_a_reader_reads_and_is_told_why_not_more(cluster: StandingCluster) -> None:
    pods = "/api/v1/namespaces/demo/pods"
    name = (await cluster.names(pods))[0]
    await cluster.ask("GET", f"{pods}/{name}", token="reader")
    assert await cluster.refused(403, "POST", pods, pod(), token="reader") == (
        'pods is forbidden: User "cat@contoso.example" cannot create resource "pods" in API group "" '
        'in the namespace "demo"'
    )
    assert await cluster.refused(403, "DELETE", "/api/v1/namespaces/demo", token="reader") == (
        'namespaces "demo" is forbidden: User "cat@contoso.example" cannot delete resource "namespaces" '
        'in API group "" at the cluster scope'
    )
    scale = "/apis/apps/v1/namespaces/demo/deployments/hello/scale"
    assert 'cannot patch resource "deployments/scale" in API group "apps"' in await cluster.refused(
        403, "PATCH", scale, {}, token="reader"
    )
    assert name in await cluster.names(pods)


async def test_a_reader_cannot_run_commands(cluster: StandingCluster) -> None:
    name = (await cluster.names("/api/v1/namespaces/demo/pods"))[0]
    told = await cluster.refused(403, "GET", f"/api/v1/namespaces/demo/pods/{name}/exec?command=ls", token="reader")
    assert 'cannot create resource "pods/exec"' in told


@pytest.mark.parametrize(
    ("token", "verb", "allowed"),
    [
        ("writer", "delete", True),
        ("writer", "*", True),
        ("reader", "list", True),
        ("reader", "delete", False),
        ("reader", "*", False),
        ("reader", "", False),
    ],
)
async def test_can_i(cluster: StandingCluster, token: str, verb: str, allowed: bool) -> None:
    review = {"kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": {"verb": verb, "resource": "pods"}}}
    answer = await cluster.ask("POST", ACCESS, review, status=201, token=token)
    assert answer["status"]["allowed"] is allowed


async def test_can_i_list_and_whoami(cluster: StandingCluster) -> None:
    rules = await cluster.ask("POST", RULES, {"kind": "SelfSubjectRulesReview"}, status=201, token="reader")
    assert rules["status"]["resourceRules"][0]["verbs"] == ["get", "list", "watch"]
    who = await cluster.ask("POST", WHO, {"kind": "SelfSubjectReview"}, status=201, token="reader")
    assert who["status"]["userInfo"]["username"] == "cat@contoso.example"


@pytest.mark.parametrize("review", [{"kind": "Pod"}, [], {"kind": "SelfSubjectAccessReview", "spec": "yes"}])
async def test_a_question_that_is_none(cluster: StandingCluster, review: Any) -> None:
    await cluster.refused(400, "POST", ACCESS, review)
