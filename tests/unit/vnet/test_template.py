"""The template is literal, in order, of one group, and says what else there is to do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.resource_ids import group_path_of, resource_id
from aksess.vnet.compare import compared
from aksess.vnet.model import Part, Plan
from aksess.vnet.template import escaped, template
from unit.vnet.surveys import HUB, as_made, planned, public, survey, vnet, with_hub

PLANS = [planned(), planned(public()), planned(with_hub(survey(), vnet(HUB, "10.60.0.0/16")), network=HUB)]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def id_of(resource: dict[str, Any], plan: Plan) -> str:
    """As ARM puts a resource's id together."""
    scope = group_path_of(plan.network) + (f"/providers/{resource['scope']}" if "scope" in resource else "")
    return resource_id(scope, resource["type"], *resource["name"].split("/"))


@pytest.mark.parametrize("plan", PLANS)
def test_every_resource_is_what_was_planned(plan: Plan) -> None:
    made = template(plan)["resources"]
    assert [id_of(one, plan) for one in made] == [piece.id for piece in plan.deployment]
    for one, piece in zip(made, plan.deployment, strict=True):
        assert {key: one[key] for key in piece.body} == piece.body
        assert one["apiVersion"] == piece.api_version
        assert piece.why in one["comments"]


@pytest.mark.parametrize("plan", PLANS)
def test_it_holds_no_expression_and_no_parameter(plan: Plan) -> None:
    made = template(plan)
    assert set(made) == {"$schema", "contentVersion", "metadata", "resources"}
    assert not [text for text in texts(made) if text.startswith("[")]
    assert json.loads(json.dumps(made)) == made


@pytest.mark.parametrize("plan", PLANS)
def test_what_a_resource_depends_on_comes_before_it(plan: Plan) -> None:
    seen: set[str] = set()
    for one in template(plan)["resources"]:
        assert set(one.get("dependsOn", ())) <= seen
        seen.add(id_of(one, plan))


def test_a_role_is_assigned_at_its_scope() -> None:
    plan = planned()
    role = next(one for one in template(plan)["resources"] if one["comments"].startswith(Part.SUBNET_ROLE.value))
    assert role["scope"] == f"Microsoft.Network/virtualNetworks/{plan.network.rsplit('/', 1)[1]}/subnets/aksess-shell"


def test_only_what_is_left_when_that_is_asked_for() -> None:
    plan = planned()
    left = {part: str(plan.piece(part).id) for part in (Part.ENDPOINT, Part.ZONE_RECORD)}  # type: ignore[union-attr]
    again = compared(plan, as_made(plan, frozenset(left.values())))
    endpoint, record = template(again, [piece for piece in again.deployment if not piece.stands])["resources"]
    assert endpoint["type"] == "Microsoft.Network/privateEndpoints"
    assert "dependsOn" not in endpoint, "relay and network stand, and are no part of this template"
    assert record["dependsOn"] == [left[Part.ENDPOINT]]


def test_what_lies_elsewhere_is_told_as_commands() -> None:
    said = template(planned(survey(providers={"microsoft.relay": "Registered"})))["metadata"]
    there, back, link = said["afterwards"]
    assert there.startswith("az network vnet peering create")
    assert "-g rg-demo" in back
    assert "private-dns link vnet create" in link
    assert "az provider register --wait -n Microsoft.ContainerInstance" in said["before"]
    assert template(planned(public()))["metadata"]["admit"]


@pytest.mark.parametrize(
    ("text", "written"),
    [("[x]", "[[x]"), ("[x] y", "[x] y"), ("[", "["), ("[]", "[[]"), ("x]", "x]"), ("", ""), ("[[x]", "[[[x]")],
)
def test_brackets(text: str, written: str) -> None:
    assert escaped({"a": [text]}) == {"a": [written]}


@given(st.text("[]a", max_size=4))
def test_what_is_escaped_is_read_back(text: str) -> None:
    """As ARM reads: in brackets, a second one first means a text; one alone an expression."""
    written = escaped(text)
    in_brackets = written.startswith("[") and written.endswith("]")
    assert not in_brackets or written.startswith("[[") or len(written) == 1
    assert (written[1:] if in_brackets and len(written) > 1 else written) == text
