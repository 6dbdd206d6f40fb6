"""Whose token is it, and may they: the bearer token of a request, and the right a route takes."""

from collections.abc import Mapping

from aksess_sim.world.people import Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.state import World
from aksess_sim.world.tokens import TokenRefused

_AUDIENCES = ("https://management.azure.com/", "https://management.core.windows.net/")
_CODES = {
    "invalid": "InvalidAuthenticationToken",
    "expired": "ExpiredAuthenticationToken",
    "audience": "InvalidAuthenticationTokenAudience",
}


def authenticated(world: World, headers: Mapping[str, str]) -> Person:
    """The person behind the request's bearer token.

    Raises Refused with ARM's codes, each of which is a 401.
    """
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if not token:
        message = "Authentication failed. The 'Authorization' header is missing."
        raise Refused("AuthenticationFailed", message)
    if scheme.lower() != "bearer":
        raise Refused("AuthenticationFailed", "Authentication failed. The scheme must be Bearer.")
    try:
        claims = world.tokens.verify(token.strip(), _AUDIENCES)
    except TokenRefused as refused:
        raise Refused(_CODES[refused.reason], f"The access token is invalid: {refused}.") from refused
    person = world.people.by_object_id(str(claims.get("oid")))
    if person is None:
        raise Refused("InvalidAuthenticationToken", "The access token is of nobody in this tenant.")
    return person


def challenge(world: World) -> str:
    """`WWW-Authenticate` of a 401."""
    authority = f"https://login.microsoftonline.com/{world.people.tenant_id}"
    return f'Bearer authorization_uri="{authority}", error="invalid_token", error_description="see the body"'


def authorize(world: World, person: Person, action: str, scope: str) -> None:
    """Let pass who holds the right. Raises Refused `AuthorizationFailed` in ARM's words."""
    if not world.people.allowed(person, action, scope):
        client = person.application.client_id if person.application else person.user_principal_name
        raise Refused(
            "AuthorizationFailed",
            f"The client '{client}' with object id '{person.object_id}' does not have authorization to perform action "
            f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh "
            "your credentials.",
        )


def authorize_listing(world: World, person: Person, action: str, scope: str) -> None:
    """Let pass who has any role at, above or below the scope: lists show each what they may read.

    Raises Refused `AuthorizationFailed` to a stranger.
    """
    if not world.people.present_under(person, scope):
        authorize(world, person, action, scope)
