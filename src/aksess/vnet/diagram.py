"""Draws the picture of a plan: as text for a terminal or a review, as SVG for a page. Pure; no fonts, no scripts."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from aksess.vnet.model import Plan
from aksess.vnet.picture import Box, Picture, picture_of

GAP, LETTER = 6, 8
ROW, MARGIN, HEAD = 18, 24, 26
STYLE = """
  svg { background: #ffffff; color: #1f2933; font: 13px system-ui, sans-serif }
  .box { fill: #f5f7fa; stroke: #52606d }
  .outer { fill: none; stroke: #52606d }
  .new { stroke: #0b7a4b; stroke-width: 2 }
  .changed { stroke: #b44d12; stroke-width: 2; stroke-dasharray: 5 3 }
  .line { stroke: #52606d; fill: none; marker-end: url(#tip) }
  text { fill: currentColor }
  .head { font-weight: 600 }
  .small { font-size: 11px }
  .said { font-size: 11px; text-anchor: middle; paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
  #tip path { fill: #52606d }
  @media (prefers-color-scheme: dark) {
    svg { background: #111820; color: #e4e7eb }
    .box { fill: #1c2631 }
    .box, .outer, .line { stroke: #9aa5b1 }
    .said { stroke: #111820 }
    .new { stroke: #4ccf97 }
    .changed { stroke: #f0a36b }
    #tip path { fill: #9aa5b1 }
  }
"""


def as_text(plan: Plan) -> str:
    """From the person down to the API server, in plain ASCII, narrow enough for a terminal."""
    seen = picture_of(plan)
    network = Box(seen.network.head, " ".join(seen.network.lines), tuple(_rows(seen.inside)))
    steps = [
        (_boxed(seen.person), seen.joints["person"]),
        (_boxed(seen.relay), seen.joints["relay"]),
        (_boxed(network), seen.joints["way"]),
        (_boxed(seen.way), seen.joints["goal"]),
        (_boxed(seen.goal), None),
    ]
    lines = [line for box, joint in steps for line in [*box, *([] if joint is None else [f"   |  {joint}".rstrip()])]]
    return "\n".join([*lines, "", *seen.below])


def as_svg(plan: Plan) -> str:
    """One document of its own, readable in light and dark, with a title and a description for those who hear it."""
    seen = picture_of(plan)
    drawn = _Drawing(seen)
    title = f"Cloud Shell in a network, for {plan.cluster.name}"
    said = f"From the browser by the relay {seen.relay.name} to the network {seen.network.name}, by {seen.way.title} "
    said += f"{seen.way.name} to the {seen.goal.title}."
    size = f'width="{drawn.width}" height="{drawn.height}" viewBox="0 0 {drawn.width} {drawn.height}"'
    tip = 'id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} aria-labelledby="title said">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="said">{escape(said)}</desc>',
        f"<style>{STYLE}</style>",
        f'<defs><marker {tip}><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
        *drawn.shapes(),
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def _boxed(box: Box) -> list[str]:
    inner = [box.head, *box.lines]
    edge = f"+{'-' * (max(map(len, inner)) + 2)}+"
    return [edge, *(f"| {line.ljust(len(edge) - 4)} |" for line in inner), edge]


def _rows(inside: Sequence[Box]) -> Iterator[str]:
    """The subnets as a small table."""
    cells = [(one.name, *one.facts, one.mark) for one in inside]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(padded)}".rstrip()


class _Drawing:
    """Places and sizes; letters are taken to be `LETTER` wide, which is wider than most are."""

    def __init__(self, seen: Picture) -> None:
        self._seen = seen
        self._left = max(_width(seen.person), _width(seen.relay))
        self._middle = max(_width(seen.network), *(_width(one) + 2 * MARGIN for one in seen.inside))
        self._right = max(_width(seen.way), _width(seen.goal))
        self._between = LETTER * max(len(word) for word in seen.joints.values()) + 2 * MARGIN
        self._network_height = HEAD + ROW * len(seen.network.lines) + sum(_height(one) + GAP for one in seen.inside)
        self._network_height += MARGIN
        drawn = MARGIN + self._left + self._between + self._middle + self._between + self._right + MARGIN
        self.width = max(drawn, 2 * MARGIN + LETTER * max(map(len, seen.below), default=0))
        sides = max(_height(seen.person) + _height(seen.relay), _height(seen.way) + _height(seen.goal)) + 3 * HEAD
        self._tall = max(self._network_height, sides)
        self.height = self._tall + ROW * len(seen.below) + 3 * MARGIN

    def shapes(self) -> Iterator[str]:
        seen, top = self._seen, MARGIN
        x_network = MARGIN + self._left + self._between
        x_right = x_network + self._middle + self._between
        yield from _shape(seen.person, MARGIN, top, self._left)
        relay_y = top + self._tall - _height(seen.relay)
        yield from _shape(seen.relay, MARGIN, relay_y, self._left)
        middle = MARGIN + self._left // 2
        yield from _line(middle, top + _height(seen.person), middle, relay_y, seen.joints["person"])
        yield from _shape(seen.network, x_network, top, self._middle, height=self._network_height, kind="outer")
        y, ends = top + HEAD + ROW * len(seen.network.lines), []
        for one in seen.inside:
            yield from _shape(one, x_network + MARGIN, y, self._middle - 2 * MARGIN)
            ends.append(y + _height(one) // 2)
            y += _height(one) + GAP
        relay_end = relay_y + _height(seen.relay) // 2
        yield from _line(x_network + MARGIN, ends[1], MARGIN + self._left, relay_end, seen.joints["relay"])
        yield from _shape(seen.way, x_right, top, self._right)
        shells_end = x_network + self._middle - MARGIN
        yield from _line(shells_end, ends[0], x_right, top + _height(seen.way) // 2, seen.joints["way"])
        goal_y = top + self._tall - _height(seen.goal)
        yield from _shape(seen.goal, x_right, goal_y, self._right)
        middle = x_right + self._right // 2
        yield from _line(middle, top + _height(seen.way), middle, goal_y, seen.joints["goal"])
        for row, said in enumerate(seen.below):
            yield _text(MARGIN, top + self._tall + MARGIN + ROW * (row + 1), said, "small")


def _shape(box: Box, x: int, y: int, width: int, *, height: int = 0, kind: str = "box") -> Iterator[str]:
    look = f"{kind} {box.mark}".strip()
    yield f'<rect class={quoteattr(look)} x="{x}" y="{y}" width="{width}" height="{height or _height(box)}" rx="6"/>'
    yield _text(x + 10, y + ROW, box.head, "head")
    for row, line in enumerate(box.lines):
        yield _text(x + 10, y + ROW * (row + 2), line, "")


def _line(x: int, y: int, to_x: int, to_y: int, said: str) -> Iterator[str]:
    yield f'<path class="line" d="M{x},{y} L{to_x},{to_y}"/>'
    if said:
        yield _text((x + to_x) // 2, (y + to_y) // 2 + GAP // 2, said, "said")


def _text(x: int, y: int, said: str, look: str) -> str:
    dressed = f" class={quoteattr(look)}" if look else ""
    return f'<text x="{x}" y="{y}"{dressed}>{escape(said)}</text>'


def _width(box: Box) -> int:
    return LETTER * max(map(len, (box.head, *box.lines))) + 20


def _height(box: Box) -> int:
    return HEAD + ROW * len(box.lines)
