"""Nothing twice: what stands as planned is kept, what Azure adds is no difference, what is in the way is named."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.errors import RightsMissing, RouteRefused
from aksess.vnet.compare import compared, differing, merged
from aksess.vnet.model import Action, Part, Piece, Plan
from unit.vnet.surveys import HUB, as_made, planned, public, subnet, survey, vnet, with_hub


def piece(plan: Plan, part: Part) -> Piece:
    found = plan.piece(part)
    assert found
    return found


@pytest.mark.parametrize("plan", [planned(), planned(public()), planned(nat=True)])
def test_a_second_time_changes_nothing(plan: Plan) -> None:
    again = compared(plan, as_made(plan))
    assert again.done
    assert {one.action for one in again.pieces} == {Action.KEEP}


def test_the_first_time_everything_is_made() -> None:
    assert {one.action for one in compared(planned(), {}).pieces} == {Action.CREATE}
    assert not compared(planned(), {}).done


def test_a_run_cut_in_the_middle_leaves_the_rest() -> None:
    plan = planned()
    left = frozenset({piece(plan, Part.RELAY).id, piece(plan, Part.PEERING_BACK).id})
    again = compared(plan, as_made(plan, left))
    assert {one.id for one in again.pieces if not one.stands} == left


def test_what_azure_adds_is_no_difference() -> None:
    plan = planned()
    made = as_made(plan)
    network = made[plan.network]
    network["etag"] = "x"
    network["location"] = "West Europe"
    network["tags"] = {**network["tags"], "aksess-by": "ben", "team": "web"}
    shells = network["properties"]["subnets"][0]["properties"]
    shells["serviceEndpoints"][0]["locations"] = ["northeurope"]
    shells["delegations"][0]["properties"]["actions"] = ["Microsoft.Network/virtualNetworks/subnets/action"]
    shells["networkSecurityGroup"]["id"] = shells["networkSecurityGroup"]["id"].upper()
    shells["addressPrefixes"] = [shells.pop("addressPrefix")]
    network["properties"]["subnets"].append({"name": "somebody-elses", "properties": {"addressPrefix": "10.1.0.0/24"}})
    assert piece(compared(plan, made), Part.NETWORK).action is Action.KEEP


def test_a_change_loses_nobodys_property() -> None:
    plan = planned(public())
    made = as_made(plan)
    shells = made[plan.network]["properties"]["subnets"][0]["properties"]
    del shells["natGateway"]
    shells["routeTable"] = {"id": "/rt"}
    made[plan.network]["properties"]["subnets"].append({"name": "theirs", "etag": "e", "properties": {}})
    changed = piece(compared(plan, made), Part.NETWORK)
    assert changed.action is Action.CHANGE
    assert changed.differs == ("properties.subnets",)
    sent = {one["name"]: one for one in changed.body["properties"]["subnets"]}
    assert set(sent) == {"aksess-shell", "aksess-relay", "aksess-storage", "theirs"}
    assert sent["aksess-shell"]["properties"]["routeTable"] == {"id": "/rt"}
    assert sent["aksess-shell"]["properties"]["natGateway"]
    assert "id" not in changed.body
    assert "provisioningState" not in changed.body["properties"]


def test_somebody_elses_is_used_where_it_fits() -> None:
    plan = planned()
    made = as_made(plan)
    del made[piece(plan, Part.ZONE).id]["tags"]
    assert piece(compared(plan, made), Part.ZONE).action is Action.ADOPT


def test_a_role_under_another_name_is_not_assigned_twice() -> None:
    plan = planned()
    role = piece(plan, Part.RELAY_ROLE)
    found = copy.deepcopy(as_made(plan)[role.id])
    found["id"] = "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/other"
    del found["properties"]["principalType"]
    assert piece(compared(plan, {role.id: found}), Part.RELAY_ROLE).action is Action.ADOPT


def changed_at(plan: Plan, part: Part, path: str, value: Any, *, ours: bool) -> dict[str, Json]:
    body: Any = as_made(plan)[piece(plan, part).id]
    if not ours:
        body.pop("tags", None)
    at = body
    *steps, last = path.split(".")
    for step in steps:
        at = at[step]
    at[last] = value
    return {piece(plan, part).id: body}


@pytest.mark.parametrize(
    ("part", "path", "value"),
    [
        (Part.RELAY, "location", "eastus"),
        (Part.RELAY, "sku", {"name": "Basic"}),
        (Part.NETWORK, "properties.addressSpace", {"addressPrefixes": ["10.1.0.0/16"]}),
        (Part.PROFILE, "properties.containerNetworkInterfaceConfigurations", []),
        (Part.ENDPOINT, "properties.subnet", {"id": "/other"}),
        (Part.ZONE_LINK, "properties.virtualNetwork", {"id": "/other"}),
    ],
)
@pytest.mark.parametrize("ours", [True, False])
def test_what_cannot_be_changed_is_in_the_way(part: Part, path: str, value: Any, ours: bool) -> None:
    plan = planned()
    with pytest.raises(RouteRefused) as refused:
        compared(plan, changed_at(plan, part, path, value, ours=ours))
    assert refused.value.code == ("made-otherwise" if ours else "name-taken")
    assert piece(plan, part).name in refused.value.sentence
    assert path.rpartition(".")[2] in refused.value.sentence


def test_a_subnet_of_the_official_name_that_is_not_delegated_is_in_the_way() -> None:
    hub = vnet(HUB, "10.60.0.0/16", subnet("aksess-shell", "10.60.8.0/24"))
    plan = planned(with_hub(survey(), hub), network=HUB)
    with pytest.raises(RouteRefused, match=r"aksess-shell.*delegations"):
        compared(plan, {piece(plan, Part.SHELL_SUBNET).id: hub.subnets[0].body})


def test_what_may_not_be_read_is_told() -> None:
    plan = planned()
    back = piece(plan, Part.PEERING_BACK)
    told = compared(plan, {back.id: RightsMissing("a", "b")})
    assert piece(told, Part.PEERING_BACK).action is Action.CREATE
    assert any("may not be read" in note for note in told.notes)


names = st.sampled_from(["a", "b", "c", "name"])
leaves = st.one_of(st.text(max_size=3), st.integers(0, 3), st.booleans())
bodies_drawn: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=8,
)
objects = st.dictionaries(names, bodies_drawn, max_size=4)


@given(objects)
def test_a_body_does_not_differ_from_itself(body: Json) -> None:
    assert not list(differing(body, body))


@given(objects, objects)
def test_what_was_laid_over_does_not_differ_any_more(there: Json, body: Json) -> None:
    assert not list(differing(body, merged(there, body)))


@given(objects, objects)
def test_laying_over_keeps_what_is_not_planned(there: Json, body: Json) -> None:
    made = merged(there, body)
    assert all(made[key] == value for key, value in there.items() if key not in body)


def test_a_list_of_plain_words_is_compared_too() -> None:
    assert list(differing({"a": ["x"]}, {"a": ["y"]})) == ["a"]
    assert not list(differing({"a": ["x"]}, {"a": ["y", "X"]}))


def test_the_official_and_our_own_spelling_of_a_zone_group() -> None:
    body = bodies.zone_group("/zone")
    other = copy.deepcopy(body)
    other["properties"]["privateDnsZoneConfigs"][0]["name"] = "default"
    assert not list(differing(body, other))
