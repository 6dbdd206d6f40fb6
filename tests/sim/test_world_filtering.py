"""Network security groups, as a shell in a network meets them on its way out."""

from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from typing import Any

import aiohttp
import pytest

from aksess_sim.host import SimulatedAzure
from aksess_sim.world.filtering import lets_out
from aksess_sim.world.loader import load_world
from aksess_sim.world.network_bodies import NSG, resource
from aksess_sim.world.resource_ids import resource_id
from aksess_sim.world.state import World
from sim.simulated_shell import Person, shell

API_SERVER = IPv4Address("10.50.0.4")
ELSEWHERE = IPv4Address("172.16.0.1")
DEFAULTS = [
    ("VirtualNetwork", "VirtualNetwork", 65000, "Allow"),
    ("*", "Internet", 65001, "Allow"),
    ("*", "*", 65500, "Deny"),
]


def rule(priority: int, access: str, to: str = "*", **more: Any) -> dict[str, Any]:
    usual = {"direction": "Outbound", "protocol": "Tcp", "sourceAddressPrefix": "*", "destinationPortRange": "443"}
    return usual | {"priority": priority, "access": access, "destinationAddressPrefix": to} | more


def guarded(world: World, *rules: dict[str, Any]) -> str:
    """The subnet `vnet-vault/shell` with a security group of these rules; its id."""
    subscription = next(iter(world.subscriptions.values())).id
    group = resource_id(subscription, "rg-demo", NSG, "guard")
    defaults = [rule(priority, access, to, sourceAddressPrefix=source) for source, to, priority, access in DEFAULTS]
    fields = {
        "securityRules": [{"properties": one} for one in rules],
        "defaultSecurityRules": [{"properties": one | {"destinationPortRange": "*"}} for one in defaults],
    }
    world.store.put(resource(group, NSG, fields, location="westeurope"))
    subnet = world.networks.subnet_named("vnet-vault/shell")
    body = world.networks.find(subnet)
    assert body is not None
    body["properties"]["networkSecurityGroup"] = {"id": group}
    return subnet


async def test_without_a_group_everything_may_leave() -> None:
    world = load_world()
    subnet = world.networks.subnet_named("vnet-vault/shell")
    assert lets_out(world.networks, subnet, API_SERVER)
    assert lets_out(world.networks, subnet, None)


async def test_azures_own_rules_let_out_to_networks_and_the_internet_and_nowhere_else() -> None:
    world = load_world()
    subnet = guarded(world)
    peered, not_peered = IPv4Address("10.60.0.9"), IPv4Address("10.30.0.9")
    for target, expected in [(API_SERVER, True), (peered, True), (None, True), (not_peered, False), (ELSEWHERE, False)]:
        assert lets_out(world.networks, subnet, target) == expected


async def test_what_no_rule_fits_stays_inside() -> None:
    world = load_world()
    subnet = guarded(world)
    group = world.store.of_kind(NSG)[0]
    group["properties"]["defaultSecurityRules"] = []
    assert not lets_out(world.networks, subnet, API_SERVER)


@pytest.mark.parametrize(
    ("rules", "private", "public"),
    [
        ([rule(100, "Deny")], False, False),
        ([rule(100, "Deny", "Internet")], True, False),
        ([rule(100, "Deny", "VirtualNetwork")], False, True),
        ([rule(100, "Deny", "0.0.0.0/0")], False, False),
        ([rule(100, "Deny", "10.50.0.0/22")], False, True),
        ([rule(100, "Deny", "10.50.0.4")], False, True),
        ([rule(100, "Deny", "AzureCloud")], True, True),
        ([rule(200, "Deny"), rule(100, "Allow", "10.50.0.4/32")], True, False),
        ([rule(100, "Deny"), rule(200, "Allow")], False, False),
        ([rule(100, "Deny", direction="Inbound")], True, True),
        ([rule(100, "Deny", protocol="Udp")], True, True),
        ([rule(100, "Deny", protocol="*")], False, False),
        ([rule(100, "Deny", destinationPortRange="22")], True, True),
        ([rule(100, "Deny", destinationPortRange="400-500")], False, False),
        ([rule(100, "Deny", destinationPortRange="https")], True, True),
        ([rule(100, "Deny", destinationPortRange=None, destinationPortRanges=["80", "443"])], False, False),
        ([rule(100, "Deny", sourceAddressPrefix="10.50.8.0/24")], False, False),
        ([rule(100, "Deny", sourceAddressPrefix="10.99.0.0/16")], True, True),
        ([rule(100, "Deny", destinationAddressPrefixes=["10.50.0.0/16", "10.60.0.0/16"])], False, True),
    ],
)
async def test_the_first_rule_that_fits_decides(rules: list[dict[str, Any]], private: bool, public: bool) -> None:
    world = load_world()
    subnet = guarded(world, *rules)
    assert (lets_out(world.networks, subnet, API_SERVER), lets_out(world.networks, subnet, None)) == (private, public)


@pytest.fixture
async def inside() -> AsyncIterator[Person]:
    async with SimulatedAzure(load_world()) as azure, shell(azure, network="vnet-vault/shell") as person:
        yield person


async def test_a_shell_meets_them(inside: Person) -> None:
    world = inside.azure.world
    vault = world.cluster_named("vault")
    public, private = "https://api.ipify.org/", f"https://{vault.hosts[-1]}/version"
    guarded(world, rule(100, "Deny", "Internet"))
    with pytest.raises(aiohttp.ClientHttpProxyError, match="504"):
        await inside.ask("GET", public)
    assert (await inside.ask("GET", private, trust=vault.ca_pem)).status == 200
    guarded(world, rule(100, "Deny", "VirtualNetwork"))
    assert (await inside.ask("GET", public)).status == 200
    with pytest.raises(aiohttp.ClientHttpProxyError, match="504"):
        await inside.ask("GET", private, trust=vault.ca_pem)
    with pytest.raises(aiohttp.ClientHttpProxyError, match="502"):
        await inside.ask("GET", "https://nowhere.example/")
