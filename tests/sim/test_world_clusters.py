"""What an API server really lets in, and how its nodes fare; the default world's fixed names."""

from ipaddress import IPv4Address

from aksess_sim.world.clusters import Cluster
from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.people import Person
from aksess_sim.world.ranges import NOBODY
from aksess_sim.world.state import World

STRANGER = IPv4Address("8.8.8.8")


def cluster(text: str) -> Cluster:
    return read_world(text).cluster_named("web")


def ready(of: Cluster) -> list[bool]:
    return [node.ready for node in of.nodes()]


async def test_the_default_world_has_its_fixed_names() -> None:
    world = load_world()
    assert [c.name for c in world.clusters.values()] == [
        "web",
        "open",
        "sealed",
        "nat",
        "vault",
        "inner",
        "entra",
        "asleep",
    ]
    assert {c.resource_group for c in world.clusters.values()} == {"rg-demo"}
    assert {c.body["location"] for c in world.clusters.values()} == {"westeurope"}
    assert [person.name for person in world.people] == ["ada", "ben", "cat"]


async def test_each_default_cluster_is_what_its_name_promises() -> None:
    named = load_world().cluster_named
    assert named("web").ranges
    assert not named("web").private
    assert named("open").admits(STRANGER)
    assert named("sealed").ranges == [NOBODY]
    assert named("nat").body["properties"]["networkProfile"]["outboundType"] == "userAssignedNATGateway"
    assert named("vault").private
    assert named("inner").vnet_integrated
    assert named("inner").range_limit == 2000
    assert named("entra").entra
    assert not named("entra").local_accounts
    assert not named("asleep").running


def rights(world: World, person: Person, name: str) -> tuple[bool, bool]:
    kind, id_ = "Microsoft.ContainerService/managedClusters", world.cluster_named(name).id
    return world.people.allowed(person, f"{kind}/read", id_), world.people.allowed(person, f"{kind}/write", id_)


async def test_the_default_people_have_the_rights_their_parts_need() -> None:
    world = load_world()
    assert rights(world, world.person("ada"), "open") == (True, True)
    assert rights(world, world.person("ben"), "web") == (True, True)
    assert rights(world, world.person("ben"), "open") == (False, False)
    assert rights(world, world.person("cat"), "open") == (True, False)


async def test_the_sentinel_lets_in_the_load_balancer_and_nobody_else() -> None:
    sealed = load_world().cluster_named("sealed")
    assert not sealed.admits(STRANGER)
    assert all(sealed.admits(address) for address in sealed.egress)
    assert ready(sealed) == [True] * 3


async def test_nodes_behind_a_nat_gateway_are_shut_out_unless_it_is_listed() -> None:
    text = "nat_gateways: {g: {address: 20.1.2.3}}\nclusters: {web: {egress: g, nodes: 2, ranges: [%s]}}"
    assert ready(cluster(text % "51.144.20.0/24")) == [False, False]
    assert ready(cluster(text % "20.1.2.3")) == [True, True]
    assert ready(cluster(text % NOBODY)) == [False, False]
    assert ready(cluster(text % "")) == [True, True]


async def test_inside_the_network_the_egress_address_does_not_matter() -> None:
    integrated = cluster(
        """
        nat_gateways: {g: {}}
        networks: {v: {subnets: {n: {}}}}
        clusters: {web: {egress: g, ranges: [51.144.20.0/24], network: v/n, apiserver_network: v/n}}
        """
    )
    assert ready(integrated) == [True] * 3


async def test_a_stopped_cluster_has_no_nodes() -> None:
    assert load_world().cluster_named("asleep").nodes() == []


async def test_node_names_differ_and_are_those_of_a_scale_set() -> None:
    nodes = load_world().cluster_named("web").nodes()
    assert len({node.name for node in nodes}) == 3
    assert all(node.name.startswith("aks-nodepool1-") and "-vmss00000" in node.name for node in nodes)


async def test_a_service_tag_admits_its_addresses() -> None:
    tagged = cluster(
        """
        service_tags: {AzureCloud: [20.64.0.0/10]}
        clusters: {web: {service_tags: true, ranges: [AzureCloud, 51.144.20.0/24]}}
        """
    )
    assert tagged.admits(IPv4Address("20.65.0.1"))
    assert tagged.admits(IPv4Address("51.144.20.9"))
    assert not tagged.admits(STRANGER)


async def test_a_cluster_is_found_by_each_of_its_names_in_any_case() -> None:
    world = load_world()
    vault = world.cluster_named("vault")
    assert len(vault.hosts) == 2
    assert all(world.cluster_by_host(host.upper()) is vault for host in vault.hosts)
    assert world.cluster_by_host("nobody.hcp.westeurope.azmk8s.io") is None


async def test_secrets_differ_between_worlds_and_stay_out_of_sight() -> None:
    one, other = load_world().cluster_named("web"), load_world().cluster_named("web")
    assert one.id == other.id
    assert one.token_secret != other.token_secret
    assert one.token_secret not in repr(one)
