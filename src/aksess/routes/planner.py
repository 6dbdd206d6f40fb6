"""The choice: from verdicts and wishes to an order, with a reason for every route. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from aksess.errors import RouteRefused
from aksess.routes.base import RouteName, Verdict, Wishes

BY_POSTURE = (RouteName.DIRECT, RouteName.ALLOWLIST)
"""Least exposure first: a way that is open already exposes nothing more."""


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
    """The route to open. Errors: the pinned route's own refusal, or RouteRefused that names each route's reason."""
    if made.order:
        return made.order[0]
    considered = [one for one in made.verdicts if wishes.via in (None, one.route)]
    refusals = [one.refusal for one in considered if one.refusal is not None]
    if len(refusals) == 1:
        raise refusals[0]
    reasons = "; ".join(f"{one.route}: {one.why}" for one in considered)
    raise RouteRefused(f"no way to this API server from here ({reasons})", "see each route: aksess connect --explain")
