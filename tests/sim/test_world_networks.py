"""Peering, private names, ways out."""

from ipaddress import IPv4Address

import pytest

from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.network_bodies import BASTION, PUBLIC_IP, SUBNET
from aksess_sim.world.networks import Networks, vnet_of

THREE = """
networks:
  a: {space: 10.1.0.0/16, peers: [b], subnets: {n: {}}}
  b: {space: 10.2.0.0/16, peers: [c], subnets: {n: {}}}
  c: {space: 10.3.0.0/16, half_peers: [a], subnets: {n: {}}}
"""


def vnet(networks: Networks, name: str) -> str:
    return vnet_of(networks.subnet_named(f"{name}/n"))


async def test_peering_needs_both_halves_and_is_not_transitive() -> None:
    networks = read_world(THREE).networks
    a, b, c = (vnet(networks, name) for name in "abc")
    assert networks.connected(a, b)
    assert networks.connected(b, a)
    assert networks.connected(b, c.upper())
    assert not networks.connected(a, c)
    assert not networks.connected(c, a)
    assert networks.connected(a, a)


async def test_a_peering_whose_other_half_was_deleted_lets_nothing_through() -> None:
    networks = read_world(THREE).networks
    a, b = (vnet(networks, name) for name in "ab")
    body = networks.find(a)
    assert body is not None
    body["properties"]["virtualNetworkPeerings"].clear()
    assert not networks.connected(a, b)
    assert not networks.connected(b, a)


async def test_half_a_peering_is_shown_as_initiated() -> None:
    networks = read_world(THREE).networks
    body = networks.find(vnet(networks, "c"))
    assert body is not None
    states = [p["properties"]["peeringState"] for p in body["properties"]["virtualNetworkPeerings"]]
    assert sorted(states) == ["Connected", "Initiated"]


async def test_a_private_name_means_something_only_where_its_zone_is_linked() -> None:
    world = load_world()
    host = world.cluster_named("vault").hosts[1]
    inside, hub, elsewhere = (
        vnet_of(world.networks.subnet_named(name)) for name in ("vnet-vault/nodes", "vnet-hub/shell", "vnet-nat/nodes")
    )
    assert world.networks.resolve(host.upper(), inside) == IPv4Address("10.50.0.4")
    assert world.networks.resolve(host, hub) == IPv4Address("10.50.0.4")
    assert world.networks.resolve(host, elsewhere) is None
    assert world.networks.resolve(f"x{host}", inside) is None


async def test_a_subnet_leaves_through_its_nat_gateway() -> None:
    networks = load_world().networks
    assert networks.egress_address(networks.subnet_named("vnet-hub/shell")) == IPv4Address("20.71.33.16")
    assert networks.egress_address(networks.subnet_named("vnet-inner/nodes")) is None


async def test_a_subnet_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="vnet-hub/shell"):
        load_world().networks.subnet_named("vnet-hub/shall")


async def test_resources_are_found_by_kind_and_scope_whatever_the_case() -> None:
    world = load_world()
    hub = next(group.id for group in world.groups.values() if group.name == "rg-hub")
    assert [b["name"] for b in world.networks.of_kind(BASTION.upper(), hub.upper())] == ["hub-bastion"]
    assert [b["name"] for b in world.networks.of_kind(SUBNET, hub)] == ["AzureBastionSubnet", "shell"]


async def test_effective_outbound_addresses_are_real_resources() -> None:
    world = load_world()
    for cluster in world.clusters.values():
        profile = cluster.body["properties"]["networkProfile"]
        egress = profile.get("loadBalancerProfile") or profile["natGatewayProfile"]
        ids = [ip["id"] for ip in egress["effectiveOutboundIPs"]]
        assert [world.networks.address_of(id_) for id_ in ids] == list(cluster.egress)
        assert all(address.is_global for address in cluster.egress)
    addresses = [ip["properties"]["ipAddress"] for ip in world.networks.of_kind(PUBLIC_IP)]
    assert len(set(addresses)) == len(addresses)
