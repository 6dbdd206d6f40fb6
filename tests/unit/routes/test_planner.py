"""The planner: every combination of verdicts and pins gives one order, and a refusal that says why."""

from collections.abc import Collection
from itertools import product

import pytest

from aksess.errors import AksessError, ClusterUnfit, RouteRefused
from aksess.routes.base import RouteName, Verdict, Wishes
from aksess.routes.planner import BY_POSTURE, choose, plan

REFUSALS = {name: ClusterUnfit(f"{name} refuses", "do that") for name in RouteName}
YES_OR_NO = [*product([True, False], repeat=len(RouteName))]
THERE: dict[str, Collection[RouteName]] = {
    "every way": RouteName,
    "no Bastion and no network": {RouteName.DIRECT, RouteName.ALLOWLIST, RouteName.INVOKE},
    "a Bastion alone": {RouteName.BASTION},
}


def verdicts(usable: tuple[bool, ...], refusing: tuple[bool, ...], there: Collection[RouteName]) -> list[Verdict]:
    return [
        Verdict(
            name,
            can,
            f"{name} why",
            "posture",
            refusal=REFUSALS[name] if refuses and not can else None,
            exists=name in there,
        )
        for name, can, refuses in zip(RouteName, usable, refusing, strict=True)
    ]


@pytest.mark.parametrize("there", THERE)
@pytest.mark.parametrize("via", [None, *RouteName])
def test_every_combination(via: RouteName | None, there: str) -> None:
    for usable, refusing in product(YES_OR_NO, YES_OR_NO):
        judge(verdicts(usable, refusing, THERE[there]), Wishes(via=via))


def judge(judged: list[Verdict], wishes: Wishes) -> None:
    via = wishes.via
    made = plan(judged, wishes)
    assert plan(judged[::-1], wishes) == made, "the order they come in does not matter"
    assert made.verdicts == tuple(sorted(judged, key=lambda one: BY_POSTURE.index(one.route))), "each is told"
    fits = [one.route for one in made.verdicts if one.usable and via in (None, one.route)]
    assert list(made.order) == fits
    if fits:
        assert choose(made, wishes) == fits[0]
        return
    with pytest.raises(AksessError) as refused:
        choose(made, wishes)
    considered = [one for one in made.verdicts if via in (None, one.route)]
    own = [one for one in considered if one.refusal]
    if own:
        endpoints = [one for one in own if one.route is not RouteName.INVOKE]
        mendable = [one for one in endpoints if one.exists]
        assert refused.value is (mendable or endpoints or own)[0].refusal, "the one that helps most"
    else:
        assert isinstance(refused.value, RouteRefused)
        assert all(one.why in refused.value.sentence for one in considered)
        assert "--explain" in refused.value.next_step


def test_every_route_has_its_place_in_the_order() -> None:
    assert set(BY_POSTURE) == set(RouteName)
    assert BY_POSTURE[0] is RouteName.DIRECT, "a way that is open already exposes nothing more"
    assert BY_POSTURE[-1] is RouteName.INVOKE, "only when nothing else can, or when asked"
