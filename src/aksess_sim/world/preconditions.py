"""`If-Match` and `If-None-Match` on a managed cluster, by the table in AKS docs use-etags; pure."""

from dataclasses import dataclass

from aksess_sim.world.refusals import Refused


@dataclass(frozen=True)
class Preconditions:
    """The two header values as sent; empty and None both mean no check."""

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, etag: str | None) -> None:
        """Hold the headers against a resource's etag, None for a resource that does not exist.

        Raises Refused `BadRequest` or `PreConditionFailed`. Quotes round the value do not matter: SDKs add them.
        """
        wanted, unwanted = _bare(self.if_match), _bare(self.if_none_match)
        if wanted and unwanted:
            raise Refused("BadRequest", "If-Match and If-None-Match cannot both be set.")
        if unwanted and unwanted != "*":
            raise Refused("BadRequest", "If-None-Match accepts only an empty value or `*`.")
        if unwanted and etag:
            raise Refused("PreConditionFailed", "If-None-Match is `*`, and the managed cluster exists.")
        if wanted and not etag:
            raise Refused("PreConditionFailed", "If-Match is set, and the managed cluster does not exist.")
        if wanted and wanted not in ("*", etag):
            raise Refused("PreConditionFailed", f"The etag is `{etag}`, If-Match says `{wanted}`.")


def _bare(header: str | None) -> str:
    return (header or "").strip().strip('"')
