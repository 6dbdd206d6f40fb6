"""The control host: how other processes of the same person ask about a world, open shells in it and arm faults.

Plain HTTP on a loopback port, with a random bearer token that stands in a file only its owner can read. It is no part
of the simulated internet: nothing in a simulated shell can reach it by name.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from aksess_sim.cloudshell import Session
from aksess_sim.faults import Fault, Kind
from aksess_sim.host import SimulatedAzure
from aksess_sim.world.bastions import Bastion, State
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.shell_starts import ShellFailed
from aksess_sim.world.state import World

LOOPBACK = "127.0.0.1"


class Control:
    """An asynchronous context manager; `rebuild` makes the world anew for a reset, `stop` ends whoever holds it."""

    def __init__(self, azure: SimulatedAzure, *, rebuild: Callable[[], World], stop: Callable[[], None]) -> None:
        self.token = secrets.token_urlsafe(32)
        self.port = 0
        self._azure = azure
        self._rebuild = rebuild
        self._stop = stop
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        application.add_routes(
            [
                web.get("/status", self._status),
                web.post("/reset", self._reset),
                web.post("/stop", self._end),
                web.post("/sessions", self._open_session),
                web.get("/journal", self._journal),
                web.post("/bastions/restart", self._restart_bastion),
                web.get("/faults", self._armed),
                web.post("/faults", self._arm),
                web.delete("/faults", self._disarm),
            ]
        )
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only who could read the state file may speak; a wrong request is answered with a sentence."""
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return web.json_response({"error": "wrong control token"}, status=401)
        try:
            return await handler(request)
        except ShellFailed as failed:
            return web.json_response({"error": str(failed), "code": "shell-failed"}, status=409)
        except (KeyError, ValueError, TypeError) as error:
            return web.json_response({"error": str(error.args[0] if error.args else error)}, status=400)

    async def _status(self, _request: web.Request) -> web.Response:
        world = self._azure.world
        world.settle()
        return web.json_response(
            {
                "speed": world.clock.speed,
                "elapsed": round(world.clock.elapsed(), 3),
                "people": [person.name for person in world.people],
                "clusters": [_cluster(world, cluster) for cluster in world.clusters.values()],
                "bastions": [_bastion(bastion) for bastion in world.bastions],
                "sessions": [_session(session) for session in self._azure.sessions()],
                "faults": len(self._azure.faults.armed()),
            }
        )

    async def _reset(self, _request: web.Request) -> web.Response:
        await self._azure.reset(self._rebuild())
        return web.json_response({})

    async def _end(self, _request: web.Request) -> web.Response:
        self._stop()
        return web.json_response({})

    async def _open_session(self, request: web.Request) -> web.Response:
        """The answer holds the proxy password: it goes to the owner of the world only."""
        wanted = await request.json()
        session = self._azure.open_session(
            wanted.get("person") or "ada", address=wanted.get("address"), network=wanted.get("network")
        )
        secret = {"password": session.password, "proxy_port": session.proxy_port}
        place = {"tenant_id": session.tenant_id, "location": session.location}
        return web.json_response(_session(session) | secret | place)

    async def _restart_bastion(self, request: web.Request) -> web.Response:
        world = self._azure.world
        world.settle()
        bastion = world.bastions.named((await request.json())["name"])
        bastion.restart()
        return web.json_response(_bastion(bastion))

    async def _journal(self, request: web.Request) -> web.Response:
        wanted = {name: request.query.get(name, "") for name in ("method", "host", "path")}
        return web.json_response([asdict(entry) for entry in self._azure.journal.find(**wanted)])

    async def _armed(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in self._azure.faults.armed()])

    async def _arm(self, request: web.Request) -> web.Response:
        fault = _fault(await request.json())
        return web.json_response(asdict(self._azure.faults.arm(fault)))

    async def _disarm(self, _request: web.Request) -> web.Response:
        self._azure.faults.clear()
        return web.json_response({})


def _session(session: Session) -> dict[str, Any]:
    caller = session.caller
    return {
        "session": caller.session,
        "person": caller.person,
        "address": str(caller.address),
        "network": caller.network,
    }


def _cluster(world: World, cluster: Cluster) -> dict[str, Any]:
    """What ARM shows beside what the API server enforces, which is what nobody sees in Azure."""
    return {
        "id": cluster.id,
        "name": cluster.name,
        "group": cluster.resource_group,
        "running": cluster.running,
        "private": cluster.private,
        "state": cluster.body["properties"]["provisioningState"],
        "ranges": cluster.ranges,
        "enforced": list(cluster.enforced),
        "busy": world.operations.running_on(cluster.id) is not None,
    }


def _bastion(bastion: Bastion) -> dict[str, Any]:
    """What a host carries, and what became of all it ever carried, which is what an owner who forgets does not see."""
    now = {state.value: len(bastion.sessions(state)) for state in State}
    return {
        "id": bastion.id,
        "name": bastion.name,
        "group": bastion.resource_group,
        "host": bastion.host,
        "sku": bastion.sku,
        "tunnels": bastion.tunnels,
        "available": bastion.available,
        "capacity": bastion.capacity,
        **now,
        **bastion.tally,
        "left_behind": now[State.ORPHANED.value] + bastion.tally["abandoned"],
    }


def _fault(wanted: dict[str, Any]) -> Fault:
    known = {field.name for field in fields(Fault)} - {"struck"}
    if unknown := sorted(wanted.keys() - known):
        raise ValueError(f"a fault has no `{unknown[0]}`; it has: {', '.join(sorted(known))}")
    return Fault(**{**wanted, "kind": Kind(wanted["kind"])})
