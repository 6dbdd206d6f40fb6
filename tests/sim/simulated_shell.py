"""A person in a simulated Cloud Shell, speaking HTTPS through the proxy as a program there would."""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from aksess_sim.cloudshell import TOKEN_ENDPOINT, Session
from aksess_sim.host import SimulatedAzure
from aksess_sim.world.clusters import Cluster

ARM = "https://management.azure.com"
VERSION = {"api-version": "2026-06-01"}


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Person:
    """Each request is a connection of its own, as each command line tool's is."""

    azure: SimulatedAzure
    session: Session
    http: aiohttp.ClientSession

    async def ask(
        self, method: str, url: str, *, trust: bytes | None = None, seconds: float = 300, **more: Any
    ) -> Answer:
        caller = self.session.caller
        proxy = f"http://{caller.session}:{self.session.password}@127.0.0.1:{self.azure.proxy_port}"
        authority = ssl.create_default_context(cadata=(trust or self.azure.ca_pem).decode())
        limit = aiohttp.ClientTimeout(total=seconds)
        request = self.http.request(method, url, proxy=proxy, ssl=authority, timeout=limit, **more)
        async with request as response:
            return Answer(response.status, await response.text(), response.headers)

    async def token(self, audience: str = f"{ARM}/") -> str:
        headers = {"Metadata": "true"}
        answer = await self.ask("POST", TOKEN_ENDPOINT, data={"resource": audience}, headers=headers)
        return str(answer.json["access_token"])

    async def arm(self, method: str, path: str, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {await self.token()}"}
        return await self.ask(method, ARM + path, params=VERSION, headers=headers, **more)

    async def put_ranges(self, cluster: Cluster, *ranges: str, **more: Any) -> Answer:
        """Read the cluster, replace its ranges, write it back."""
        body = (await self.arm("GET", cluster.id)).json
        profile = body["properties"].get("apiServerAccessProfile") or {}
        body["properties"]["apiServerAccessProfile"] = {**profile, "authorizedIPRanges": list(ranges)}
        return await self.arm("PUT", cluster.id, json=body, **more)

    async def knock(self, cluster: Cluster, path: str = "/version", **more: Any) -> Answer:
        return await self.ask("GET", f"https://{cluster.hosts[0]}{path}", trust=cluster.ca_pem, **more)


@asynccontextmanager
async def shell(azure: SimulatedAzure, person: str = "ada", **place: str) -> AsyncIterator[Person]:
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as http:
        yield Person(azure, azure.open_session(person, **place), http)
