"""The client side of exec over WebSocket, on a cluster with one pod."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientWebSocketResponse

from sim.standing_cluster import WRITING, StandingCluster, pod, standing_cluster

POD = "/api/v1/namespaces/demo/pods/one"
V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"


@asynccontextmanager
async def cluster_with_pod(speed: float = 1.0) -> AsyncIterator[StandingCluster]:
    """A cluster in which the pod `one` runs, with port 80 and a variable of its own."""
    async with standing_cluster(speed) as standing:
        body = pod()
        body["spec"]["containers"][0] |= {
            "env": [{"name": "COLOUR", "value": "blue"}],
            "ports": [{"containerPort": 80}],
        }
        await standing.ask("POST", "/api/v1/namespaces/demo/pods", body, status=201)
        yield standing


@asynccontextmanager
async def running(
    cluster: StandingCluster, query: str, protocol: str = V5, verb: str = "exec"
) -> AsyncIterator[ClientWebSocketResponse]:
    """A command that runs; the socket's messages begin with their channel."""
    async with cluster.client.ws_connect(
        f"{POD}/{verb}?{query}", protocols=[protocol], headers={"Authorization": f"Bearer {WRITING}"}
    ) as socket:
        assert socket.protocol == protocol
        yield socket


async def ended(socket: ClientWebSocketResponse) -> tuple[str, str, Any]:
    """Standard output, standard error and the closing status."""
    channels = {1: "", 2: "", 3: ""}
    async for message in socket:
        channels[message.data[0]] += message.data[1:].decode()
    return channels[1], channels[2], json.loads(channels[3])


def exit_code(status: Any) -> str:
    """The exit code in a closing status."""
    if status["status"] == "Success":
        return "0"
    return str(status["details"]["causes"][0]["message"])
