"""A person at the simulated ARM: real HTTP on loopback, a token of the world, JSON in and out."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp.test_utils import TestClient, TestServer

from aksess_sim.services.arm.app import application
from aksess_sim.world.state import World

AUDIENCE = "https://management.azure.com/"
VERSION = {"api-version": "2026-06-01"}


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The error code, wrapped or bare."""
        return str(self.body.get("error", self.body)["code"])


class Arm:
    def __init__(self, world: World, client: Any) -> None:
        self.world = world
        self._client = client

    async def __call__(
        self,
        method: str,
        path: str,
        person: str = "ada",
        *,
        body: Any = None,
        query: Mapping[str, str] = VERSION,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        token = self.world.tokens.mint(self.world.person(person), AUDIENCE)
        sent = {"Authorization": f"Bearer {token}"} | dict(headers or {})
        async with self._client.request(method, path, params=query, json=body, headers=sent) as response:
            empty = not await response.read()
            return Reply(response.status, None if empty else await response.json(), response.headers)

    async def follow(self, address: str, person: str = "ada") -> Reply:
        """GET an absolute address that an answer gave."""
        parts = urlsplit(address)
        assert parts.netloc == "management.azure.com"
        return await self("GET", f"{parts.path}?{parts.query}", person, query={})

    def cluster(self, name: str) -> str:
        """The id of a cluster by its name."""
        return self.world.cluster_named(name).id

    @property
    def subscription(self) -> str:
        """The path of the first subscription."""
        return f"/subscriptions/{next(iter(self.world.subscriptions))}"

    @property
    def group(self) -> str:
        """The path of rg-demo."""
        return f"{self.subscription}/resourceGroups/rg-demo"


@asynccontextmanager
async def arm(world: World) -> AsyncIterator[Arm]:
    """ARM for a world, on a loopback port."""
    async with TestClient(TestServer(application(world))) as client:
        yield Arm(world, client)
