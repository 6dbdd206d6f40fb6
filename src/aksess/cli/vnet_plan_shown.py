"""A plan in the shape people and scripts read. The keys are a promise: tests pin them."""

from collections.abc import Iterable, Iterator
from typing import Any

from aksess.cli.console import printable
from aksess.cli.output import table
from aksess.vnet.by_hand import ROLES, role_name
from aksess.vnet.cost import Cost, told
from aksess.vnet.diagram import as_text
from aksess.vnet.model import Piece, Plan

PIECE_COLUMNS = ("do", "what", "name", "why")


def plan_data(plan: Plan, cost: Cost) -> dict[str, Any]:
    return {
        "cluster": str(plan.cluster),
        "variant": plan.variant.value,
        "group": plan.group,
        "location": plan.location,
        "network": plan.network,
        "ours": plan.network_is_ours,
        "prefixes": {part.value: str(prefix) for part, prefix in plan.prefixes.items()},
        "sessions": plan.sessions,
        "principal": plan.principal,
        "tags": dict(plan.tags),
        "register": list(plan.registrations),
        "deployment": {"name": plan.deployment_name, "pieces": [piece_data(one) for one in plan.deployment]},
        "afterwards": [piece_data(one) for one in plan.afterwards],
        "admitted": list(plan.admitted),
        "cost": cost_data(cost),
        "byHand": [{"who": one.who, "what": one.what, "how": one.how} for one in plan.errands],
        "lacking": [{"action": action, "scope": scope} for action, scope in plan.lacking],
        "notes": list(plan.notes),
        "done": plan.done,
    }


def piece_data(piece: Piece) -> dict[str, Any]:
    return {
        "what": piece.part.value,
        "id": piece.id,
        "action": piece.action.value,
        "differs": list(piece.differs),
        "why": piece.why,
    }


def cost_data(cost: Cost) -> dict[str, Any]:
    lines = [
        {"what": one.what, "usd": one.usd, "unit": one.unit, "usdPerMonth": one.usd_month, "new": one.new}
        for one in cost.lines
    ]
    return {
        "usdPerMonth": cost.usd_month,
        "usdPerMonthNew": cost.usd_month_new,
        "read": cost.read.isoformat(),
        "source": cost.source,
        "lines": lines,
    }


def plan_text(plan: Plan, cost: Cost) -> str:
    """For reading from above: the picture, then every piece, then money, then people."""
    return "\n".join(_sections(plan, cost))


def _sections(plan: Plan, cost: Cost) -> Iterator[str]:
    yield as_text(plan)
    if plan.registrations:
        yield from _section("First, in the subscription", (f"register {one}" for one in plan.registrations))
    yield from _section(
        f"In resource group {plan.group} ({plan.location}), by one template", [_pieces(plan.deployment)]
    )
    if plan.afterwards:
        yield from _section("Afterwards, elsewhere", [_pieces(plan.afterwards)])
    if plan.admitted:
        names = (one.rsplit("/", 1)[1] for one in plan.admitted)
        yield from _section("In the authorized ranges, for good", (f"the address of {name}" for name in names))
    yield from _section(
        f"Cost: {told(cost)}", (f"{one.what}: {one.usd_month:.2f}{_new(one.new)}" for one in cost.lines)
    )
    if plan.errands:
        yield from _section("By hand", (f"{one.who}: {one.what}\n    {one.how}" for one in plan.errands))
    if plan.lacking:
        yield from _section("Rights you lack", _lacking(plan))
    if plan.notes:
        yield from _section("Notes", plan.notes)


def _section(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield printable(head)
    for line in lines:
        yield "\n".join(f"  {printable(one)}" for one in line.split("\n"))


def _lacking(plan: Plan) -> Iterator[str]:
    """By scope, each told once."""
    scopes = dict.fromkeys(scope for _, scope in plan.lacking)
    for scope in scopes:
        yield "\n  ".join([f"at {scope}", *(action for action, at in plan.lacking if at == scope)])


def _pieces(pieces: Iterable[Piece]) -> str:
    rows = [(one.action.value, one.part.value, _called(one), ", ".join(one.differs) or one.why) for one in pieces]
    return table(PIECE_COLUMNS, rows)


def _called(piece: Piece) -> str:
    """A role assignment's own name says nothing to anybody."""
    return role_name(piece) if piece.part in ROLES else piece.name


def _new(new: bool) -> str:
    return "" if new else " (paid already)"
