"""graph.microsoft.com: who is in the directory, as far as people ask before they assign a role.

Service principals (list with `$filter`, by id, by `appId`), users (alike, by id or name), the caller, and objects by
their ids. Sources: Microsoft Graph REST reference v1.0 (serviceprincipal-list, -get, directoryobject-getbyids,
user-list, -get), its error codes, and what az sends. Nothing can be changed here.
"""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from aksess_sim.services.odata import BadFilter, Dialect, question
from aksess_sim.world.clock import iso
from aksess_sim.world.people import Application, Person
from aksess_sim.world.state import World
from aksess_sim.world.tokens import TokenRefused

_AUDIENCES = ("https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000")
_MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that Microsoft's own applications belong to."""
PAGE_SIZE = 100
_MANY_IDS = 1000

Body = dict[str, Any]
Handler = Callable[[web.Request, Person], Awaitable[Body]]


def application(world: World) -> web.Application:
    """The host as an aiohttp application; v1.0 and beta answer alike."""
    graph = _Graph(world)
    app = web.Application()
    base = "/{version:v1.0|beta}"
    app.router.add_get(base + "/me", graph.asked(graph.me, needs_right=False))
    app.router.add_get(base + "/servicePrincipals", graph.asked(graph.principals))
    app.router.add_get(base + "/servicePrincipals/{id}", graph.asked(graph.principal))
    app.router.add_get(base + "/servicePrincipals(appId='{client_id}')", graph.asked(graph.principal))
    app.router.add_get(base + "/users", graph.asked(graph.users))
    app.router.add_get(base + "/users/{id}", graph.asked(graph.user))
    app.router.add_post(base + "/directoryObjects/getByIds", graph.asked(graph.by_ids))
    app.router.add_route("*", "/{path:.*}", graph.asked(graph.nothing))
    return app


class _GraphError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class _Graph:
    def __init__(self, world: World) -> None:
        self._world = world

    def asked(self, handler: Handler, *, needs_right: bool = True) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The handler behind the steps that all requests share: whose token, and may they read the directory."""

        async def answer(request: web.Request) -> web.Response:
            try:
                person = self._caller(request)
                if needs_right and not person.reads_directory:
                    message = "Insufficient privileges to complete the operation."
                    raise _GraphError(403, "Authorization_RequestDenied", message)
                return web.json_response(await handler(request, person))
            except _GraphError as error:
                return self._refusal(error)

        return answer

    async def me(self, _: web.Request, person: Person) -> Body:
        """Whoever asks, if that is a user."""
        if person.application:
            message = "/me request is only valid with delegated authentication flow."
            raise _GraphError(400, "BadRequest", message)
        return {"@odata.context": _context("users/$entity")} | _user(person)

    async def principals(self, request: web.Request, _: Person) -> Body:
        """A page of the service principals that the filter lets through."""
        found = [_principal(person, app, self._world) for person, app in self._applications()]
        return _page(request, "servicePrincipals", found)

    async def principal(self, request: web.Request, _: Person) -> Body:
        """One service principal by its object id, or by its application's id."""
        wanted = request.match_info.get("id") or request.match_info["client_id"]
        key = "id" if "id" in request.match_info else "appId"
        for person, app in self._applications():
            body = _principal(person, app, self._world)
            if body[key] == wanted.lower():
                return {"@odata.context": _context("servicePrincipals/$entity")} | _selected(body, request)
        raise _not_there(wanted)

    async def users(self, request: web.Request, _: Person) -> Body:
        """A page of the users that the filter lets through."""
        return _page(request, "users", [_user(person) for person in self._world.people if not person.application])

    async def user(self, request: web.Request, _: Person) -> Body:
        """One user by object id or user principal name."""
        wanted = request.match_info["id"]
        for person in self._world.people:
            names = (person.object_id, person.user_principal_name.lower())
            if not person.application and wanted.lower() in names:
                return {"@odata.context": _context("users/$entity")} | _selected(_user(person), request)
        raise _not_there(wanted)

    async def nothing(self, request: web.Request, _: Person) -> Body:
        """Whatever else there is in Graph is not here."""
        segment = request.path.strip("/").partition("/")[2]
        raise _GraphError(400, "BadRequest", f"Resource not found for the segment '{segment}' of this world.")

    async def by_ids(self, request: web.Request, _: Person) -> Body:
        """Users and service principals by their object ids; ids of nobody are left out."""
        try:
            wanted = list(map(str, (await request.json())["ids"]))
        except (ValueError, KeyError, TypeError):
            raise _GraphError(400, "Request_BadRequest", "The property 'ids' is required.") from None
        if len(wanted) > _MANY_IDS:
            raise _GraphError(400, "Request_BadRequest", f"Too many ids: {_MANY_IDS} at most.")
        people = [person for id_ in dict.fromkeys(wanted) if (person := self._world.people.by_object_id(id_.lower()))]
        return {"@odata.context": _context("directoryObjects"), "value": [_object(one, self._world) for one in people]}

    def _applications(self) -> list[tuple[Person, Application]]:
        return [(person, person.application) for person in self._world.people.principals() if person.application]

    def _caller(self, request: web.Request) -> Person:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _GraphError(401, "InvalidAuthenticationToken", "Access token is empty.")
        try:
            claims = self._world.tokens.verify(token.strip(), _AUDIENCES)
        except TokenRefused as refused:
            reasons = {"audience": "Access token validation failure. Invalid audience.",
                       "expired": "Lifetime validation failed, the token is expired."}  # fmt: skip
            message = reasons.get(refused.reason, "Invalid token.")
            raise _GraphError(401, "InvalidAuthenticationToken", message) from refused
        person = self._world.people.by_object_id(str(claims.get("oid")))
        if person is None:
            raise _GraphError(401, "InvalidAuthenticationToken", "The identity of the calling user is not known.")
        return person

    def _refusal(self, error: _GraphError) -> web.Response:
        inner = {"date": iso(self._world.clock.now()), "request-id": str(uuid.uuid4())}
        body = {"error": {"code": error.code, "message": error.message, "innerError": inner}}
        return web.json_response(body, status=error.status)


def _page(request: web.Request, kind: str, found: list[Body]) -> Body:
    text = request.query.get("$filter")
    if text:
        found = _filtered(found, text)
    start, size = _window(request)
    body: Body = {
        "@odata.context": _context(kind),
        "value": [_selected(item, request) for item in found[start : start + size]],
    }
    if start + size < len(found):
        link = request.url.with_scheme("https").with_host("graph.microsoft.com").with_port(None)
        body["@odata.nextLink"] = str(link.update_query({"$skiptoken": str(start + size)}))
    return body


def _not_there(wanted: str) -> _GraphError:
    message = f"Resource '{wanted}' does not exist or one of its queried reference-property objects are not present."
    return _GraphError(404, "Request_ResourceNotFound", message)


def _filtered(items: list[Body], text: str) -> list[Body]:
    try:
        asked = question(text, Dialect(items[0] if items else (), exact=False))
    except BadFilter as error:
        raise _GraphError(400, "Request_UnsupportedQuery", f"Invalid filter clause: {error}.") from None
    return [item for item in items if asked(item)]


def _window(request: web.Request) -> tuple[int, int]:
    """Where the page begins and how many there are on it."""
    start, size = request.query.get("$skiptoken", "0"), request.query.get("$top", str(PAGE_SIZE))
    if not (start.isdecimal() and size.isdecimal() and 0 < int(size) < 1000):
        raise _GraphError(400, "BadRequest", "Invalid page size or token specified.")
    return int(start), int(size)


def _selected(item: Body, request: web.Request) -> Body:
    wanted = [name.strip() for name in request.query.get("$select", "").split(",") if name.strip()]
    return {name: item[name] for name in wanted if name in item} if wanted else item


def _object(person: Person, world: World) -> Body:
    kind = "servicePrincipal" if person.application else "user"
    body = _principal(person, person.application, world) if person.application else _user(person)
    return {"@odata.type": f"#microsoft.graph.{kind}"} | body


def _user(person: Person) -> Body:
    given, _, family = person.display_name.partition(" ")
    return {
        "businessPhones": [],
        "displayName": person.display_name,
        "givenName": given,
        "jobTitle": None,
        "mail": person.user_principal_name,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": family or None,
        "userPrincipalName": person.user_principal_name,
        "id": person.object_id,
    }


def _principal(person: Person, app: Application, world: World) -> Body:
    return {
        "id": person.object_id,
        "deletedDateTime": None,
        "accountEnabled": True,
        "alternativeNames": [],
        "appDisplayName": person.display_name,
        "appId": app.client_id,
        "appOwnerOrganizationId": _MICROSOFT if app.first_party else world.people.tenant_id,
        "appRoleAssignmentRequired": False,
        "displayName": person.display_name,
        "servicePrincipalNames": [app.client_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs" if app.first_party else "AzureADMyOrg",
        "tags": [],
    }


def _context(what: str) -> str:
    return f"https://graph.microsoft.com/v1.0/$metadata#{what}"
