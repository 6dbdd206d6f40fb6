"""What a resource type has rules for, and what its rules get to see; pure values, no types of their own.

The functions of a type raise Refused with Azure's codes. Where Azure documents no code, the type's file says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import kind_of, name_of, parent_of
from aksess_sim.world.resources.store import Store

Body = dict[str, Any]
Links = Iterable[tuple[str, str]]
"""Actions and the ids of what they are needed on."""


@dataclass(frozen=True)
class Surroundings:
    """What is around a resource while a rule looks at it."""

    store: Store
    may: Callable[[str, str], bool]
    """May who asks do this action on that id?"""
    guests: Callable[[str], list[str]]
    """What else uses a subnet: the ids of clusters with nodes or an API server in it."""


@dataclass(frozen=True)
class Attempt:
    """One PUT: what was sent (a copy of its own), what is there, and what is around."""

    id: str
    sent: Body
    before: Body | None
    around: Surroundings

    @property
    def properties(self) -> Body:
        """The properties sent."""
        properties = self.sent.get("properties")
        return properties if isinstance(properties, dict) else {}

    @property
    def known(self) -> Body:
        """The properties there are so far, empty for a new resource."""
        return self.before["properties"] if self.before else {}

    @property
    def parent(self) -> Body:
        """The resource this one is a child of; it is there, or the attempt would not have come so far."""
        parent = self.around.store.find(parent_of(self.id))
        if parent is None:
            raise parent_not_found(self.id)
        return parent

    def referenced(self, value: Any, kind: str, *, region: str | None = None) -> Body:
        """The resource that `{"id": ...}` points at, in `region` when one is named.

        Raises Refused: `InvalidResourceReference` when it is not there, of another kind or elsewhere, `RetryableError`
        while it is being made or changed (terraform#7986).
        """
        id_ = reference(value)
        found = self.around.store.find(id_)
        elsewhere = region and found and self._region_of(found) not in (None, region)
        if found is None or elsewhere or kind_of(id_).lower() != kind.lower():
            raise Refused(
                "InvalidResourceReference",
                f"Resource {id_} referenced by resource {self.id} was not found. Please make sure that the referenced "
                "resource exists, and that both resources are in the same region.",
            )
        state = found["properties"].get("provisioningState", "Succeeded")
        if state not in ("Succeeded", "Failed"):
            reason = (
                f"Cannot proceed with operation because resource {id_} used by resource {self.id} is not in Succeeded "
                f"state. Resource is in {state} state."
            )
            details = [{"code": "ReferencedResourceNotProvisioned", "message": reason}]
            raise Refused("RetryableError", "A retryable error occurred.", details=details)
        return found

    @property
    def region(self) -> str | None:
        """Where the resource stands, a child where its parent does."""
        return self._region_of(self.sent) or self._region_of({"id": self.id})

    def _region_of(self, body: Body) -> str | None:
        place = body.get("location")
        if place is None and kind_of(body.get("id", "")).count("/") > 1:
            place = (self.around.store.find(parent_of(body["id"])) or {}).get("location")
        return str(place).replace(" ", "").lower() if place else None


def no_links(body: Body) -> Links:
    """A resource that points at nothing."""
    del body
    return ()


def _nothing(store: Store, body: Body) -> None:
    del store, body


def _always(around: Surroundings, body: Body) -> None:
    del around, body


@dataclass(frozen=True)
class Rules:
    """How resources of one type are written and deleted; times in world seconds, 0 answers at once."""

    kind: str
    properties: Callable[[Attempt], Body]
    """The properties to keep, completed as Azure completes them."""
    place: Literal["region", "global", "parent"] = "region"
    """Whether its location is a region, `global`, or its parent's and never said."""
    top: tuple[str, ...] = ()
    """What it has beside properties, location and tags."""
    creation: float = 5
    removal: float = 5
    etag: bool = True
    linked: Callable[[Body], Links] = no_links
    """The rights a body takes on what it points at."""
    begun: Callable[[Store, Body], None] = _nothing
    """What follows elsewhere as soon as a PUT is taken."""
    settled: Callable[[Store, Body], None] = _nothing
    """What follows elsewhere when an operation has ended well."""
    keep: Callable[[Surroundings, Body], None] = _always
    """Refuses to delete what is in use."""
    dropped: Callable[[Store, Body], None] = _nothing
    """What follows elsewhere when it has gone."""


def reference(value: Any) -> str:
    """The id in `{"id": ...}`, empty when there is none."""
    return str(value.get("id") or "") if isinstance(value, dict) else ""


def parent_not_found(id_: str) -> Refused:
    """ARM's sentence about a child without a parent."""
    return Refused(
        "ParentResourceNotFound",
        "Can not perform requested operation on nested resource. "
        f"Parent resource '{name_of(parent_of(id_))}' not found.",
    )
