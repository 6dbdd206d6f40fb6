"""The observers people ask for their own address: each host answers in its own way, all with the caller's egress.

Answers follow what the real hosts send to a command-line client (their own pages): ipify and ifconfig.me without a line
end, icanhazip and checkip with one.
"""

from aiohttp import web

from aksess_sim.internet.caller import CALLER
from aksess_sim.world.state import World

_WITH_LINE_END = ("icanhazip.com", "checkip.amazonaws.com")


def application(_: World) -> web.Application:
    """All observers in one application, told apart by the Host header."""
    app = web.Application()
    app.router.add_get("/", _address)
    app.router.add_get("/ip", _address)
    return app


async def _address(request: web.Request) -> web.Response:
    host = (request.host or "").split(":")[0].lower()
    address = str(CALLER.get().address)
    if request.path == "/ip" and host != "ifconfig.me":
        raise web.HTTPNotFound
    if host == "api.ipify.org" and request.query.get("format") == "json":
        return web.json_response({"ip": address})
    return web.Response(text=address + ("\n" if host in _WITH_LINE_END else ""))
