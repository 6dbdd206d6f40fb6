"""An API server on a loopback port with two people, for tests in the wire's terms."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, ClientTimeout
from aiohttp.test_utils import TestClient, TestServer

from aksess_sim.services.apiserver.identity import NodeView, User
from aksess_sim.services.apiserver.server import ApiServer
from aksess_sim.world.clock import WorldClock

WRITER = User("ada@contoso.example", "0a", ("system:authenticated",), may_write=True)
READER = User("cat@contoso.example", "0c", ("system:authenticated",), may_write=False)
_PEOPLE = {"Bearer writer": WRITER, "Bearer reader": READER}

WRITING = "writer"
"""The token of the one who may write."""
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@dataclass
class StandingCluster:
    """The client side of one cluster; `nodes` may be changed while it stands."""

    client: TestClient[Any, Any]
    nodes: list[NodeView] = field(default_factory=list)

    async def send(
        self, method: str, path: str, body: Any = None, *, token: str | None = WRITING, **headers: str
    ) -> ClientResponse:
        """One request; headers are given with underscores, a body that is not bytes goes as JSON."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            told["Authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            told.setdefault("Content-Type", "application/json")
        return await self.client.request(method, path, data=data and io.BytesIO(data), headers=told)

    async def ask(self, method: str, path: str, body: Any = None, *, status: int = 200, **options: Any) -> Any:
        """One request that must be answered with `status`; the answer's JSON."""
        response = await self.send(method, path, body, **options)
        answer = json.loads(await response.read())
        assert response.status == status, answer
        return answer

    async def refused(self, code: int, method: str, path: str, body: Any = None, **options: Any) -> str:
        """One request that must be refused with a Status of this code; its sentence."""
        answer = await self.ask(method, path, body, status=code, **options)
        assert (answer["kind"], answer["status"], answer["code"]) == ("Status", "Failure", code)
        return str(answer["message"])

    async def names(self, path: str) -> list[str]:
        """The names of what a list holds."""
        return [item["metadata"]["name"] for item in (await self.ask("GET", path))["items"]]


@asynccontextmanager
async def standing_cluster(speed: float = 1.0) -> AsyncIterator[StandingCluster]:
    """A new cluster with two ready nodes."""
    nodes = [NodeView(f"aks-nodepool1-1-vmss00000{number}", ready=True, version="1.33.2") for number in range(2)]
    server = ApiServer(
        version="1.33.2",
        clock=WorldClock(speed),
        authenticate=lambda header: _PEOPLE.get(header or ""),
        nodes=lambda: nodes,
    )
    async with TestClient(TestServer(server.application()), timeout=ClientTimeout()) as client:
        yield StandingCluster(client, nodes)


def deployment(name: str = "web", *, replicas: int = 2, image: str = "nginx:1.27", **spec: Any) -> dict[str, Any]:
    """A small Deployment manifest."""
    labels = {"app": name}
    containers = [{"name": "web", "image": image, "ports": [{"containerPort": 80}]}]
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec},
    }


def pod(name: str = "one", **metadata: Any) -> dict[str, Any]:
    """A small Pod manifest."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, **metadata},
        "spec": {"containers": [{"name": "main", "image": "nginx:1.27"}]},
    }
