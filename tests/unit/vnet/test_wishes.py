"""What a person types about a network, and the command that says the same again."""

import shlex
from ipaddress import IPv4Network

import pytest

from aksess.azure.ids import ClusterId
from aksess.errors import BadInput
from aksess.vnet.model import Variant, Wishes
from aksess.vnet.wishes import command_again, network_id, wishes_from

CLUSTER = ClusterId("s", "rg", "web")
VNETS = "providers/Microsoft.Network/virtualNetworks"
FULL = f"/subscriptions/x/resourceGroups/other/{VNETS}/net"

PRINCIPAL = "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9"


def test_nothing_typed_is_nothing_wished() -> None:
    assert wishes_from(CLUSTER) == Wishes()


def test_everything_typed() -> None:
    made = wishes_from(
        CLUSTER,
        public=True,
        network="net",
        address_space="10.7.0.0/24",
        location="x",
        nat=True,
        principal=PRINCIPAL.upper(),
    )
    network = f"/subscriptions/s/resourceGroups/rg/{VNETS}/net"
    assert made == Wishes(Variant.PUBLIC, network, IPv4Network("10.7.0.0/24"), "x", nat=True, principal=PRINCIPAL)
    assert wishes_from(CLUSTER, private=True).variant is Variant.PRIVATE


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        (FULL, FULL),
        (f"{FULL}/", FULL),
        ("net", f"/subscriptions/s/resourceGroups/rg/{VNETS}/net"),
        ("hub/net", f"/subscriptions/s/resourceGroups/hub/{VNETS}/net"),
    ],
)
def test_a_network_is_named_in_three_ways(typed: str, full: str) -> None:
    assert network_id(CLUSTER, typed) == full


@pytest.mark.parametrize("typed", ["a/b/c", "hub/", "/", "/subscriptions/s", f"{FULL}/subnets/s", f"{FULL}?x=1"])
def test_what_names_no_network(typed: str) -> None:
    with pytest.raises(BadInput) as raised:
        network_id(CLUSTER, typed)
    assert raised.value.code == "network-unreadable"


@pytest.mark.parametrize("typed", ["10.7.0.0/99", "x", "10.7.0.1/24", "::1/64", "10.7.0.0/24/2"])
def test_what_is_no_range(typed: str) -> None:
    with pytest.raises(BadInput) as raised:
        wishes_from(CLUSTER, address_space=typed)
    assert raised.value.code == "space-malformed"


@pytest.mark.parametrize("typed", ["", "x", "Azure Container Instance Service", f"{PRINCIPAL}0", "6bb8e274"])
def test_what_is_no_object_id(typed: str) -> None:
    with pytest.raises(BadInput, match="is not an object id"):
        wishes_from(CLUSTER, principal=typed)


def test_private_and_public_at_once_is_neither() -> None:
    with pytest.raises(BadInput):
        wishes_from(CLUSTER, private=True, public=True)


def test_the_command_says_the_same() -> None:
    assert command_again(CLUSTER, Wishes()) == "aksess vnet apply -g rg -n web"
    words = shlex.split(command_again(CLUSTER, Wishes(network=FULL, location="west europe", nat=True)))
    assert words[-5:] == ["--vnet", FULL, "--location", "west europe", "--nat"]
