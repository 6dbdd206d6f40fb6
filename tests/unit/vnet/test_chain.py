"""The chain: right when everything is, and broken at the very link that was broken."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.user_settings import ShellSettings
from aksess.errors import RightsMissing
from aksess.kube.probe import Proof, Reach
from aksess.vnet.chain import Health, Link, Seen, broken, chain, mended, nothing_stands
from aksess.vnet.model import Action, Part, Variant
from unit.vnet.whole_chain import (
    ADDRESS,
    BACK,
    CLUSTER_LINK,
    ENDPOINT,
    LINK,
    NAT,
    NSG,
    PROFILE,
    RECORD,
    RELAY,
    ROLE,
    SUBNET,
    THERE,
    VNET,
    ZONE,
    changed,
    judged,
    whole,
    without,
)

BOTH = pytest.mark.parametrize("variant", list(Variant))
MISSING = {
    NSG: Part.SECURITY_GROUP,
    VNET: Part.NETWORK,
    SUBNET: Part.SHELL_SUBNET,
    PROFILE: Part.PROFILE,
    RELAY: Part.RELAY,
    ENDPOINT: Part.ENDPOINT,
    ZONE: Part.ZONE,
    LINK: Part.ZONE_LINK,
    RECORD: Part.ZONE_RECORD,
    ROLE: Part.RELAY_ROLE,
}
PRIVATE = {BACK: Part.PEERING_BACK, THERE: Part.PEERING_THERE, CLUSTER_LINK: Part.CLUSTER_LINK}
PUBLIC = {ADDRESS: Part.ADDRESS, NAT: Part.NAT_GATEWAY}
BY_VARIANT = [(variant, *one) for variant in Variant for one in MISSING.items()]
BY_VARIANT += [(Variant.PRIVATE, *one) for one in PRIVATE.items()]
BY_VARIANT += [(Variant.PUBLIC, *one) for one in PUBLIC.items()]


def named(seen: Seen) -> list[str]:
    return [link.name for link in broken(chain(seen))]


def link(seen: Seen, name: str) -> Link:
    return next(one for one in chain(seen) if one.name == name)


@BOTH
def test_everything_is_right(variant: Variant) -> None:
    links = chain(whole(variant))
    assert {one.health for one in links} == {Health.OK}, links
    assert len({one.name for one in links}) == len(links)
    assert all(one.sentence and not one.mend for one in links)


@pytest.mark.parametrize(("variant", "id_", "part"), BY_VARIANT)
def test_what_is_missing_is_named_and_nothing_else(variant: Variant, id_: str, part: Part) -> None:
    seen = without(whole(variant), id_)
    assert named(seen) == [part.value]
    assert link(seen, part.value).mend == seen.again


@pytest.mark.parametrize(("variant", "id_", "part"), BY_VARIANT)
def test_what_cannot_be_read_is_unknown_not_broken(variant: Variant, id_: str, part: Part) -> None:
    hidden = RightsMissing("you may not", "ask")
    seen = whole(variant)
    seen = replace(seen, standing={**seen.standing, id_: hidden})
    assert named(seen) == []
    expected = Health.OK if id_ == RECORD else Health.UNKNOWN
    assert link(seen, part.value).health is expected


@BOTH
def test_a_failed_resource_is_broken(variant: Variant) -> None:
    assert named(changed(whole(variant), RELAY, provisioningState="Failed")) == [Part.RELAY.value]


@BOTH
def test_another_content_than_planned_is_broken(variant: Variant) -> None:
    seen = judged(whole(variant), Part.RELAY, Action.CHANGE, "sku.name")
    assert named(seen) == [Part.RELAY.value]
    assert "sku.name" in link(seen, Part.RELAY.value).sentence


def test_somebody_elses_is_told_as_such() -> None:
    seen = judged(whole(Variant.PUBLIC), Part.RELAY, Action.ADOPT)
    assert "not made by aksess" in link(seen, Part.RELAY.value).sentence
    assert named(seen) == []


def test_a_record_that_was_written_by_hand_is_looked_at_too() -> None:
    seen = whole(Variant.PUBLIC)
    kept = tuple(one for one in seen.plan.deployment if one.part is not Part.ZONE_RECORD)
    seen = replace(seen, plan=replace(seen.plan, deployment=kept))
    assert link(seen, Part.ZONE_RECORD.value).health is Health.OK
    assert named(without(seen, RECORD)) == [Part.ZONE_RECORD.value]
    hidden = replace(seen, standing={**seen.standing, RECORD: RightsMissing("no", "ask")})
    assert link(hidden, Part.ZONE_RECORD.value).health is Health.UNKNOWN
    assert link(replace(seen, record=None), "relay").health is Health.OK


def test_the_providers_are_a_link() -> None:
    seen = whole(Variant.PUBLIC)
    seen = replace(seen, plan=replace(seen.plan, registrations=("Microsoft.Relay",)))
    assert named(seen) == ["resource providers"]
    assert "az provider register" in link(seen, "resource providers").mend


def test_the_other_half_is_named_while_ours_only_waits() -> None:
    seen = changed(without(whole(Variant.PRIVATE), BACK), THERE, peeringState="Initiated")
    assert named(seen) == [Part.PEERING_BACK.value]
    both = changed(whole(Variant.PRIVATE), THERE, peeringState="Initiated")
    assert named(both) == [Part.PEERING_THERE.value]
    cut = changed(without(whole(Variant.PRIVATE), BACK), THERE, peeringState="Disconnected")
    assert named(cut) == [Part.PEERING_THERE.value, Part.PEERING_BACK.value]


@pytest.mark.parametrize(
    ("ranges", "health"),
    [
        ([], Health.OK),
        (["51.144.20.0/24"], Health.BROKEN),
        (["20.71.0.0/16"], Health.OK),
        (["0.0.0.0/32"], Health.BROKEN),
    ],
)
def test_the_address_must_be_admitted(ranges: list[str], health: Health) -> None:
    seen = whole(Variant.PUBLIC)
    body = {"properties": {"apiServerAccessProfile": {"authorizedIPRanges": ranges}}}
    assert link(replace(seen, cluster=replace(seen.cluster, body=body)), "authorized ranges").health is health


def test_an_address_nobody_knows_is_not_missing() -> None:
    seen = replace(whole(Variant.PUBLIC), ours=())
    assert link(seen, "authorized ranges").health is Health.UNKNOWN


@BOTH
def test_the_settings_are_the_persons_link(variant: Variant) -> None:
    name, seen = "your Cloud Shell's settings", whole(variant)
    elsewhere = replace(seen, settings=type(seen.settings)({}))  # type: ignore[arg-type]
    assert link(elsewhere, name).health is Health.BROKEN
    assert link(elsewhere, name).mend.endswith("--set-my-shell")
    assert link(replace(seen, settings=RightsMissing("no", "ask")), name).health is Health.UNKNOWN
    assert not isinstance(seen.settings, Exception)
    other = type(seen.settings)(seen.settings.inside("/x/other", RELAY, "l", "s"))
    assert "another network (profile `other`)" in link(replace(seen, settings=other), name).sentence


def test_where_this_shell_stands() -> None:
    public, private = whole(Variant.PUBLIC), whole(Variant.PRIVATE)
    assert public.inside is True
    assert private.inside is True
    # Another network may reach a private API server as well.
    assert replace(private, settings=ShellSettings({})).inside is None
    assert replace(private, settings=RightsMissing("no", "ask")).inside is None
    shut = Proof(Reach.SHUT, 4.0, fault="no answer")
    assert replace(public, egress=IPv4Address("20.9.9.9")).inside is False
    assert replace(private, proof=shut).inside is None
    assert replace(public, egress=None, proof=shut).inside is None
    # Open to the whole internet: that it answers tells nothing about where one stands.
    assert replace(public, egress=IPv4Address("20.9.9.9"), proof=Proof(Reach.OPEN, 0.1, 200)).inside is False


@BOTH
def test_from_outside_nothing_is_broken_for_being_out_of_reach(variant: Variant) -> None:
    seen = replace(whole(variant), egress=IPv4Address("20.9.9.9"), proof=Proof(Reach.SHUT, 4.0, fault="no answer"))
    assert named(seen) == []
    assert link(seen, "API server").health is Health.UNKNOWN
    assert link(seen, "this shell").health is Health.UNKNOWN


def test_an_api_server_that_does_not_answer_inside_is_broken() -> None:
    seen = replace(whole(Variant.PUBLIC), proof=Proof(Reach.SHUT, 4.0, fault="no answer"))
    assert named(seen) == ["API server"]
    unasked = replace(seen, proof=None)
    assert named(unasked) == []
    assert link(unasked, "API server").health is Health.UNKNOWN


def test_a_stopped_cluster_is_told_as_stopped() -> None:
    seen = replace(whole(Variant.PUBLIC), proof=Proof(Reach.UNKNOWN_NAME, 0.1, fault="no such name"))
    body = {"properties": {**seen.cluster.body["properties"], "powerState": {"code": "Stopped"}}}
    seen = replace(seen, cluster=replace(seen.cluster, body=body))
    assert named(seen) == ["API server"]
    assert link(seen, "API server").mend == "az aks start -g g -n vault"


def test_whether_anything_of_it_stands() -> None:
    seen = whole(Variant.PUBLIC)
    assert not nothing_stands(seen)
    assert nothing_stands(replace(seen, standing={}))
    assert not nothing_stands(replace(seen, standing={NSG: RightsMissing("no", "ask")}))


def test_what_a_put_mends_is_to_be_written_anew() -> None:
    seen = changed(whole(Variant.PRIVATE), THERE, peeringState="Disconnected")
    made = mended(seen)
    assert [(one.part, one.action) for one in made.pieces if not one.stands] == [(Part.PEERING_THERE, Action.CREATE)]
    bare = mended(without(whole(Variant.PRIVATE), RECORD))
    assert [(one.part, one.action) for one in bare.pieces if not one.stands] == [(Part.ZONE_RECORD, Action.CHANGE)]
    dead = {"privateLinkServiceId": RELAY, "privateLinkServiceConnectionState": {"status": "Disconnected"}}
    seen = changed(whole(Variant.PRIVATE), ENDPOINT, privateLinkServiceConnections=[{"properties": dead}])
    assert [one.part for one in mended(seen).pieces if not one.stands] == [Part.ENDPOINT, Part.ZONE_RECORD]
    assert mended(judged(seen, Part.ENDPOINT, Action.ADOPT)).piece(Part.ENDPOINT) == (
        judged(seen, Part.ENDPOINT, Action.ADOPT).plan.piece(Part.ENDPOINT)
    )
    assert mended(whole(Variant.PRIVATE)) == whole(Variant.PRIVATE).plan
    failed = changed(whole(Variant.PRIVATE), RELAY, provisioningState="Failed")
    assert mended(failed) == failed.plan


def test_a_rule_of_somebody_is_theirs_to_take_away() -> None:
    rule = {"direction": "Outbound", "access": "Deny", "protocol": "*", "priority": 200}
    everything = {**rule, "destinationAddressPrefix": "*", "destinationPortRange": "*"}
    seen = changed(whole(Variant.PUBLIC), NSG, securityRules=[{"properties": everything}])
    assert named(seen) == [Part.SHELL_SUBNET.value]
    assert "az network nsg rule list -g g --nsg-name nsg" in link(seen, Part.SHELL_SUBNET.value).mend
    bare = replace(whole(Variant.PUBLIC), security_group=None)
    assert link(bare, Part.SHELL_SUBNET.value).mend == bare.again


def paths(body: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inner:
        yield (*before, key)
        yield from paths(value, (*before, key))


def emptied(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same body with this in that place, or nothing there at all."""
    body = copy.deepcopy(body)
    place = body
    for key in path[:-1]:
        place = place[key]
    if value == "gone" and isinstance(place, dict):
        del place[path[-1]]
    else:
        place[path[-1]] = None if value == "gone" else value
    return body


@given(st.sampled_from(Variant), st.data())
def test_whatever_azure_leaves_out_every_link_is_judged(variant: Variant, data: st.DataObject) -> None:
    seen = whole(variant)
    standing = dict(seen.standing)
    for id_ in data.draw(st.lists(st.sampled_from(sorted(standing)), max_size=4)):
        body = standing[id_]
        path = data.draw(st.sampled_from(list(paths(body))))
        if not any(isinstance(key, int) for key in path[-1:]):
            standing[id_] = emptied(body, path, data.draw(st.sampled_from([None, "gone"])))
    links = chain(replace(seen, standing=standing))
    assert [one.name for one in links] == [one.name for one in chain(seen)]
    assert all(one.sentence for one in links)
    assert all(one.mend for one in links if one.health is Health.BROKEN)
    mended(replace(seen, standing=standing))
