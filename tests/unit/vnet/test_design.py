"""What is planned for which cluster: all that Cloud Shell takes, nothing twice, each refusal with a code."""

from dataclasses import replace
from typing import Any

import pytest

from aksess.azure import network_bodies as bodies
from aksess.azure.resource_ids import resource_id, type_of
from aksess.errors import AksessError
from aksess.vnet.design import design
from aksess.vnet.model import Part, Plan, Variant, Wishes
from aksess.vnet.survey import Survey
from unit.vnet.surveys import (
    DEMO,
    HOME,
    HUB,
    HUB_GROUP,
    NODES,
    cluster,
    planned,
    public,
    subnet,
    survey,
    vnet,
    with_hub,
)

OFFICIAL = {
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Network/networkProfiles",
    "Microsoft.Relay/namespaces",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Authorization/roleAssignments",
}
"""The types of the official template, but for subnets and the address record, which are made in other ways."""


def parts(plan: Plan) -> list[Part]:
    return [piece.part for piece in plan.pieces]


def test_a_private_cluster_gets_a_network_and_both_halves_of_a_peering_and_a_link() -> None:
    plan = planned()
    assert plan.variant is Variant.PRIVATE
    assert {type_of(piece.id) for piece in plan.deployment} >= OFFICIAL
    assert [piece.part for piece in plan.afterwards] == [Part.PEERING_THERE, Part.PEERING_BACK, Part.CLUSTER_LINK]
    there, back, link = plan.afterwards
    assert there.id.startswith(f"{plan.network}/virtualNetworkPeerings/")
    assert there.body["properties"]["remoteVirtualNetwork"] == {"id": HOME}
    assert back.id.startswith(f"{HOME}/virtualNetworkPeerings/")
    assert back.body["properties"]["remoteVirtualNetwork"] == {"id": plan.network}
    assert link.id.startswith(
        f"{NODES}/providers/Microsoft.Network/privateDnsZones/guid.privatelink.westeurope.azmk8s.io/"
    )
    assert link.body["properties"]["virtualNetwork"] == {"id": plan.network}
    assert plan.admitted == ()
    assert plan.cluster_network == HOME


def test_a_public_one_gets_one_address_that_is_admitted() -> None:
    plan = planned(public())
    assert plan.variant is Variant.PUBLIC
    address, gateway = plan.piece(Part.ADDRESS), plan.piece(Part.NAT_GATEWAY)
    assert address
    assert gateway
    assert plan.admitted == (address.id,)
    network = plan.piece(Part.NETWORK)
    assert network
    shells = network.body["properties"]["subnets"][0]["properties"]
    assert shells["natGateway"] == {"id": gateway.id}
    assert plan.afterwards == ()
    assert plan.cluster_network is None


def test_three_roles_are_assigned_and_to_one_principal() -> None:
    plan = planned()
    roles = {piece.part: piece for piece in plan.pieces if "roleAssignments" in piece.id}
    assert set(roles) == {Part.SUBNET_ROLE, Part.PROFILE_ROLE, Part.RELAY_ROLE}
    assert {one.body["properties"]["principalId"] for one in roles.values()} == {plan.principal}
    assert roles[Part.SUBNET_ROLE].id.startswith(plan.subnets[Part.SHELL_SUBNET])
    assert roles[Part.RELAY_ROLE].body["properties"]["roleDefinitionId"].endswith(bodies.CONTRIBUTOR)


@pytest.mark.parametrize(
    "known",
    [survey(), public(), with_hub(survey(), vnet(HUB, "10.60.0.0/16")), with_hub(public(), vnet(HUB, "10.60.0.0/16"))],
)
def test_the_order_is_one_in_which_it_can_be_made(known: Survey) -> None:
    plan = planned(known, network=known.shell_network.id if known.shell_network else None)
    made = {plan.network} if not plan.network_is_ours else set()
    for piece in plan.pieces:
        assert set(piece.needs) <= made, piece
        made.add(piece.id)
    assert len({piece.id.lower() for piece in plan.pieces}) == len(list(plan.pieces))
    assert all(piece.why and piece.api_version for piece in plan.pieces)


def test_the_same_plan_every_time_and_for_everyone() -> None:
    again = design(replace(survey(), deployer="somebody else"), Wishes())
    assert [piece.id for piece in again.pieces] == [piece.id for piece in planned().pieces]


def test_tags_say_who_made_it_and_what_for() -> None:
    network = planned().piece(Part.NETWORK)
    assert network
    assert network.body["tags"] == {
        "aksess": "vnet",
        "aksess-by": "ada@contoso.example",
        "aksess-cluster": cluster().id.path,
    }


def test_a_named_network_is_never_written_itself() -> None:
    plan = planned(with_hub(survey(), vnet(HUB, "10.60.0.0/16", peers={HOME: "10.50.0.0/16"})), network=HUB)
    assert Part.NETWORK not in parts(plan)
    assert {Part.SHELL_SUBNET, Part.RELAY_SUBNET, Part.STORAGE_SUBNET} <= set(parts(plan))
    there = plan.piece(Part.PEERING_THERE)
    assert there
    assert there.name == "to-vnet-vault", "a half that stands is not made twice"


def test_in_the_clusters_own_network_nothing_is_peered() -> None:
    home = vnet(HOME, "10.50.0.0/16", subnet("nodes", "10.50.0.0/22"))
    plan = planned(survey(shell_network=home, cluster_network=home), network=HOME)
    assert plan.afterwards == ()


def test_a_link_that_stands_is_found_under_any_name() -> None:
    hub = vnet(HUB, "10.60.0.0/16")
    link = {"id": f"{survey().zone}/virtualNetworkLinks/abc", "properties": {"virtualNetwork": {"id": HUB.upper()}}}
    plan = planned(with_hub(survey(zone_links=(link,)), hub), network=HUB)
    assert plan.piece(Part.CLUSTER_LINK).id == link["id"]  # type: ignore[union-attr]


def test_a_central_zone_of_relays_is_used_where_it_is() -> None:
    zone = resource_id(HUB_GROUP, bodies.ZONE, bodies.RELAY_ZONE)
    shells = resource_id(DEMO, bodies.VNET, "shells")
    link = {"id": f"{zone}/virtualNetworkLinks/l", "properties": {"virtualNetwork": {"id": shells}}}
    known = with_hub(survey(), vnet(shells, "10.61.0.0/24"), **{bodies.ZONE_LINK: (link,)})
    plan = planned(known, network=shells)
    assert plan.piece(Part.ZONE).id == zone  # type: ignore[union-attr]
    assert plan.piece(Part.ZONE_LINK).id == link["id"]  # type: ignore[union-attr]
    assert not [piece for piece in plan.deployment if "/rg-hub/" in piece.id], "one template, one group"
    record = plan.piece(Part.ZONE_RECORD)
    assert record
    assert record.body["properties"]["privateDnsZoneConfigs"][0]["properties"]["privateDnsZoneId"] == zone


def test_a_private_one_may_have_a_fixed_address_too() -> None:
    assert Part.NAT_GATEWAY not in parts(planned())
    plan = planned(nat=True)
    assert Part.NAT_GATEWAY in parts(plan)
    assert plan.admitted == ()


def test_a_gateway_that_stands_is_the_one_that_is_admitted() -> None:
    nat = {"id": "/nat", "properties": {"publicIpAddresses": [{"id": "/ip1"}, {"id": "/ip2"}]}}
    hub = vnet(HUB, "10.60.0.0/16", subnet("shell", "10.60.8.0/24", delegated=True, natGateway={"id": "/nat"}))
    plan = planned(with_hub(public(), hub, **{bodies.NAT_GATEWAY: (nat,)}), network=HUB)
    assert plan.admitted == ("/ip1", "/ip2")
    assert Part.NAT_GATEWAY not in parts(plan)


def test_an_open_api_server_is_left_open() -> None:
    web = cluster("web", private=False, apiServerAccessProfile=None, agentPoolProfiles=[])
    plan = planned(survey(web, cluster_network=None, neighbours=()))
    assert plan.admitted == ()
    assert any("open to the whole internet" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("known", "wishes", "code"),
    [
        (survey(), {"variant": Variant.PUBLIC}, "cluster-private"),
        (public(), {"variant": Variant.PRIVATE}, "cluster-public"),
        (survey(cluster_network=None), {}, "cluster-network-unseen"),
        (survey(principal=None), {}, "principal-unknown"),
        (survey(), {"location": "centralus"}, "shell-region"),
        (survey(cluster(location="australiaeast")), {}, "shell-region"),
        (
            with_hub(
                public(),
                vnet(HUB, "10.60.0.0/16", subnet("s", "10.60.8.0/24", delegated=True, natGateway={"id": "/nat"})),
                **{bodies.NAT_GATEWAY: ({"id": "/nat", "properties": {"publicIpPrefixes": [{"id": "/p"}]}},)},
            ),
            {"network": HUB},
            "gateway-unfit",
        ),
    ],
)
def test_each_refusal_has_its_code(known: Survey, wishes: dict[str, Any], code: str) -> None:
    with pytest.raises(AksessError) as refused:
        design(known, Wishes(**wishes))
    assert refused.value.code == code
    assert refused.value.next_step


def test_a_principal_may_be_told_by_hand() -> None:
    assert planned(survey(principal=None), principal="p").principal == "p"


def test_what_is_not_registered_is_listed() -> None:
    assert planned().registrations == ()
    states = {"microsoft.relay": "NotRegistered", "microsoft.network": "Registered"}
    missing = planned(survey(providers=states)).registrations
    assert missing == ("Microsoft.CloudShell", "Microsoft.ContainerInstance", "Microsoft.Relay")
    assert planned(survey(providers={})).registrations == (), "what may not be read is not guessed"


def test_the_preview_of_aks_is_preferred_and_said() -> None:
    plan = planned(survey(cluster(cloudShellProfile={"mode": "Managed"})))
    assert "prefer that" in plan.notes[0]


def test_what_a_link_of_a_zone_cannot_do_is_said() -> None:
    hub = vnet(HUB, "10.60.0.0/16")
    assert not [note for note in planned(with_hub(survey(), hub), network=HUB).notes if "DNS servers" in note]
    hub.body["properties"]["dhcpOptions"] = {"dnsServers": ["10.60.0.4"]}
    assert any("10.60.0.4" in note for note in planned(with_hub(survey(), hub), network=HUB).notes)


def test_a_route_table_decides_how_shells_leave() -> None:
    hub = vnet(HUB, "10.60.0.0/16", subnet("s", "10.60.8.0/24", delegated=True, routeTable={"id": "/rt"}))
    assert any("`rt`" in note for note in planned(with_hub(survey(), hub), network=HUB).notes)


def test_everybody_must_set_their_own_shell() -> None:
    [errand] = planned().errands
    assert "--set-my-shell" in errand.how
    assert "everybody" in errand.who
