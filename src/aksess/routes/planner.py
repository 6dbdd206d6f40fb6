"""The choice: from verdicts and wishes to an order, with a reason for every route. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from aksess.errors import RouteRefused
from aksess.routes.base import RouteName, Verdict, Wishes

BY_POSTURE = (RouteName.DIRECT, RouteName.BASTION, RouteName.VNET, RouteName.ALLOWLIST, RouteName.INVOKE)
"""Least exposure first: a way that is open already exposes nothing more, and neither does a Bastion or a network one
stands in, which leave the cluster as it is. Last what only runs single commands: it opens nothing, but the command runs
elsewhere."""


@dataclass(frozen=True)
class Plan:
    """`order` is what to try, best first; `verdicts` every route's judgement, for `--explain`."""

    order: tuple[RouteName, ...]
    verdicts: tuple[Verdict, ...]


def plan(verdicts: Sequence[Verdict], wishes: Wishes) -> Plan:
    """A pinned route stands alone, usable or not: `choose` tells why not."""
    ranked = tuple(sorted(verdicts, key=lambda verdict: BY_POSTURE.index(verdict.route)))
    fits = (one.route for one in ranked if one.usable and wishes.via in (None, one.route))
    return Plan(tuple(fits), ranked)


def choose(made: Plan, wishes: Wishes) -> RouteName:
    """The route to open. Errors: the refusal that helps most, else RouteRefused with every reason."""
    if made.order:
        return made.order[0]
    considered = [one for one in made.verdicts if wishes.via in (None, one.route)]
    refusal = next((one.refusal for one in sorted(considered, key=_told) if one.refusal is not None), None)
    if refusal is not None:
        raise refusal
    reasons = "; ".join(f"{one.route}: {one.why}" for one in considered)
    raise RouteRefused(f"no way to this API server from here ({reasons})", "see each route: aksess connect --explain")


def _told(verdict: Verdict) -> tuple[bool, bool]:
    """What bars a way that is there comes first, then what is not there at all, and last what runs commands only."""
    return (verdict.route is RouteName.INVOKE, not verdict.exists)
