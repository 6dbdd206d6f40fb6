"""Whether this very shell stands in a network that reaches the API server, from facts alone."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from aksess.azure.clusters import Cluster
from aksess.azure.credentials import Identity
from aksess.azure.ids import ClusterId
from aksess.errors import RightsMissing
from aksess.kube.kubeconfig import Kubeconfig
from aksess.kube.probe import Proof, Reach
from aksess.leases.model import Holder
from aksess.leases.standing import Standing
from aksess.routes.base import Facts, RouteName, Wishes
from aksess.routes.vnet import ShellNetwork

CLUSTER = ClusterId("s", "rg", "web")
FIXED, OTHER = IPv4Address("20.71.33.99"), IPv4Address("20.9.9.9")
NETWORK = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-a"
STANDING = Standing(CLUSTER, NETWORK, "public", Holder("ada", "0"), (IPv4Network(FIXED),))
OPEN, SHUT = Proof(Reach.OPEN, 0.2, 200), Proof(Reach.SHUT, 4.0, fault="no answer")


def facts(*, private: bool = False, **known: Any) -> Facts:
    body = {"properties": {"apiServerAccessProfile": {"enablePrivateCluster": private}}}
    usual: dict[str, Any] = {"kubeconfig": Kubeconfig("web", {}, {}), "egress": OTHER, "proof": SHUT}
    return Facts(cluster=Cluster(CLUSTER, body), caller=Identity("0", "ada", "t"), **{**usual, **known})


@pytest.mark.parametrize(
    ("known", "usable"),
    [
        ({"shell_network": STANDING, "egress": FIXED, "proof": OPEN}, True),
        ({"shell_network": STANDING, "egress": FIXED, "proof": SHUT}, False),
        ({"shell_network": STANDING, "egress": FIXED, "proof": None}, False),
        ({"shell_network": STANDING, "egress": OTHER, "proof": OPEN}, False),
        ({"shell_network": STANDING, "egress": None, "proof": OPEN}, False),
        ({"shell_network": None, "egress": FIXED, "proof": OPEN}, False),
        ({"private": True, "proof": OPEN}, True),
        ({"private": True, "proof": SHUT, "shell_network": STANDING}, False),
    ],
)
def test_when_it_is_the_way(known: dict[str, Any], usable: bool) -> None:
    verdict = ShellNetwork().judge(facts(**known), Wishes())
    assert verdict.route is RouteName.VNET
    assert verdict.usable is usable
    assert (verdict.refusal is None) is usable


@pytest.mark.parametrize(
    ("known", "code", "words", "exists"),
    [
        ({}, "no-shell-network", "aksess vnet plan -g rg -n web", False),
        ({"shell_network": STANDING}, "outside-network", "aksess vnet status -g rg -n web", True),
        ({"kubeconfig_fault": RightsMissing("no", "ask"), "kubeconfig": None}, "rights-missing", "ask", False),
    ],
)
async def test_what_is_missing_is_told_with_the_command(
    known: dict[str, Any], code: str, words: str, exists: bool
) -> None:
    route, told = ShellNetwork(), facts(**known)
    verdict = route.judge(told, Wishes())
    assert verdict.refusal is not None
    assert verdict.refusal.code == code
    assert words in verdict.refusal.next_step
    assert verdict.exists is exists
    with pytest.raises(type(verdict.refusal)):
        await route.open(told, Wishes()).__aenter__()


def test_a_lock_down_is_not_forgotten_for_being_inside() -> None:
    told = facts(shell_network=STANDING, egress=FIXED, proof=OPEN)
    assert ShellNetwork().judge(told, Wishes()).usable
    assert not ShellNetwork().judge(told, Wishes(lock_down=True)).usable
    assert ShellNetwork().judge(facts(private=True, proof=OPEN), Wishes(lock_down=True)).usable


async def test_it_opens_nothing() -> None:
    told = facts(private=True, proof=OPEN)
    async with ShellNetwork().open(told, Wishes()) as endpoint:
        assert endpoint.proof is OPEN
        assert endpoint.lease is None
