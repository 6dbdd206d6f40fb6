"""What a handler gets and gives: a request already parsed and allowed, and an answer to be written. No HTTP library."""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aksess_sim.world.people import Person
from aksess_sim.world.preconditions import Preconditions
from aksess_sim.world.resource_ids import group_id, subscription_path
from aksess_sim.world.state import World

HOST = "https://management.azure.com"


@dataclass(frozen=True)
class Asked:
    """One request; names from the path are spelled as the caller spelled them."""

    world: World
    person: Person
    path: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def subscription(self) -> str:
        """The path of the subscription asked about."""
        return subscription_path(self.names["subscription"])

    @property
    def group(self) -> str:
        """The id of the resource group asked about."""
        return group_id(self.names["subscription"], self.names["group"])

    @property
    def scope(self) -> str:
        """The group asked about, or the whole subscription when the path names no group."""
        return self.group if "group" in self.names else self.subscription

    @property
    def preconditions(self) -> Preconditions:
        """The etag headers."""
        return Preconditions(self.headers.get("If-Match"), self.headers.get("If-None-Match"))

    def may(self, action: str, scope: str) -> bool:
        """May the caller do the action at the scope?"""
        return self.world.people.allowed(self.person, action, scope)


@dataclass(frozen=True)
class Page:
    """HTML instead of JSON, from something that stands in front of the resource provider."""

    html: str


@dataclass(frozen=True)
class Answer:
    """What goes back; `body` None is an empty one, a Page is written as it is, all else as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Asked], Answer | Awaitable[Answer]]
"""A handler that takes the world's time to answer is a coroutine function."""


def retry_after(world: World, seconds: float) -> str:
    """World seconds as a `Retry-After` value: a whole number of the caller's seconds, never zero.

    The SDKs read zero as absent and then wait 30 s, and cannot parse a fraction (azure-core polling).
    """
    return str(max(1, math.ceil(world.clock.real_seconds(seconds))))
