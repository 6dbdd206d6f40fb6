"""The ground is free, in one region, and the same every time; each thing that is in the way has a code of its own."""

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure import network_bodies as bodies
from aksess.azure.resource_ids import resource_id
from aksess.errors import AksessError
from aksess.vnet.ground import choose_ground, taken
from aksess.vnet.model import Part, Wishes
from aksess.vnet.survey import Survey
from unit.vnet.surveys import DEMO, HOME, HUB, NODES, cluster, subnet, survey, vnet, with_hub

HUB_BODY = vnet(HUB, "10.60.0.0/16", subnet("AzureBastionSubnet", "10.60.0.0/26"))
OWN = choose_ground(survey(), Wishes()).network


def net(text: str) -> IPv4Network:
    return IPv4Network(text)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(9, 24)), max_size=8))
def test_our_own_space_overlaps_nothing_that_is_known(peered: list[tuple[int, int]]) -> None:
    spaces = [IPv4Network((0x0A000000 + (second << 16), prefix), strict=False) for second, prefix in peered]
    home = vnet(HOME, "10.50.0.0/16", peers={f"{HUB}{i}": str(space) for i, space in enumerate(spaces)})
    known = survey(cluster_network=home, neighbours=())
    block = choose_ground(known, Wishes()).block
    assert block is not None
    others = [*spaces, *map(net, ("10.50.0.0/16", "10.244.0.0/16", "10.0.0.0/16"))]
    assert not any(block.overlaps(one) for one in others)
    assert block == choose_ground(known, Wishes()).block


def test_what_is_taken_is_named() -> None:
    told = dict(taken(survey()))
    assert told["the cluster's pods"] == net("10.244.0.0/16")
    assert told["the cluster's services"] == net("10.0.0.0/16")
    assert told["the network `vnet-vault`"] == net("10.50.0.0/16")
    assert told["`vnet-hub`, peered with `vnet-vault`"] == net("10.60.0.0/16")


def test_a_network_of_our_own_stands_in_the_clusters_group_and_region() -> None:
    ground = choose_ground(survey(), Wishes())
    assert ground.ours
    assert ground.network.startswith(f"{DEMO}/providers/Microsoft.Network/virtualNetworks/vnet-aksess-vault-")
    assert ground.location == "westeurope"
    assert set(ground.subnets) == {Part.SHELL_SUBNET, Part.RELAY_SUBNET, Part.STORAGE_SUBNET}
    assert choose_ground(survey(), Wishes(location="North Europe")).location == "northeurope"


def test_where_it_stands_already_it_stays() -> None:
    standing = vnet(OWN, "10.90.0.0/25", tags={"aksess": "vnet"})
    home = vnet(HOME, "10.50.0.0/16", peers={OWN: "10.90.0.0/25"})
    again = choose_ground(survey(shell_network=standing, cluster_network=home), Wishes())
    assert again.block == net("10.90.0.0/25")


def test_a_named_network_gives_what_is_free_in_it() -> None:
    ground = choose_ground(with_hub(survey(), HUB_BODY), Wishes(network=HUB))
    assert not ground.ours
    assert ground.block == net("10.60.255.0/24")
    assert ground.prefixes[Part.SHELL_SUBNET] == net("10.60.255.0/25")
    assert ground.subnets[Part.SHELL_SUBNET] == f"{HUB}/subnets/aksess-shell"


def test_a_delegated_subnet_is_used_as_it_is() -> None:
    hub = vnet(HUB, "10.60.0.0/16", subnet("shell", "10.60.8.0/24", delegated=True))
    ground = choose_ground(with_hub(survey(), hub), Wishes(network=HUB))
    assert ground.subnets[Part.SHELL_SUBNET] == f"{HUB}/subnets/shell"
    assert ground.prefixes[Part.SHELL_SUBNET] == net("10.60.8.0/24")
    assert ground.subnets[Part.RELAY_SUBNET] == f"{HUB}/subnets/aksess-relay"
    assert Part.STORAGE_SUBNET not in ground.subnets


FULL = vnet(HUB, "10.60.0.0/24", subnet("all", "10.60.0.0/24"))
TWICE = vnet(HUB, "10.50.4.0/24")
MANAGED = resource_id(NODES, bodies.VNET, "aks-vnet")
FILLED = tuple(vnet(f"/{i}", space) for i, space in enumerate(("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
STANDING = survey(shell_network=vnet(OWN, "10.90.0.0/24"))
BESIDE_HUB = with_hub(survey(), HUB_BODY)
IN_HUB: dict[str, Any] = {"network": HUB}


@pytest.mark.parametrize(
    ("known", "wishes", "code"),
    [
        (survey(), {"address_space": net("10.60.4.0/24")}, "space-overlaps"),
        (survey(), {"address_space": net("10.244.0.0/24")}, "space-overlaps"),
        (survey(), {"address_space": net("10.90.0.0/28")}, "space-small"),
        (survey(), {"address_space": net("20.0.0.0/24")}, "space-unfit"),
        (survey(neighbours=FILLED), {}, "space-full"),
        (STANDING, {"address_space": net("10.91.0.0/24")}, "space-differs"),
        (STANDING, {"location": "eastus"}, "network-region"),
        (survey(), IN_HUB, "network-unknown"),
        (with_hub(survey(), FULL), IN_HUB, "space-full"),
        (with_hub(survey(), TWICE), IN_HUB, "space-overlaps"),
        (BESIDE_HUB, {**IN_HUB, "location": "eastus"}, "network-region"),
        (BESIDE_HUB, {**IN_HUB, "address_space": net("10.60.9.0/28")}, "space-small"),
        (BESIDE_HUB, {**IN_HUB, "address_space": net("10.61.0.0/24")}, "space-outside"),
        (BESIDE_HUB, {**IN_HUB, "address_space": net("10.60.0.0/24")}, "space-overlaps"),
        (with_hub(survey(), vnet(MANAGED, "10.224.0.0/12")), {"network": MANAGED}, "network-of-aks"),
    ],
)
def test_what_is_in_the_way_has_its_code(known: Survey, wishes: dict[str, Any], code: str) -> None:
    with pytest.raises(AksessError) as refused:
        choose_ground(known, Wishes(**wishes))
    assert refused.value.code == code, refused.value
    assert refused.value.next_step


def test_a_public_clusters_network_need_not_be_free_of_overlap() -> None:
    known = with_hub(survey(cluster("web", private=False)), TWICE)
    assert choose_ground(known, Wishes(network=HUB)).network == HUB
