"""Which Bastion, and when none: every refusal has its own code, sentence and next step, and the best one is named."""

from dataclasses import replace
from ipaddress import IPv4Address
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.bastions import Bastion, Candidate, Search
from aksess.azure.clusters import Cluster
from aksess.azure.credentials import Identity
from aksess.azure.ids import ClusterId
from aksess.azure.networks import Peering
from aksess.errors import AzureBusy, RightsMissing, RouteRefused
from aksess.routes.base import Facts, RouteName, Wishes
from aksess.routes.bastion_rules import USD_MONTH, choose_bastion

ID = ClusterId("s", "rg-demo", "vault")
NETWORK = "/subscriptions/s/resourceGroups/rg-demo/providers/Microsoft.Network/virtualNetworks"
SPOKE, HUB = f"{NETWORK}/vnet-spoke", f"{NETWORK}/vnet-hub"
PINNED = Wishes(via=RouteName.BASTION)
FULL = (Peering(HUB, "Connected", True), Peering(SPOKE, "Connected", True))


def bastion(
    name: str = "hub",
    *,
    sku: str = "Standard",
    state: str = "Succeeded",
    vnet: str = HUB,
    address: bool = True,
    **more: Any,
) -> Bastion:
    place: dict[str, Any] = {"subnet": {"id": f"{vnet}/subnets/AzureBastionSubnet"}}
    if address:
        place["publicIPAddress"] = {"id": "/ip"}
    properties = {
        "provisioningState": state,
        "enableTunneling": True,
        "ipConfigurations": [{"properties": place}],
        **more,
    }
    id_ = f"/subscriptions/s/resourceGroups/rg-hub/providers/Microsoft.Network/bastionHosts/{name}"
    return Bastion({"id": id_, "sku": {"name": sku}, "properties": properties})


def peered(name: str = "hub", **what: Any) -> Candidate:
    return Candidate(bastion(name, **what), halves=FULL, joined=SPOKE)


def own(name: str = "own", **what: Any) -> Candidate:
    return Candidate(bastion(name, vnet=SPOKE, **what), own=True)


def facts(*candidates: Candidate, public: bool = False, ranges: tuple[str, ...] = (), **search: Any) -> Facts:
    profile: dict[str, Any] = {"authorizedIPRanges": list(ranges)} if public else {"enablePrivateCluster": True}
    body = {
        "properties": {
            "apiServerAccessProfile": profile,
            "nodeResourceGroup": "MC_x",
            "privateFQDN": "vault-1.guid.privatelink.westeurope.azmk8s.io",
        }
    }
    found = Search(candidates, networks=(SPOKE,), **search)
    return Facts(Cluster(ID, body), Identity("o", "ada", "t"), None, bastions=found)


def test_the_best_is_taken_whatever_order_they_are_listed_in() -> None:
    ranked = [own("zz-own"), own("aa-own", state="Updating"), peered("b"), peered("c"), peered("a", state="Updating")]
    for best in range(len(ranked)):
        for listed in permutations([*ranked[best:], own("aa-basic", sku="Basic")]):
            assert choose_bastion(facts(*listed), PINNED).candidate is ranked[best]


words = st.sampled_from
halves = st.builds(Peering, st.just(HUB), words(["Connected", "Initiated", "Disconnected", ""]), st.booleans())
drawn = st.builds(
    Candidate,
    st.builds(
        lambda name, sku, state, tunnels: bastion(name, sku=sku, state=state, enableTunneling=tunnels),
        words(["a", "b", "c"]),
        words(["Standard", "premium", "Basic", "Developer", ""]),
        words(["Succeeded", "Updating", "Failed", "Deleting", ""]),
        words([True, False, None]),
    ),
    own=st.booleans(),
    halves=st.lists(halves, max_size=2).map(tuple),
    joined=st.just(SPOKE),
    address=st.none() | words([IPv4Address("20.1.2.3"), IPv4Address("20.9.9.9")]),
    resolves=words([True, False, None]),
)


@given(st.lists(drawn, max_size=5), st.booleans(), st.sampled_from([PINNED, Wishes()]))
def test_whatever_is_found_one_is_taken_that_leads_there_or_it_is_said_why_not(
    found: list[Candidate], public: bool, wishes: Wishes
) -> None:
    choice = choose_bastion(facts(*found, public=public, ranges=("20.1.2.3/32",)), wishes)
    assert (choice.candidate is None) != (choice.refusal is None)
    assert choice.why
    if choice.refusal is not None:
        assert choice.refusal.next_step
        assert choice.exists is bool(found)
        return
    assert choice.candidate is not None
    taken = choice.candidate
    assert taken.bastion.sku.lower() in ("standard", "premium")
    assert taken.bastion.tunnels
    assert taken.bastion.state in ("Succeeded", "Updating")
    assert taken.own or (taken.halves and all(half.works for half in taken.halves))
    assert public or taken.resolves is not False
    assert not public or taken.address in (None, ADDRESS)
    assert not public or taken.address or wishes is PINNED, "nobody is sent to an address that nobody knows"


def test_it_is_said_which_and_why() -> None:
    alone = choose_bastion(facts(peered()), PINNED)
    assert alone.why == "`hub` in rg-hub (Standard) stands in vnet-hub, peered with the cluster's network"
    assert "stands in the cluster's own network" in choose_bastion(facts(own()), PINNED).why
    assert "the best of 2 within reach" in choose_bastion(facts(peered(), own()), PINNED).why
    assert "it is updating" in choose_bastion(facts(peered(state="Updating")), PINNED).why
    unsure = replace(peered(), resolves=None)
    assert "cannot be seen from here" in choose_bastion(facts(unsure), PINNED).why


REFUSED = [
    ("bastion-sku", peered(sku="Basic"), "the SKU Basic", "--sku Standard --enable-tunneling true"),
    ("bastion-sku", peered(sku="Developer"), "the SKU Developer", "212 USD a month"),
    ("bastion-sku", peered(sku=""), "the SKU unknown", "Standard or Premium"),
    (
        "bastion-tunneling",
        peered(enableTunneling=False),
        "switched off",
        "update -g rg-hub -n hub --enable-tunneling true",
    ),
    ("bastion-tunneling", peered(enableTunneling=None), "switched off", "--enable-tunneling true"),
    ("bastion-state", peered(state="Failed"), "in the state Failed", "az network bastion show -g rg-hub -n hub"),
    ("bastion-state", peered(state="Deleting"), "in the state Deleting", "az network bastion show"),
    ("bastion-state", peered(state=""), "in the state unknown", "az network bastion show"),
    ("bastion-apart", Candidate(bastion()), "not peered with the network of `vault`", "peering create"),
    (
        "bastion-peering",
        replace(peered(), halves=(Peering(HUB, "Initiated", True),)),
        "peering with vnet-spoke is Initiated",
        "both halves",
    ),
    (
        "bastion-peering",
        replace(peered(), halves=(FULL[0], Peering(SPOKE, "Disconnected", True))),
        "is Disconnected",
        "peering create",
    ),
    (
        "bastion-peering",
        replace(peered(), halves=(FULL[0], Peering(SPOKE, "Connected", False))),
        "does not let traffic pass",
        "allowing access",
    ),
    (
        "bastion-dns",
        replace(peered(), resolves=False),
        "vnet-hub, where Bastion `hub` stands, does not know it",
        f"link vnet create -g MC_x -z guid.privatelink.westeurope.azmk8s.io -n to-bastion -v {HUB} -e false",
    ),
]


@pytest.mark.parametrize(("code", "candidate", "says", "step"), REFUSED)
def test_each_refusal_has_its_own_words(code: str, candidate: Candidate, says: str, step: str) -> None:
    for wishes in (PINNED, Wishes()):
        choice = choose_bastion(facts(candidate), wishes)
        assert choice.candidate is None
        assert isinstance(choice.refusal, RouteRefused)
        assert choice.refusal.code == code
        assert says in choice.refusal.sentence
        assert step in choice.refusal.next_step
        assert choice.why == choice.refusal.sentence
        assert choice.exists, "there is one, though it is shut"


def test_several_that_will_not_do_are_counted_and_the_best_is_explained() -> None:
    choice = choose_bastion(facts(peered("a", sku="Basic"), own(enableTunneling=False)), PINNED)
    assert choice.refusal is not None
    assert (choice.refusal.code, choice.why.endswith("(and 1 more that will not do)")) == ("bastion-tunneling", True)


def test_none_within_reach_says_what_one_takes() -> None:
    choice = choose_bastion(facts(unseen=("other",)), Wishes())
    assert choice.refusal is not None
    assert (choice.exists, choice.refusal.code, choice.usd_month) == (False, "bastion-none", USD_MONTH)
    assert "vnet-spoke" in choice.refusal.sentence
    assert "subscription other could not be listed" in choice.refusal.sentence
    assert f"{USD_MONTH:.0f} USD a month" in choice.refusal.next_step
    assert "az network bastion create -g rg-demo -n NAME --vnet-name vnet-spoke" in choice.refusal.next_step
    assert "aksess invoke" in choice.refusal.next_step


def test_what_could_not_be_read_is_the_refusal_when_nothing_was_found() -> None:
    fault = RightsMissing("no", "ask")
    choice = choose_bastion(facts(fault=fault), Wishes())
    assert (choice.refusal, choice.exists, choice.usd_month) == (fault, False, 0)
    apart = choose_bastion(facts(Candidate(bastion()), fault=fault), PINNED)
    assert apart.refusal is fault, "it may well be peered: nobody could see"
    assert choose_bastion(facts(own(), fault=fault), PINNED).refusal is None, "its own network needs no peering"


def test_nobody_looked_is_no_refusal() -> None:
    choice = choose_bastion(replace(facts(), bastions=None), Wishes())
    assert (choice.candidate, choice.refusal, choice.exists) == (None, None, False)


def test_a_kubeconfig_that_is_not_handed_out_shuts_this_way_too() -> None:
    fault = RightsMissing("no kubeconfig", "ask")
    assert choose_bastion(replace(facts(own()), kubeconfig_fault=fault), PINNED).refusal is fault


@pytest.mark.parametrize(
    "locked",
    [{"sku": {"name": "Automatic"}}, {"properties": {"nodeResourceGroupProfile": {"restrictionLevel": "ReadOnly"}}}],
)
def test_what_azure_does_not_support_is_refused(locked: dict[str, Any]) -> None:
    choice = choose_bastion(replace(facts(own()), cluster=Cluster(ID, locked)), PINNED)
    assert choice.refusal is not None
    assert choice.refusal.code == "bastion-unsupported"


LISTED = ("51.144.20.0/24", "20.1.2.3/32")
ADDRESS = IPv4Address("20.1.2.3")


def test_a_public_cluster_must_list_its_address() -> None:
    near = replace(own(), address=ADDRESS)
    assert choose_bastion(facts(near, public=True, ranges=LISTED), Wishes()).refusal is None
    assert choose_bastion(facts(near, public=True), Wishes()).refusal is None, "open to everybody"
    refusal = choose_bastion(facts(near, public=True, ranges=LISTED[:1]), PINNED).refusal
    assert refusal is not None
    assert (refusal.code, "20.1.2.3" in refusal.sentence) == ("bastion-not-listed", True)
    assert "aksess allow -g rg-demo -n vault --ip 20.1.2.3" in refusal.next_step
    assert choose_bastion(facts(near, public=True, ranges=("0.0.0.0/32",)), PINNED).refusal is not None, "sealed"


def test_an_address_that_may_not_be_read_is_tried_only_on_demand() -> None:
    hidden = facts(own(), public=True, ranges=LISTED)
    assert choose_bastion(hidden, PINNED).refusal is None
    refusal = choose_bastion(hidden, Wishes()).refusal
    assert isinstance(refusal, RightsMissing)
    assert refusal.code == "bastion-address-unknown"
    without = facts(own(address=False), public=True, ranges=LISTED)
    assert choose_bastion(without, PINNED).refusal is not None, "a private-only one has no address to list"


def test_a_private_name_that_a_public_cluster_has_not_is_no_matter() -> None:
    assert choose_bastion(facts(replace(own(), resolves=False), public=True), PINNED).refusal is None


def test_a_search_that_failed_in_passing_is_told() -> None:
    busy = AzureBusy("throttled", "wait")
    assert choose_bastion(facts(fault=busy), Wishes()).refusal is busy
