"""What a plan costs a month, by the list. Pure; counted as if everything stood, and one shell were open, all month."""

from dataclasses import dataclass
from datetime import date

from aksess.azure.prices import HOURS_A_MONTH, Meter, PriceList
from aksess.vnet.model import Part, Plan

METERS = {
    Part.NAT_GATEWAY: Meter.NAT_GATEWAY,
    Part.ADDRESS: Meter.PUBLIC_ADDRESS,
    Part.ENDPOINT: Meter.PRIVATE_ENDPOINT,
    Part.RELAY: Meter.RELAY_LISTENER,
    Part.ZONE: Meter.PRIVATE_ZONE,
}
"""All other parts cost nothing by themselves; peerings are paid by traffic."""


@dataclass(frozen=True)
class Line:
    """One thing; `new` when applying the plan begins its cost."""

    what: str
    unit: str
    usd: float
    usd_month: float
    new: bool


@dataclass(frozen=True)
class Cost:
    """`read` is the date of the prices, `source` where they are from."""

    lines: tuple[Line, ...]
    read: date
    source: str

    @property
    def usd_month(self) -> float:
        return round(sum(line.usd_month for line in self.lines), 2)

    @property
    def usd_month_new(self) -> float:
        return round(sum(line.usd_month for line in self.lines if line.new), 2)


def cost_of(plan: Plan, prices: PriceList) -> Cost:
    """Every part that is paid by time, in the order it is made."""
    lines = []
    for piece in plan.pieces:
        if (meter := METERS.get(piece.part)) is None:
            continue
        price = prices.prices[meter]
        what = f"{piece.part.value}, while a shell is open" if piece.part is Part.RELAY else piece.part.value
        monthly = price.usd_month if price.usd_month is not None else 0.0
        lines.append(Line(what, price.unit, price.usd, round(monthly, 2), not piece.stands))
    return Cost(tuple(lines), prices.read, prices.source)


def told(cost: Cost) -> str:
    """The total in one line, with the date of the prices."""
    new = "" if cost.usd_month_new == cost.usd_month else f", {cost.usd_month_new:.2f} of it new"
    return (
        f"about {cost.usd_month:.2f} USD a month{new} (list prices of {cost.read.isoformat()}, {cost.source}; "
        f"{HOURS_A_MONTH} hours, one shell open all the time; traffic is extra)"
    )
