"""The one door of every simulated shell: an HTTP CONNECT proxy that knows who asks and forwards nothing anywhere.

A connection's user name is the session it belongs to (407 when unknown). A host that can be reached gets TLS on the
same connection and the fake service behind it; a name that does not resolve or refuses is answered 502; a host that
drops packets is answered 504 when a client's patience is over. Requests in absolute form go to the plain service.
"""

import asyncio
from collections.abc import Callable
from typing import Self

from aksess_sim.faults import Fault, Kind
from aksess_sim.internet.caller import CALLER, Caller
from aksess_sim.internet.gateway import Gateway
from aksess_sim.internet.handover import hand_over, hand_over_tls
from aksess_sim.internet.knocking import knock
from aksess_sim.internet.line import Line
from aksess_sim.internet.reachability import HTTPS, Reach
from aksess_sim.internet.request_head import NotAProxyRequest, RequestHead, authority, parse_head
from aksess_sim.journal import Entry

LOOPBACK = "127.0.0.1"
UNREACHED = {
    Reach.UNRESOLVED: (502, "Bad Gateway", "could not resolve host {host}"),
    Reach.REFUSED: (502, "Bad Gateway", "connection to {host} refused"),
    Reach.SILENT: (504, "Gateway Timeout", "connection to {host} timed out"),
}
CROWD = 1000
"""Connections that may wait to be accepted: on this machine all shells share one door, on the internet they do not."""


class Proxy:
    """Serves one gateway at a time; an asynchronous context manager that owns every task it starts."""

    def __init__(self, gateway: Gateway, callers: Callable[[str, str], Caller | None]) -> None:
        self.gateway = gateway
        self.port = 0
        self._callers = callers
        self._tasks = asyncio.TaskGroup()
        self._lines: set[Line] = set()
        self._answers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Line(self._begin, self._lines), LOOPBACK, 0, backlog=CROWD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for line in tuple(self._lines):
            line.hang_up()
        for answer in self._answers:
            answer.cancel()
        await self._tasks.__aexit__(None, None, None)

    def _begin(self, line: Line) -> "asyncio.Task[None]":
        answer = self._tasks.create_task(self._serve(line), name="proxy connection")
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        return answer

    async def _serve(self, line: Line) -> None:
        """Answer one connection; a client that breaks off is no error of ours."""
        try:
            head = parse_head(line.head)
            caller = self._callers(*head.credentials) if head.credentials else None
            if caller is None:
                self._unknown_caller(line, head)
            elif head.method == "CONNECT":
                await self._connect(line, caller, *authority(head.target))
            else:
                CALLER.set(caller)
                hand_over(line.release(), self.gateway.plain.protocol, [line.received])
        except NotAProxyRequest as error:
            line.refuse(400, "Bad Request", f"not a request for a proxy: {error}")
        except OSError:
            line.hang_up()

    def _unknown_caller(self, line: Line, head: RequestHead) -> None:
        host = head.target if head.method == "CONNECT" else ""
        journal = self.gateway.journal
        journal.end(journal.begin(head.method, host), 407, "no such session")
        line.refuse(
            407,
            "Proxy Authentication Required",
            "no simulated shell of that name and password",
            'Proxy-Authenticate: Basic realm="simulated Cloud Shell"',
        )

    async def _connect(self, line: Line, caller: Caller, host: str, port: int) -> None:
        gateway = self.gateway
        named = host if port == HTTPS else f"{host}:{port}"
        entry = gateway.journal.begin("CONNECT", named, session=caller.session, person=caller.person)
        fault = gateway.faults.take("CONNECT", host, "", caller.session)
        if fault and not await self._survives(line, fault, entry):
            return
        reach = await knock(gateway, caller, host, port)
        if reach is not Reach.OPEN:
            status, reason, text = UNREACHED[reach]
            gateway.journal.end(entry, status, text.format(host=host))
            line.refuse(status, reason, text.format(host=host))
            return
        if line.early:
            raise NotAProxyRequest("bytes before the tunnel was open")
        service = await gateway.service(host)
        gateway.journal.end(entry, 200)
        CALLER.set(caller)
        line.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await hand_over_tls(line.release(), service.context(host), service.protocol)

    async def _survives(self, line: Line, fault: Fault, entry: Entry) -> bool:
        """Let a fault strike the way to a host; whether there still is a way afterwards."""
        journal = self.gateway.journal
        match fault.kind:
            case Kind.SLOW:
                await self.gateway.clock.sleep(fault.seconds)
                return True
            case Kind.HANG:
                journal.end(entry, None, "hang")
                await line.lost.wait()
            case Kind.STATUS:
                journal.end(entry, fault.status, "fault")
                line.refuse(fault.status, "Fault", fault.message)
            case _:
                journal.end(entry, None, "cut")
                line.hang_up()
        return False
