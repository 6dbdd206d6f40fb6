"""Who reaches which API server of the default world, and from where."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from aksess_sim.internet.caller import Caller
from aksess_sim.internet.egress import random_address
from aksess_sim.internet.reachability import Reach, reach
from aksess_sim.world.loader import load_world
from aksess_sim.world.state import World

LISTED = "40.68.115.7"
UNLISTED = "8.8.4.4"


@pytest.fixture
async def world() -> World:
    return load_world()


def host(world: World, name: str, *, private: bool = False) -> str:
    properties = world.cluster_named(name).body["properties"]
    return str(properties["privateFQDN" if private else "fqdn"]).lower()


def standing(address: str = UNLISTED, network: str | None = None) -> Caller:
    return Caller("cs-test", "ada", IPv4Address(address), network)


@pytest.mark.parametrize(
    ("cluster", "address", "expected"),
    [
        ("web", LISTED, Reach.OPEN),
        ("web", UNLISTED, Reach.SILENT),
        ("open", UNLISTED, Reach.OPEN),
        ("sealed", LISTED, Reach.SILENT),
        ("nat", "20.71.33.14", Reach.OPEN),
        ("inner", UNLISTED, Reach.SILENT),
        ("asleep", "51.144.20.9", Reach.UNRESOLVED),
    ],
)
async def test_from_the_internet(world: World, cluster: str, address: str, expected: Reach) -> None:
    assert reach(world, standing(address), host(world, cluster), 443) is expected


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (None, Reach.UNRESOLVED),
        ("vnet-vault/shell", Reach.OPEN),
        ("vnet-hub/shell", Reach.OPEN),
        ("vnet-nat/nodes", Reach.UNRESOLVED),
    ],
)
async def test_a_private_cluster(world: World, network: str | None, expected: Reach) -> None:
    """The hub is peered with the vault's network and linked to its zone; the others are neither."""
    assert reach(world, standing(network=network), host(world, "vault", private=True), 443) is expected


async def test_half_a_peering_carries_nothing(world: World) -> None:
    [hub] = [n for n in world.networks.of_kind("Microsoft.Network/virtualNetworks") if n["name"] == "vnet-hub"]
    hub["properties"]["virtualNetworkPeerings"].clear()
    vault = host(world, "vault", private=True)
    assert reach(world, standing(network="vnet-hub/shell"), vault, 443) is Reach.SILENT


async def test_a_public_name_of_a_private_cluster_leads_to_a_private_address(world: World) -> None:
    body = world.cluster_named("vault").body["properties"]
    body["fqdn"] = "vault.example.azmk8s.io"
    assert reach(world, standing(), "vault.example.azmk8s.io", 443) is Reach.SILENT
    assert reach(world, standing(network="vnet-vault/shell"), "vault.example.azmk8s.io", 443) is Reach.OPEN


async def test_an_address_enters_when_its_range_is_enforced_and_not_before(world: World) -> None:
    web = world.cluster_named("web")
    web.enforced = (f"{UNLISTED}/32",)
    assert reach(world, standing(UNLISTED), host(world, "web"), 443) is Reach.OPEN
    assert reach(world, standing(LISTED), host(world, "web"), 443) is Reach.SILENT


@pytest.mark.parametrize(
    ("name", "port", "expected"),
    [
        ("management.azure.com", 443, Reach.OPEN),
        ("login.microsoftonline.com", 443, Reach.OPEN),
        ("api.ipify.org", 443, Reach.OPEN),
        ("management.azure.com", 80, Reach.REFUSED),
        ("www.example.org", 443, Reach.UNRESOLVED),
        ("169.254.169.254", 80, Reach.UNRESOLVED),
    ],
)
async def test_other_hosts(world: World, name: str, port: int, expected: Reach) -> None:
    assert reach(world, standing(), name, port) is expected


async def test_an_api_server_listens_on_443_only(world: World) -> None:
    assert reach(world, standing(LISTED), host(world, "web"), 6443) is Reach.REFUSED


def test_a_random_address_is_one_az_accepts_and_nobody_has() -> None:
    taken = [IPv4Network("0.0.0.0/1"), IPv4Network("128.0.0.0/2")]
    for _ in range(50):
        address = random_address(taken)
        assert address.is_global
        assert 192 <= address.packed[0] < 224
