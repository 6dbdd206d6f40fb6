"""Rights are asked for where they count, for what is left to do; who lacks some is told who else can do it."""

import pytest

from aksess.errors import RightsMissing
from aksess.vnet.by_hand import APPLY
from aksess.vnet.compare import compared
from aksess.vnet.model import Part, Plan
from aksess.vnet.rights import check_rights, needed_rights, role_for, with_rights
from unit.vnet.surveys import DEMO, HOME, HUB, as_made, cluster, planned, public, survey, vnet, with_hub

ROLE_WRITE = "Microsoft.Authorization/roleAssignments/write"
PEERING_WRITE = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write"
PEER = "Microsoft.Network/virtualNetworks/peer/action"
LINK_WRITE = "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write"


def test_a_private_one_takes_rights_in_three_places() -> None:
    plan = planned()
    needed = needed_rights(plan)
    zone = str(plan.piece(Part.CLUSTER_LINK).id).rsplit("/", 2)[0]  # type: ignore[union-attr]
    assert set(needed) == {DEMO, HOME, zone}
    assert set(needed[HOME]) == {PEERING_WRITE, PEER}
    assert needed[zone] == (LINK_WRITE,)
    assert {ROLE_WRITE, PEERING_WRITE, PEER, "Microsoft.Resources/deployments/whatIf/action"} <= set(needed[DEMO])
    assert "Microsoft.Network/natGateways/write" not in needed[DEMO]


def test_a_public_one_takes_the_right_to_admit_an_address() -> None:
    needed = needed_rights(planned(public()))
    assert needed[cluster("web").id.path] == ("Microsoft.ContainerService/managedClusters/write",)
    assert "Microsoft.Network/natGateways/write" in needed[DEMO]


def test_what_stands_takes_none() -> None:
    plan = planned()
    assert needed_rights(compared(plan, as_made(plan))) == {}


def test_registering_takes_its_own() -> None:
    needed = needed_rights(planned(survey(providers={"microsoft.network": "Registered"})))
    assert "Microsoft.Relay/register/action" in needed[DEMO]


def named() -> Plan:
    return planned(with_hub(survey(), vnet(HUB, "10.60.0.0/16")), network=HUB)


def test_a_named_network_is_asked_itself() -> None:
    assert "Microsoft.Network/virtualNetworks/subnets/write" in needed_rights(named())[HUB]


def test_nothing_lacking_is_no_refusal() -> None:
    plan = with_rights(planned(), {DEMO: (), HOME: None})
    assert plan.lacking == ()
    assert any(HOME in note and "may not be read" in note for note in plan.notes)
    check_rights(plan)


def test_who_else_can_do_it_is_told_with_the_command() -> None:
    plan = with_rights(planned(), {HOME: (PEERING_WRITE, PEER), DEMO: (ROLE_WRITE,)})
    assert set(plan.lacking) == {(PEERING_WRITE, HOME), (PEER, HOME), (ROLE_WRITE, DEMO)}
    peering, roles, everybody = plan.errands
    assert peering.who == f"somebody who is Network Contributor at {HOME}"
    assert "Owner" in roles.who
    assert peering.what == Part.PEERING_BACK.value
    assert peering.how.startswith("az network vnet peering create")
    assert roles.how.count("az role assignment create") == 3
    assert "everybody" in everybody.who
    with pytest.raises(RightsMissing) as refused:
        check_rights(plan)
    assert refused.value.code == "rights-missing"
    assert "2 more" in refused.value.sentence


def test_registering_may_be_somebody_elses_too() -> None:
    plan = planned(survey(providers={"microsoft.network": "Registered", "microsoft.cloudshell": "Registered"}))
    errand = with_rights(plan, {DEMO: ("Microsoft.Relay/register/action",)}).errands[0]
    assert errand.how == "az provider register --wait -n Microsoft.Relay"


def test_a_network_that_is_not_yours_has_its_own_code() -> None:
    plan = with_rights(named(), {HUB: ("Microsoft.Network/virtualNetworks/subnets/write",)})
    with pytest.raises(RightsMissing) as refused:
        check_rights(plan)
    assert refused.value.code == "network-not-yours"
    assert "vnet-hub" in refused.value.sentence


@pytest.mark.parametrize(
    ("actions", "role"),
    [
        ([PEER, PEERING_WRITE], "Network Contributor"),
        ([PEER, ROLE_WRITE], "Owner"),
        ([PEER, "Microsoft.Relay/namespaces/write"], "Contributor"),
    ],
)
def test_the_role_to_ask_for(actions: list[str], role: str) -> None:
    assert role_for(actions) == role


def test_what_goes_with_the_template_is_applied_at_once() -> None:
    lacking = ("Microsoft.Network/virtualNetworks/write", ROLE_WRITE)
    assert with_rights(planned(), {DEMO: lacking}).errands[0].how == APPLY
