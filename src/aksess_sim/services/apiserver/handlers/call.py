"""One request with everything a handler needs beside it."""

from dataclasses import dataclass

from aiohttp import web

from aksess_sim.services.apiserver.containers.container import Containers
from aksess_sim.services.apiserver.controllers.plane import ControlPlane
from aksess_sim.services.apiserver.handlers.target import Target
from aksess_sim.services.apiserver.identity import User
from aksess_sim.services.apiserver.objects import selectors
from aksess_sim.services.apiserver.objects.store import Store
from aksess_sim.services.apiserver.patches.server_side_apply import Appliers


@dataclass(frozen=True)
class Call:
    """A request whose caller is known and may make it."""

    request: web.Request
    target: Target
    user: User
    plane: ControlPlane
    appliers: Appliers
    containers: Containers

    @property
    def store(self) -> Store:
        """The cluster's objects."""
        return self.plane.store

    @property
    def dry_run(self) -> bool:
        """Whether the caller only wants to see what would become of it."""
        return "dryRun" in self.request.query

    def query(self, name: str, default: str = "") -> str:
        """One value of the query."""
        return self.request.query.get(name, default)

    def flag(self, name: str) -> bool:
        """A boolean of the query, as Go writes it."""
        return self.query(name) in ("true", "1")

    def selection(self) -> selectors.Test:
        """The query's label and field selectors, and the name where the URL has one."""
        chosen = selectors.selection(self.query("labelSelector"), self.query("fieldSelector"))
        name = self.target.name
        return chosen if not name else lambda item: item["metadata"]["name"] == name and chosen(item)
