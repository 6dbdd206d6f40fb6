"""login.microsoftonline.com: discovery, signing keys, and tokens for applications.

People do not sign in here (their Cloud Shell has a token endpoint of its own); service principals do, with a secret or
with a federated assertion. Shapes follow the Microsoft identity platform's OAuth 2.0 reference.
"""

import hmac
from typing import Any

from aiohttp import web

from aksess_sim.world.people import Application, Person
from aksess_sim.world.state import World
from aksess_sim.world.tokens import FEDERATION_AUDIENCE, LIFETIME, TokenRefused

_HOST = "login.microsoftonline.com"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def application(world: World) -> web.Application:
    """The host as an aiohttp application."""
    login = _Login(world)
    app = web.Application()
    app.router.add_get("/common/discovery/instance", login.instances)
    # MSAL asks `/common//v2.0/...` when an authority ends in a slash, as az's does, and Entra answers.
    app.router.add_get("/{tenant}{slashes:/+}v2.0/.well-known/openid-configuration", login.configuration)
    app.router.add_get("/{tenant}/.well-known/openid-configuration", login.configuration)
    app.router.add_get("/{tenant}/discovery/v2.0/keys", login.keys)
    app.router.add_post("/{tenant}/oauth2/v2.0/token", login.token)
    app.router.add_post("/{tenant}/oauth2/token", login.token)
    return app


class _OAuthError(Exception):
    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status


class _Login:
    def __init__(self, world: World) -> None:
        self._world = world

    async def instances(self, request: web.Request) -> web.Response:
        """Which names mean the same cloud."""
        aliases = [_HOST, "login.windows.net", "login.microsoft.com", "sts.windows.net"]
        cloud = {"preferred_network": _HOST, "preferred_cache": "login.windows.net", "aliases": aliases}
        tenant = request.query.get("authorization_endpoint", "").removeprefix(f"https://{_HOST}/").split("/")[0]
        endpoint = f"https://{_HOST}/{tenant or 'common'}/v2.0/.well-known/openid-configuration"
        return web.json_response({"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": [cloud]})

    async def configuration(self, request: web.Request) -> web.Response:
        """The OpenID Connect discovery document of a tenant (or of `common` and its kind)."""
        try:
            tenant = self._tenant(request.match_info["tenant"])
        except _OAuthError as error:
            return _refusal(error)
        base = f"https://{_HOST}/{tenant}"
        return web.json_response(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "response_types_supported": ["code", "id_token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "cloud_instance_name": "microsoftonline.com",
                "tenant_region_scope": "EU",
            }
        )

    async def keys(self, _: web.Request) -> web.Response:
        """The world's public key."""
        return web.json_response(self._world.tokens.public_keys())

    async def token(self, request: web.Request) -> web.Response:
        """A token for an application that proves itself."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        try:
            self._tenant(request.match_info["tenant"])
            if form.get("grant_type") != "client_credentials":
                raise _OAuthError("unsupported_grant_type", "AADSTS70003: only client_credentials is known here.")
            audience = _audience(form)
            person = self._client(form)
        except _OAuthError as error:
            return _refusal(error)
        token = self._world.tokens.mint(person, audience)
        seconds = int(LIFETIME.total_seconds())
        return web.json_response(
            {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}
        )

    def _tenant(self, name: str) -> str:
        people = self._world.people
        if name.lower() in ("common", "organizations", "consumers"):
            return name.lower()
        if name.lower() in (people.tenant_id, people.domain):
            return people.tenant_id
        raise _OAuthError("invalid_request", f"AADSTS90002: Tenant '{name}' not found.")

    def _client(self, form: dict[str, str]) -> Person:
        client_id = form.get("client_id", "")
        person = self._world.people.by_client_id(client_id)
        if person is None or person.application is None:
            message = f"AADSTS700016: Application with identifier '{client_id}' was not found in the directory."
            raise _OAuthError("unauthorized_client", message)
        if "client_assertion" in form:
            self._check_assertion(form, person.application)
        elif not hmac.compare_digest(form.get("client_secret", "").encode(), person.application.secret.encode()):
            message = "AADSTS7000215: Invalid client secret provided."
            raise _OAuthError("invalid_client", message, status=401)
        return person

    def _check_assertion(self, form: dict[str, str], application: Application) -> None:
        if form.get("client_assertion_type") != _ASSERTION_TYPE:
            raise _OAuthError("invalid_request", "AADSTS900144: 'client_assertion_type' is not jwt-bearer.")
        try:
            claims = self._world.tokens.verify(form["client_assertion"], [FEDERATION_AUDIENCE])
        except TokenRefused as refused:
            raise _OAuthError("invalid_client", f"AADSTS700024: {refused}.", status=401) from refused
        if application.federated_subject is None or claims["sub"] != application.federated_subject:
            message = f"AADSTS700213: No matching federated identity record found for '{claims['sub']}'."
            raise _OAuthError("invalid_client", message, status=401)


def _audience(form: dict[str, str]) -> str:
    """Version 2.0 asks with a scope `X/.default`, version 1.0 with a resource."""
    if "scope" in form:
        scope = next((part for part in form["scope"].split() if part.endswith("/.default")), "")
        audience = scope.removesuffix("/.default")
    else:
        audience = form.get("resource", "")
    if not audience:
        raise _OAuthError("invalid_scope", "AADSTS1002012: The scope must end in /.default.")
    return audience


def _refusal(error: _OAuthError) -> web.Response:
    body: dict[str, Any] = {"error": error.code, "error_description": error.description}
    return web.json_response(body, status=error.status)
