"""http://localhost:50342/oauth2/token: who sits in this Cloud Shell, as a token for one of a fixed list of audiences.

MSAL hard-codes the address. Sources: msal/cloudshell.py (request and needed fields), Azure/CloudShell#109 (the refusal
of an unlisted audience).
"""

from aiohttp import web

from aksess_sim.internet.caller import CALLER
from aksess_sim.world.state import World
from aksess_sim.world.tokens import LIFETIME

AUDIENCES = frozenset(
    {
        "https://management.azure.com",
        "https://management.core.windows.net",
        "https://graph.microsoft.com",
        "https://graph.windows.net",
        "https://vault.azure.net",
        "https://storage.azure.com",
        "https://database.windows.net",
        "https://api.loganalytics.io",
        "https://batch.core.windows.net",
        "https://datalake.azure.net",
        "6dae42f8-4368-4678-94ff-3960e28e3630",
    }
)
"""Without trailing slash; which ones Cloud Shell serves is Microsoft's choice and grows by request."""


def application(world: World) -> web.Application:
    """The token endpoint as an aiohttp application; it answers for the person of the calling shell."""

    async def token(request: web.Request) -> web.Response:
        sent = request.query if request.method == "GET" else await request.post()
        resource = str(sent.get("resource", ""))
        if request.headers.get("Metadata", "").lower() != "true":
            return _refusal("MissingMetadataHeader", "The request needs the header Metadata: true.")
        if resource.rstrip("/") not in AUDIENCES:
            message = f"Audience {resource} is not a supported MSI token audience."
            return _refusal("AudienceNotSupported", message)
        now = int(world.clock.now().timestamp())
        seconds = int(LIFETIME.total_seconds())
        return web.json_response(
            {
                "access_token": world.tokens.mint(world.person(CALLER.get().person), resource),
                "refresh_token": "",
                "expires_in": str(seconds),
                "expires_on": str(now + seconds),
                "not_before": str(now),
                "resource": resource,
                "token_type": "Bearer",
            }
        )

    app = web.Application()
    app.router.add_route("GET", "/oauth2/token", token)
    app.router.add_route("POST", "/oauth2/token", token)
    return app


def _refusal(code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=400)
