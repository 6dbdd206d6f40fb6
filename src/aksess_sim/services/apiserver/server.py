"""One cluster's API server, composed from its parts; it holds no rule of its own."""

from collections.abc import Callable, Sequence

from aiohttp import web

from aksess_sim.services.apiserver.identity import NodeView, User
from aksess_sim.world.clock import WorldClock


class ApiServer:
    """A Kubernetes API server with its own object store, made inside a running event loop.

    `authenticate` gets the value of the Authorization header (None when there is none) and returns who that is, or
    None for a 401. `nodes` is asked at every request, so that nodes turn NotReady while somebody watches.
    """

    def __init__(
        self,
        *,
        version: str,
        clock: WorldClock,
        authenticate: Callable[[str | None], User | None],
        nodes: Callable[[], Sequence[NodeView]],
    ) -> None:
        self._version = version
        self._clock = clock
        self._authenticate = authenticate
        self._nodes = nodes

    def application(self) -> web.Application:
        """The aiohttp application that serves it."""
        return web.Application()
