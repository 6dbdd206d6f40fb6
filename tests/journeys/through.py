"""A Kubernetes client inside the event loop: what a kubectl would do with the kubeconfig of an open way; and what is
told about a way."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from aksess.kube.kubeconfig import Kubeconfig, read_kubeconfig
from aksess.kube.probe import trust_of
from journeys.stage import Played


def told_of(explained: Played, route: str = "bastion") -> dict[str, Any]:
    """What `--explain -o json` says about one route."""
    [found] = [one for one in explained.data["routes"] if one["route"] == route]
    return dict(found)


class Client:
    """Speaks to one API server; each request on a connection of its own unless `keep_alive`."""

    def __init__(self, kubeconfig: Kubeconfig, session: aiohttp.ClientSession) -> None:
        self.kubeconfig = kubeconfig
        self.session = session

    def get(self, path: str) -> Any:
        """A request as an asynchronous context manager."""
        return self.session.get(
            f"{self.kubeconfig.server}{path}",
            server_hostname=self.kubeconfig.server_name,
            headers={"Authorization": f"Bearer {self.kubeconfig.user['token']}"},
        )

    async def names(self, path: str = "/api/v1/namespaces") -> list[str]:
        """Of the objects in a list."""
        async with self.get(path) as answer:
            assert answer.status == 200, await answer.text()
            return [one["metadata"]["name"] for one in (await answer.json())["items"]]

    async def watch(self, path: str = "/api/v1/namespaces") -> AsyncIterator[dict[str, Any]]:
        """Events, one after the other, for as long as the connection lasts."""
        async with self.get(f"{path}?watch=true") as answer:
            async for line in answer.content:
                yield json.loads(line)


@asynccontextmanager
async def client(kubeconfig: Path, *, keep_alive: bool = False) -> AsyncIterator[Client]:
    found = read_kubeconfig(kubeconfig.read_text())  # noqa: ASYNC240 - a small file, and nobody waits meanwhile
    connector = aiohttp.TCPConnector(ssl=trust_of(found) or True, force_close=not keep_alive, limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        yield Client(found, session)
