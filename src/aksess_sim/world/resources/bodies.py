"""What somebody sent for a resource becomes the body that GET shows; nothing is kept here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of
from aksess_sim.world.resources.catalogue import REGIONS
from aksess_sim.world.resources.etags import renew_etag
from aksess_sim.world.resources.rules import Attempt, Rules

Body = dict[str, Any]

_TOP: dict[str, Callable[[Any], Any]] = {"sku": dict, "kind": str, "zones": list}
"""What may stand beside the properties, and of what shape it is."""


@contextmanager
def readable(id_: str) -> Iterator[None]:
    """A body is whatever somebody sent: what its rules cannot read is `InvalidRequestFormat`, as in Azure."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        details = [{"code": "InvalidJson", "message": f"What was sent for {id_} is of another shape: {error!r}."}]
        raise Refused("InvalidRequestFormat", "Cannot parse the request.", details=details) from error


def body_of(rules: Rules, attempt: Attempt, location: str | None) -> Body:
    """The resource as it will be shown. Raises Refused whatever the rules of its type have against it."""
    properties = rules.properties(attempt)
    body: Body = {"id": attempt.id, "name": name_of(attempt.id), "type": rules.kind}
    if location:
        body["location"] = location
    if attempt.sent.get("tags"):
        body["tags"] = dict(attempt.sent["tags"])
    body |= {key: _TOP[key](attempt.sent[key]) for key in rules.top if attempt.sent.get(key)}
    if "sku" in rules.top and "sku" not in body and rules.place == "region":
        body["sku"] = {"name": "Standard"}
    if rules.etag:
        renew_etag(body)
    return body | {"properties": properties | {"provisioningState": "Succeeded"}}


def location_of(rules: Rules, sent: Body, before: Body | None, name: str) -> str | None:
    """Where it will be, None for a child.

    Raises Refused: `LocationRequired`, `LocationNotAvailableForResourceType`, `InvalidResourceLocation`.
    """
    if rules.place == "parent":
        return None
    location = str(sent.get("location") or "").replace(" ", "").lower()
    if not location:
        raise Refused("LocationRequired", "The location property is required for this definition.")
    known = ["global"] if rules.place == "global" else REGIONS
    if location not in known:
        raise Refused(
            "LocationNotAvailableForResourceType",
            f"The provided location '{location}' is not available for resource type '{rules.kind}'. List of available "
            f"regions for the resource type is '{','.join(known)}'.",
        )
    if before and before["location"] != location:
        raise Refused(
            "InvalidResourceLocation",
            f"The resource '{name}' already exists in location '{before['location']}'. A resource with the same name "
            f"cannot be created in location '{location}'. Please select a new resource name.",
        )
    return location
