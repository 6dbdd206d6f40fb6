"""From a request to its handler: who asks, about what, may they; and every refusal written as a Status."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from aksess_sim.services.apiserver.containers.container import Containers
from aksess_sim.services.apiserver.controllers.plane import ControlPlane
from aksess_sim.services.apiserver.handlers import (
    exec as execution,
)
from aksess_sim.services.apiserver.handlers import (
    logs,
    patching,
    port_forward,
    public,
    reading,
    reviews,
    rights,
    subresources,
    target,
    watching,
    writing,
)
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.identity import User
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.refusals import Refusal
from aksess_sim.services.apiserver.patches.server_side_apply import Appliers
from aksess_sim.services.apiserver.wire import bodies

Authenticate = Callable[[str | None], User | None]


class Dispatcher:
    """The one handler behind every path."""

    def __init__(self, version: str, plane: ControlPlane, authenticate: Authenticate) -> None:
        self._version = version
        self._plane = plane
        self._authenticate = authenticate
        self._appliers = Appliers()
        self._containers = Containers(plane.store, plane.clock)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; a refusal becomes its Status."""
        try:
            return await self._answer(request)
        except Refusal as refusal:
            return _told(refusal)
        except web.HTTPRequestEntityTooLarge:
            return _told(refusals.too_large(bodies.LARGEST))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.rstrip("/")
        credentials = request.headers.get("Authorization")
        user = self._authenticate(credentials)
        # A wrong token is refused everywhere; only no token at all makes an anonymous caller.
        if user is None and (credentials is not None or path not in rights.PUBLIC_PATHS):
            raise refusals.unauthorized()
        if path in rights.PUBLIC_PATHS:
            return public.version(self._version) if path == "/version" else public.health()
        if user is None:
            raise refusals.unauthorized()
        root, _, rest = path.strip("/").partition("/")
        if root == "openapi":
            return public.open_api(request)
        if root not in ("api", "apis"):
            raise refusals.no_such_resource()
        if rest.count("/") < (1 if root == "api" else 2):
            return public.discover(request)
        return await self._on_resource(request, user, path)

    async def _on_resource(self, request: web.Request, user: User, path: str) -> web.StreamResponse:
        about = target.parse(path)
        call = Call(request, about, user, self._plane, self._appliers, self._containers)
        verb = target.verb(request.method, about, watch=call.flag("watch"))
        if verb not in about.kind.verbs:
            raise refusals.method_not_allowed()
        rights.check(user, verb, about)
        self._plane.follow_nodes()
        if not about.kind.stored:
            return await reviews.answer(call)
        if about.subresource not in ("", "status"):
            return await _on_subresource(call, verb)
        return await _ON_OBJECTS[verb](call)


_ON_OBJECTS: dict[str, Callable[[Call], Awaitable[web.StreamResponse]]] = {
    "get": reading.get,
    "list": reading.list_,
    "watch": watching.watch,
    "create": writing.create,
    "update": writing.update,
    "patch": patching.patch,
    "delete": writing.delete,
    "deletecollection": writing.delete_collection,
}


async def _on_subresource(call: Call, verb: str) -> web.StreamResponse:
    match call.target.subresource, verb:
        case "scale", "get" | "update" | "patch":
            return await subresources.scale(call)
        case "eviction", "create":
            return await subresources.evict(call)
        case "log", "get":
            return await logs.logs(call)
        case "exec" | "attach", _:
            return await execution.run(call)
        case "portforward", _:
            return await port_forward.forward(call)
    raise refusals.method_not_allowed()


def _told(refusal: Refusal) -> web.Response:
    return web.json_response(refusal.status(), status=refusal.code)
