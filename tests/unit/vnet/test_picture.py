"""The picture shows every place between the person and the API server, and what is new about it."""

from aksess.vnet.compare import compared
from aksess.vnet.picture import picture_of
from unit.vnet.surveys import HOME, HUB, as_made, planned, public, subnet, survey, vnet, with_hub


def test_a_private_one() -> None:
    seen = picture_of(planned())
    assert seen.way.name == "vnet-vault"
    assert seen.joints["way"] == "peering, both halves (new)"
    assert seen.goal.head == "private API server"
    assert [one.name for one in seen.inside] == ["aksess-shell", "aksess-relay", "aksess-storage"]
    assert "10.255.255.0/25" in seen.inside[0].facts
    assert any("azmk8s.io" in line for line in seen.below)


def test_a_public_one() -> None:
    seen = picture_of(planned(public()))
    assert seen.way.head == "NAT gateway (new)"
    assert seen.goal.facts == ("admits that one address",)
    assert seen.joints["way"] == ""


def test_what_stands_is_not_new() -> None:
    plan = planned()
    seen = picture_of(compared(plan, as_made(plan)))
    assert seen.relay.mark == seen.network.mark == seen.inside[0].mark == ""
    assert seen.joints["way"] == "peering, both halves"


def test_in_the_clusters_own_network_there_is_no_peering() -> None:
    home = vnet(HOME, "10.50.0.0/16", subnet("nodes", "10.50.0.0/22"))
    assert picture_of(planned(survey(shell_network=home, cluster_network=home), network=HOME)).joints["way"] == ""


def test_a_named_networks_subnets_are_new_one_by_one() -> None:
    hub = vnet(HUB, "10.60.0.0/16", subnet("shell", "10.60.8.0/24", delegated=True))
    plan = planned(with_hub(survey(), hub), network=HUB)
    made = {one.id: body for one in plan.pieces if (body := as_made(plan)[one.id]) and one.name == "shell"}
    assert [one.mark for one in picture_of(compared(plan, made)).inside] == ["", "new"]
