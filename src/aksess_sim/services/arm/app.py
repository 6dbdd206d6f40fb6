"""management.azure.com as an aiohttp application: the same steps for every request, then the route's handler.

Order: who asks, which route, how often, may they, does the place exist, what was sent. Nothing here knows a resource.
"""

import uuid
from collections.abc import Awaitable, Mapping

from aiohttp import web

from aksess_sim.services.arm import (
    clusters,
    commands,
    credentials,
    deployments,
    groups,
    lookups,
    operations,
    permissions,
    providers,
    resources,
    role_assignments,
    subscriptions,
    user_settings,
)
from aksess_sim.services.arm.authentication import authenticated, authorize, challenge
from aksess_sim.services.arm.errors import refusal
from aksess_sim.services.arm.exchange import Answer, Asked, Page, retry_after
from aksess_sim.services.arm.routing import Route, Router
from aksess_sim.world.people import Person
from aksess_sim.world.quotas import Quota
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import group_id
from aksess_sim.world.state import World

_PARTS = (
    permissions,
    subscriptions,
    providers,
    groups,
    clusters,
    credentials,
    commands,
    operations,
    deployments,
    role_assignments,
    resources,
    lookups,
    user_settings,
)
_LARGEST_BODY = 4 * 1024 * 1024
"""ARM docs request-limits-and-throttling: a request body has at most 4 MB."""


def application(world: World) -> web.Application:
    """The host, ready to be run; state is the world's alone."""
    service = _Service(world)
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.router.add_route("*", "/{path:.*}", service.handle)
    return app


class _Service:
    def __init__(self, world: World) -> None:
        self._world = world
        self._router = Router(route for part in _PARTS for route in part.routes())

    async def handle(self, request: web.Request) -> web.Response:
        """One request, from wire to wire."""
        self._world.settle()
        content = await request.read()
        answer = await self._answer(request, content)
        identifiers = {"x-ms-request-id": str(uuid.uuid4()), "x-ms-correlation-request-id": str(uuid.uuid4())}
        headers = {"Cache-Control": "no-cache"} | identifiers | dict(answer.headers)
        if answer.body is None:
            return web.Response(status=answer.status, headers=headers)
        if isinstance(answer.body, Page):
            return web.Response(text=answer.body.html, content_type="text/html", status=answer.status, headers=headers)
        return web.json_response(answer.body, status=answer.status, headers=headers)

    async def _answer(self, request: web.Request, content: bytes) -> Answer:
        try:
            person = authenticated(self._world, request.headers)
        except Refused as refused:
            answer = refusal(refused)
            return Answer(answer.body, answer.status, {"WWW-Authenticate": challenge(self._world)})
        try:
            route, names = self._router.find(request.method, request.path)
            limits = self._spend(request.method, person, names.get("subscription", ""))
        except Refused as refused:
            return self._refusal(refused, bare=False)
        try:
            told = route.handler(self._asked(request, content, person, route, names))
            answer = await told if isinstance(told, Awaitable) else told
        except Refused as refused:
            answer = self._refusal(refused, bare=route.bare)
        return Answer(answer.body, answer.status, limits | dict(answer.headers))

    def _asked(
        self, request: web.Request, content: bytes, person: Person, route: Route, names: Mapping[str, str]
    ) -> Asked:
        if "api-version" not in request.query:
            message = "The api-version query parameter (?api-version=) is required for all requests."
            raise Refused("MissingApiVersionParameter", message)
        self._check_subscription(names)
        if route.action:
            authorize(self._world, person, route.action, route.scope_of(names))
        self._check_group(names)
        body = route.reads(content) if request.method in ("PUT", "PATCH") or content else {}
        return Asked(self._world, person, request.path.rstrip("/"), names, request.query, request.headers, body)

    def _check_subscription(self, names: Mapping[str, str]) -> None:
        subscription = names.get("subscription")
        if subscription is not None and subscription.lower() not in self._world.subscriptions:
            raise Refused("SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")

    def _check_group(self, names: Mapping[str, str]) -> None:
        group = names.get("group")
        if group is not None and group_id(names["subscription"], group).lower() not in self._world.groups:
            raise Refused("ResourceGroupNotFound", f"Resource group '{group}' could not be found.")

    def _spend(self, method: str, person: Person, subscription: str) -> dict[str, str]:
        reads = method in ("GET", "HEAD")
        quota = Quota.ARM_READ if reads else Quota.ARM_WRITE
        scope = f"{person.object_id}/{subscription}"
        try:
            self._world.quotas.spend(quota, scope)
        except Refused as refused:
            message = f"Number of requests exceeded the limit. {refused.message}"
            code = "SubscriptionRequestsThrottled"
            raise Refused(code, message, retry_after=refused.retry_after) from None
        remaining = str(self._world.quotas.remaining(quota, scope))
        level = "subscription" if subscription else "tenant"
        return {f"x-ms-ratelimit-remaining-{level}-{'reads' if reads else 'writes'}": remaining}

    def _refusal(self, refused: Refused, *, bare: bool) -> Answer:
        wait = refused.retry_after
        return refusal(refused, bare=bare, retry_after=None if wait is None else retry_after(self._world, wait))
