"""Which handler answers which path; case never matters, as in ARM."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aksess_sim.services.arm.exchange import Handler
from aksess_sim.services.arm.json_bodies import strict
from aksess_sim.world.refusals import Refused

SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP = SUBSCRIPTION + "/resourceGroups/{group}"
SCOPES = (SUBSCRIPTION, GROUP)
"""The two scopes at which resources are listed."""


@dataclass(frozen=True)
class Route:
    """One method and path pattern (`{name}` is one segment, `{name*}` several), with the right it takes.

    `scope` is the pattern of the scope the right is needed at; a route without `action` decides for itself.
    `bare` marks the AKS resource provider, whose errors have no wrapper. `reads` turns the content into a body.
    """

    method: str
    pattern: str
    handler: Handler
    action: str | None = None
    scope: str = ""
    bare: bool = False
    reads: Callable[[bytes], Any] = strict
    _compiled: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", _compile(self.pattern))

    def match(self, path: str) -> Mapping[str, str] | None:
        """The names in the path, None when it is another path; az sends `providers/Microsoft.Network//...` too."""
        found = self._compiled.fullmatch(re.sub("/{2,}", "/", path).rstrip("/"))
        return found.groupdict() if found else None

    def scope_of(self, names: Mapping[str, str]) -> str:
        """The scope the right is needed at, for the names of a path."""
        return (self.scope or self.pattern).replace("*}", "}").format_map(dict(names))


class Router:
    """All routes; the first that fits answers."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(routes)

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The route for a request and the names in its path.

        Raises Refused: `HttpMethodNotAllowed` for an unknown method, else `InvalidResourceType` or `NotFound`.
        """
        fitting = [(route, names) for route in self._routes if (names := route.match(path)) is not None]
        for route, names in fitting:
            if route.method == method.upper():
                return route, names
        if fitting:
            message = f"The HTTP method '{method}' is not supported at scope '{path}'."
            raise Refused("HttpMethodNotAllowed", message)
        raise _unknown(path)


def _compile(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\*?\})", pattern)
    return re.compile("".join(map(_expression, parts)), re.IGNORECASE)


def _expression(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part.strip("{*}")
    return f"(?P<{name}>.+)" if part.endswith("*}") else f"(?P<{name}>[^/]+)"


def _unknown(path: str) -> Refused:
    _, provider, rest = path.rpartition("/providers/")
    if not provider:
        return Refused("NotFound", f"There is nothing at '{path}'.")
    namespace, _, kind = rest.partition("/")
    message = f"The resource type '{kind}' could not be found in the namespace '{namespace}' of this world."
    return Refused("InvalidResourceType", message)
