"""Requests in absolute form: only the one plain-HTTP host of a Cloud Shell is there, all others are refused aloud.

A pod is no Cloud Shell: nothing is there for it, least of all a token of the person whose command it runs.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from aksess_sim.internet.caller import CALLER


def only_for(host: str, port: int, application: web.Application) -> web.Application:
    """Let only requests to `host:port` through to an application that has not been started; 502 for any other."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if CALLER.get().cluster is not None:
            return web.Response(status=502, text="a pod has no way out but HTTPS\n")
        if (request.url.scheme, request.url.host, request.url.port) == ("http", host, port):
            return await handler(request)
        text = f"there is no way to {request.url.origin()}: plain HTTP goes to http://{host}:{port} only, use HTTPS\n"
        return web.Response(status=502, text=text)

    application.middlewares.insert(0, check)
    return application
