"""One Bastion host as an aiohttp application: `/api/tokens` and the websocket behind it.

The wire is that of the `bastion` extension of az (azure-cli-extensions `tunnel.py`): a form is exchanged for a session,
its websocket token opens one websocket, its authToken deletes it; every request after the first names the instance
with `X-Node-Id`. Statuses of refusals are decisions of ours, as the sentences are: the extension shows `message` and
tells 200, 204 and 404 apart. No token is ever in a message.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from aiohttp import web
from aiohttp.typedefs import Handler

from aksess_sim.internet.dialing import Dialled, Unreached
from aksess_sim.services.bastion.frames import Code
from aksess_sim.services.bastion.tunnel import Tunnel
from aksess_sim.services.bastion.upgrade import agreement
from aksess_sim.world.bastion_rules import Exchange, check_available, check_target, exchange, identified
from aksess_sim.world.bastions import Bastion, BastionSession, End
from aksess_sim.world.refusals import Refused
from aksess_sim.world.state import World

Connection = AbstractAsyncContextManager[asyncio.Transport]
Connect = Callable[[str, Dialled], Connection]
"""Connects a Bastion host's machine to a cluster (by its id); raises Unreached."""

NODE = "X-Node-Id"
_LARGEST_FORM = 64 * 1024
_STATUS = {
    "BadExchange": 400,
    "InvalidToken": 401,
    "Forbidden": 403,
    "TunnellingOff": 403,
    "TargetNotFound": 404,
    "SessionNotFound": 404,
    "PodNotFound": 404,
    "TooManySessions": 429,
    "HostUnavailable": 503,
}
_FAREWELL = {End.DELETED: (Code.NORMAL, "deleted"), End.RESTART: (Code.GOING_AWAY, "maintenance")}


def application(world: World, bastion: Bastion, connect: Connect) -> web.Application:
    """The host, ready to be run; sessions are the world's, open websockets end with the application."""
    service = _Service(world, bastion, connect)
    app = web.Application(client_max_size=_LARGEST_FORM, middlewares=[_refusals])
    app.add_routes(
        [
            web.post("/api/tokens", service.exchange),
            web.delete("/api/tokens/{token}", service.delete),
            web.get("/webtunnelv2/{token}", service.open),
            web.post("/api/connection", service.pod),
        ]
    )
    return app


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return web.json_response({"message": refused.message}, status=_STATUS[refused.code])


async def _form(request: web.Request) -> dict[str, str]:
    """The fields of a form. Raises Refused `BadExchange` for a body that is none."""
    try:
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    except (ValueError, LookupError):
        raise Refused("BadExchange", "The body is not a form.") from None


class _Service:
    def __init__(self, world: World, bastion: Bastion, connect: Connect) -> None:
        self._world = world
        self._bastion = bastion
        self._connect = connect

    async def exchange(self, request: web.Request) -> web.Response:
        """An ARM token for a session."""
        form = await _form(request)
        asked = Exchange(
            resource_id=form.get("resourceId", ""),
            protocol=form.get("protocol", ""),
            port=form.get("workloadHostPort", ""),
            arm_token=form.get("aztoken", ""),
            previous=form.get("token", ""),
            hostname=form.get("hostname", ""),
            node=request.headers.get(NODE, ""),
        )
        session = exchange(self._world, self._bastion, asked)
        return web.json_response(
            {
                "authToken": session.auth_token,
                "username": "",
                "dataSource": "default",
                "availableDataSources": ["default"],
                "nodeId": session.node,
                "websocketToken": session.websocket_token,
            }
        )

    async def pod(self, request: web.Request) -> web.Response:
        """The data pod that carries the sessions of a Developer host, as text (`developer_sku_helper.py`)."""
        check_available(self._bastion)
        try:
            asked = await request.json()
            token, target = str(asked["azToken"]), str(asked["resourceId"])
        except (ValueError, KeyError, TypeError):
            raise Refused("BadExchange", "The body must name azToken and resourceId.") from None
        check_target(self._world, self._bastion, identified(self._world, token), target)
        if self._bastion.pod is None:
            raise Refused("PodNotFound", f"A Bastion host of SKU {self._bastion.sku} has no data pod.")
        return web.Response(text=self._bastion.pod)

    async def delete(self, request: web.Request) -> web.Response:
        """The end of a session; 404 when it is none of this instance's."""
        check_available(self._bastion)
        self._bastion.delete(request.match_info["token"], request.headers.get(NODE, ""))
        return web.Response(status=204)

    async def open(self, request: web.Request) -> web.StreamResponse:
        """The websocket, from handshake to end."""
        check_available(self._bastion)
        response = web.StreamResponse(status=101, headers=agreement(request.headers))
        session = self._bastion.open(request.match_info["token"], request.query.get(NODE, ""))
        transport = request.transport
        if transport is None:
            self._bastion.over(session)
            raise ConnectionResetError("the client left")
        tunnel = Tunnel(transport, request.protocol, self._world.clock)
        session.hang_up = lambda end: tunnel.close(*_FAREWELL[end])
        try:
            await response.prepare(request)
            await self._carry(session, tunnel)
        finally:
            tunnel.abort()
            self._bastion.over(session)
        return response

    async def _carry(self, session: BastionSession, tunnel: Tunnel) -> None:
        """Connect, and let bytes go both ways until either side ends; then see the client off."""
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._watch(tunnel), name="idle watch")
            try:
                async with self._connect(session.target, tunnel.target):
                    tunnel.begin()
                    await tunnel.parted.wait()
            except Unreached:
                tunnel.close(Code.INTERNAL_ERROR, "the target cannot be reached")
            self._bastion.over(session)
            await tunnel.over.wait()
            watch.cancel()

    async def _watch(self, tunnel: Tunnel) -> None:
        """Forget a flow that has been idle for too long."""
        clock, idle = self._world.clock, self._bastion.timings.idle
        while (left := tunnel.last_byte + idle - clock.elapsed()) > 0:
            await clock.sleep(left)
            if tunnel.held_back:
                tunnel.last_byte = clock.elapsed()
        tunnel.forget()
