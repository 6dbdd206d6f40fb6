"""ETags of resources: the headers that ask about them, and a new one at each change."""

import uuid
from dataclasses import dataclass
from typing import Any

from aksess_sim.world.refusals import Refused

Body = dict[str, Any]


@dataclass(frozen=True)
class Etags:
    """`If-Match` and `If-None-Match` as sent; empty and None both mean no check."""

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, id_: str, etag: str | None) -> None:
        """Hold the headers against a resource's etag. Raises Refused `PreconditionFailed`."""
        wanted = _bare(self.if_match)
        if _bare(self.if_none_match) == "*" and etag:
            raise Refused("PreconditionFailed", f"If-None-Match is `*`, and the resource {id_} exists.")
        if wanted and (etag is None or wanted not in ("*", _bare(etag))):
            raise Refused(
                "PreconditionFailed",
                f"Precondition failed. The etag provided in If-Match header {self.if_match} does not match etag {etag} "
                f"of resource {id_}.",
            )


def etag_of(body: Body | None) -> str | None:
    """The etag of a resource, `*` for a type that has none; None when it is not there."""
    return str(body.get("etag", "*")) if body else None


def renew_etag(body: Body) -> None:
    """Something has changed."""
    body["etag"] = f'W/"{uuid.uuid4()}"'


def _bare(header: str | None) -> str:
    return (header or "").strip().removeprefix("W/").strip('"')
