"""Both drawings show what the picture holds; the SVG is a document of its own in which nothing lies upon another."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations

import pytest

from aksess.azure.ids import ClusterId
from aksess.vnet.diagram import as_svg, as_text
from aksess.vnet.model import Plan
from aksess.vnet.picture import picture_of
from unit.vnet.surveys import HUB, planned, public, subnet, survey, vnet, with_hub

HUB_BODY = vnet(HUB, "10.60.0.0/16", subnet("shell", "10.60.8.0/24", delegated=True))
PLANS = [planned(), planned(public()), planned(with_hub(survey(), HUB_BODY), network=HUB)]
SVG = "{http://www.w3.org/2000/svg}"
Rectangle = tuple[int, int, int, int]


def words(plan: Plan) -> list[str]:
    seen = picture_of(plan)
    boxes = [seen.person, seen.relay, seen.network, *seen.inside, seen.way, seen.goal]
    return [
        *(word for box in boxes for word in (box.title, *box.lines)),
        *filter(None, seen.joints.values()),
        *seen.below,
    ]


@pytest.mark.parametrize("plan", PLANS)
def test_the_text_shows_it_all_on_a_narrow_terminal(plan: Plan) -> None:
    text = as_text(plan)
    missing = [word for word in words(plan) if word not in text and word != "subnet"]
    assert not missing
    assert text.isascii()
    drawing = text.split("\n\n")[0]
    assert max(map(len, drawing.splitlines())) <= 100


@pytest.mark.parametrize("plan", PLANS)
def test_the_svg_shows_it_all(plan: Plan) -> None:
    root = ET.fromstring(as_svg(plan))  # noqa: S314 - our own text
    shown = "\n".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))
    assert not [word for word in words(plan) if word not in shown]
    assert root.find(f"{SVG}title") is not None
    assert plan.cluster.name in "".join(root.find(f"{SVG}title").itertext())  # type: ignore[union-attr]
    assert {one.tag for one in root.iter()}.isdisjoint({f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"})
    assert "href" not in as_svg(plan)


def rectangles(plan: Plan) -> tuple[list[Rectangle], int, int]:
    root = ET.fromstring(as_svg(plan))  # noqa: S314 - our own text
    found = [tuple(int(one.attrib[key]) for key in ("x", "y", "width", "height")) for one in root.iter(f"{SVG}rect")]
    return found, int(root.attrib["width"]), int(root.attrib["height"])  # type: ignore[return-value]


@pytest.mark.parametrize("plan", PLANS)
def test_boxes_stand_apart_or_one_inside_the_other_and_all_on_the_sheet(plan: Plan) -> None:
    found, width, height = rectangles(plan)
    assert len(found) == 5 + len(plan.subnets)
    for x, y, wide, tall in found:
        assert x >= 0
        assert y >= 0
        assert x + wide <= width
        assert y + tall <= height
    for one, other in combinations(found, 2):
        assert apart(one, other) or within(one, other) or within(other, one), (one, other)


def apart(one: Rectangle, other: Rectangle) -> bool:
    return (
        one[0] + one[2] <= other[0]
        or other[0] + other[2] <= one[0]
        or one[1] + one[3] <= other[1]
        or other[1] + other[3] <= one[1]
    )


def within(one: Rectangle, other: Rectangle) -> bool:
    x, y, wide, tall = one
    return other[0] < x and other[1] < y and x + wide < other[0] + other[2] and y + tall < other[1] + other[3]


def test_names_from_outside_are_text_and_nothing_else() -> None:
    odd = replace(planned(), cluster=ClusterId("s", "g", 'a<script>&"'))
    root = ET.fromstring(as_svg(odd))  # noqa: S314 - our own text
    assert not list(root.iter(f"{SVG}script"))
