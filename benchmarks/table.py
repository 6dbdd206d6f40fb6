"""Rows of a measurement, as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """`ours` against `theirs`, in `unit`; the ratio is ours divided by theirs."""

    what: str
    ours: Sequence[float]
    theirs: Sequence[float]
    peer: str
    unit: str = "s"

    def cells(self) -> tuple[str, ...]:
        mine, other = median(self.ours), median(self.theirs)
        ratio = f"{mine / other:.2f}" if other else "-"
        spread = f"{min(self.ours):.2f}-{max(self.ours):.2f}"
        return (self.what, f"{mine:.2f}", spread, f"{other:.2f}", self.peer, ratio, self.unit)


def table(rows: Sequence[Row]) -> str:
    lines = [("what", "aksess", "min-max", "peer", "which", "ratio", "unit"), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
