"""The middleware in front of every service: writes the journal and lets armed faults strike.

Services know neither. It stands outermost, so that answers the application itself makes (404, 405) are seen too.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from aksess_sim.faults import Fault, Faults, Kind
from aksess_sim.internet.caller import CALLER
from aksess_sim.journal import Journal, public_path
from aksess_sim.world.clock import WorldClock

CUTTING = frozenset({Kind.CUT, Kind.CUT_AFTER})


@dataclass(frozen=True)
class Observer:
    """One world's eyes on its services."""

    clock: WorldClock
    journal: Journal
    faults: Faults
    settle: Callable[[], None]
    """Lets happen in the world what is due; called before a service looks at it."""
    fail_next: Callable[[str, Fault], None]
    """Lets the next operation on a resource id fail."""
    never: asyncio.Event = field(default_factory=asyncio.Event)
    """What a hanging request waits for; cancelled when the service stops."""

    def watch(self, application: web.Application) -> web.Application:
        """Stand in front of an application that has not been started."""

        @web.middleware
        async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._observe(request, handler)

        application.middlewares.insert(0, observe)
        application.on_response_prepare.append(self._date)
        return application

    async def _date(self, request: web.Request, response: web.StreamResponse) -> None:
        """Answers carry the world's date, which on a loop with virtual time is not this machine's."""
        del request
        response.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)

    async def _observe(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        caller = CALLER.get()
        host = request.url.host or request.host
        path = public_path(request.url)
        entry = self.journal.begin(request.method, host, path, session=caller.session, person=caller.person)
        fault = self.faults.take(request.method, host, request.path, caller.session)
        self.settle()
        try:
            response = await self._answer(request, handler, fault)
        except web.HTTPException as error:
            self.journal.end(entry, error.status)
            raise
        cut = fault is not None and fault.kind in CUTTING
        self.journal.end(entry, None if cut else response.status, fault.kind if fault else "")
        return response

    async def _answer(self, request: web.Request, handler: Handler, fault: Fault | None) -> web.StreamResponse:
        if fault is None:
            return await handler(request)
        match fault.kind:
            case Kind.STATUS:
                return _error(fault)
            case Kind.CUT:
                return _cut(request)
            case Kind.CUT_AFTER:
                await handler(request)
                return _cut(request)
            case Kind.HANG:
                await self.never.wait()
            case Kind.SLOW:
                # On its way it cannot be called back: it arrives even if its client has left meanwhile.
                await request.read()
                await self.clock.sleep(fault.seconds)
                self.settle()
            case Kind.OPERATION_FAILS:
                self.fail_next(request.path, fault)
        return await handler(request)


def _error(fault: Fault) -> web.Response:
    """The fault's own body, else an error in ARM's shape (REST reference, common error response)."""
    if fault.body is not None:
        return web.Response(text=fault.body, status=fault.status, headers=fault.headers)
    body = {"error": {"code": fault.code, "message": fault.message}}
    return web.json_response(body, status=fault.status, headers=fault.headers)


def _cut(request: web.Request) -> web.Response:
    """Break the connection; the answer returned is written nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
