"""One cluster's API server, composed from its parts; it holds no rule of its own."""

from collections.abc import Callable, Sequence

from aiohttp import web

from aksess_sim.services.apiserver.controllers.plane import ControlPlane
from aksess_sim.services.apiserver.handlers.dispatch import Dispatcher
from aksess_sim.services.apiserver.identity import NodeView, User
from aksess_sim.services.apiserver.wire import bodies
from aksess_sim.world.clock import WorldClock


class ApiServer:
    """A Kubernetes API server with its own object store, made inside a running event loop.

    `version` is Kubernetes' own without the `v`, such as `1.33.2`. `authenticate` gets the value of the Authorization
    header (None when there is none) and returns who that is, or None for a 401. `nodes` is asked at every request and
    while somebody watches, so that nodes turn NotReady before their eyes.
    """

    def __init__(
        self,
        *,
        version: str,
        clock: WorldClock,
        authenticate: Callable[[str | None], User | None],
        nodes: Callable[[], Sequence[NodeView]],
    ) -> None:
        self._dispatcher = Dispatcher(version, ControlPlane(clock, nodes), authenticate)

    def application(self) -> web.Application:
        """The aiohttp application that serves it; several applications share the one cluster."""
        application = web.Application(client_max_size=bodies.LARGEST)
        application.router.add_route("*", "/{path:.*}", self._dispatcher.handle)
        return application
