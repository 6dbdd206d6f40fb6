"""Bastions are found where the cluster's network leads, in few reads; what judging them takes is read, and no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aksess.azure.bastions import Bastion, Search
from aksess.errors import BadInput, RightsMissing
from aksess.session import ClusterName, Session, open_session
from aksess.settings import Settings
from aksess_sim.faults import Fault, Kind
from journeys.stage import Shell, Stage
from journeys.staged import on_stage

HUB = """
people: {ada: {roles: [Owner, {role: Owner, at: hub}]}, cat: {roles: [Reader, {role: Reader, at: hub}]}}
subscriptions: [demo, hub, other]
groups: {rg-hub: {subscription: hub}, rg-far: {subscription: other}}
networks:
  vnet-spoke:
    space: 10.1.0.0/16
    %(peers)s
    subnets: {nodes: {prefix: 10.1.0.0/22}, AzureBastionSubnet: {prefix: 10.1.9.0/26}}
  vnet-stray: {space: 10.4.0.0/16, subnets: {AzureBastionSubnet: {prefix: 10.4.0.0/26}}}
  vnet-hub: {group: rg-hub, space: 10.2.0.0/16, subnets: {AzureBastionSubnet: {prefix: 10.2.0.0/26}}}
  vnet-far: {group: rg-far, space: 10.3.0.0/16, subnets: {AzureBastionSubnet: {prefix: 10.3.0.0/26}}}
bastions:
  aa-far: {group: rg-far, network: vnet-far, tunneling: true}
  aa-stray: {network: vnet-stray, tunneling: true}
  hub: {group: rg-hub, network: vnet-hub, tunneling: true}
%(more)s
clusters: {vault: {private: true, network: vnet-spoke/nodes%(cluster)s}}
"""


def hub(peers: str = "peers: [vnet-hub]", more: str = "", cluster: str = "") -> str:
    """A spoke with a private cluster, a hub with a Bastion in a subscription of its own, and a Bastion far away."""
    return HUB % {"peers": peers, "more": more, "cluster": cluster}


@asynccontextmanager
async def signed_in(shell: Shell) -> AsyncIterator[Session]:
    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        yield session


async def search(on: Stage, cluster: str, named: str = "", *, person: str = "ada") -> tuple[Search, list[str]]:
    """What is found, and the reads that it took: the last words of their paths."""
    async with signed_in(on.shell(person)) as session:
        read = await session.clusters.read(await session.find(ClusterName(name=cluster)))
        before = len(on.azure.journal)
        found = await session.facts.bastions.search(read, named)
        asked = [one.path.partition("?")[0] for one in list(on.azure.journal)[before:] if one.method == "GET"]
    return found, sorted("/".join(path.split("/")[-2:]) for path in asked)


def names(found: Search) -> list[str]:
    return [one.bastion.name for one in found.candidates]


@on_stage()
async def test_a_peered_hub_takes_three_reads(on: Stage) -> None:
    found, reads = await search(on, "vault")
    [one] = found.candidates
    assert (one.bastion.name, one.bastion.group, one.own, one.resolves) == ("hub-bastion", "rg-hub", False, True)
    assert [half.works for half in one.halves] == [True, True], "both halves are seen"
    assert found.fault is None
    assert [one.rpartition("/")[2] for one in found.networks] == ["vnet-vault"]
    listing = "Microsoft.Network/bastionHosts"
    assert reads == [listing, "virtualNetworks/vnet-hub", "virtualNetworks/vnet-vault"]


@on_stage(hub())
async def test_a_hub_in_another_subscription_is_found_and_others_are_not(on: Stage) -> None:
    found, reads = await search(on, "vault")
    assert names(found) == ["hub"], "those that are listed first lead nowhere"
    assert reads.count("Microsoft.Network/bastionHosts") == 2, "the cluster's subscription and the hub's; no third"


@on_stage(hub(more="  mine: {network: vnet-spoke, tunneling: true}"))
async def test_its_own_network_needs_no_peering(on: Stage) -> None:
    found, reads = await search(on, "vault")
    own = {one.bastion.name: one.own for one in found.candidates}
    assert own == {"mine": True, "hub": False}
    assert reads.count("virtualNetworks/vnet-spoke") == 1, "its network is read once"


@on_stage(hub(peers="half_peers: [vnet-hub]"))
async def test_half_a_peering_is_seen_as_such(on: Stage) -> None:
    found, _ = await search(on, "vault")
    [one] = found.candidates
    assert [(half.state, half.works) for half in one.halves] == [("Initiated", False)]


@on_stage(hub(peers="peers: []"))
async def test_without_a_peering_none_is_within_reach(on: Stage) -> None:
    found, reads = await search(on, "vault")
    assert (found.candidates, found.fault) == ((), None)
    assert reads == ["Microsoft.Network/bastionHosts", "virtualNetworks/vnet-spoke"]


UNLINKED = hub(cluster=", public_fqdn: false")
LINKED = hub(cluster=", public_fqdn: false, dns_links: [vnet-hub]")


@pytest.mark.parametrize(("world", "resolves"), [(UNLINKED, False), (LINKED, True), (hub(), True)])
def test_who_resolves_a_private_name_is_read_when_it_matters(world: str, resolves: bool) -> None:
    @on_stage(world)
    async def scene(on: Stage) -> None:
        found, reads = await search(on, "vault")
        assert [one.resolves for one in found.candidates] == [resolves]
        asked = any("virtualNetworkLinks" in one for one in reads)
        assert asked is ("public_fqdn" in world)

    scene()


@on_stage(UNLINKED)
async def test_own_dns_servers_leave_it_open_who_resolves(on: Stage) -> None:
    hub_network = next(
        one
        for one in on.azure.world.networks.of_kind("Microsoft.Network/virtualNetworks", "")
        if one["name"] == "vnet-hub"
    )
    hub_network["properties"]["dhcpOptions"] = {"dnsServers": ["10.2.0.4"]}
    found, _ = await search(on, "vault")
    assert [one.resolves for one in found.candidates] == [None]


@on_stage(UNLINKED)
async def test_a_zone_that_may_not_be_read_leaves_it_open_too(on: Stage) -> None:
    on.azure.faults.arm(
        Fault(Kind.STATUS, path="*/virtualNetworkLinks", status=403, code="AuthorizationFailed", count=None)
    )
    found, _ = await search(on, "vault")
    assert ([one.resolves for one in found.candidates], found.fault) == ([None], None)


PUBLIC = """
people: {ada: {roles: [Owner]}}
networks:
  vnet: {subnets: {nodes: {prefix: 10.0.0.0/22}, AzureBastionSubnet: {prefix: 10.0.9.0/26}}}
bastions: {near: {network: vnet, tunneling: true, address: 20.1.2.3}}
clusters:
  web: {ranges: [51.144.20.0/24], network: vnet/nodes}
  open: {network: vnet/nodes}
"""


@on_stage(PUBLIC)
async def test_its_address_is_read_for_a_public_cluster_with_ranges_only(on: Stage) -> None:
    found, _ = await search(on, "web")
    assert [str(one.address) for one in found.candidates] == ["20.1.2.3"]
    found, reads = await search(on, "open")
    assert [one.address for one in found.candidates] == [None]
    assert not any("publicIPAddresses" in one for one in reads)


@on_stage(hub(peers="peers: [vnet-hub, vnet-far]"))
async def test_a_subscription_that_may_not_be_listed_is_told(on: Stage) -> None:
    found, _ = await search(on, "vault")
    assert names(found) == ["hub"]
    [unseen] = found.unseen
    assert any(one.name == "other" and one.id.lower() == unseen for one in on.azure.world.subscriptions.values())


@on_stage()
async def test_a_network_that_may_not_be_read_is_a_missing_right(on: Stage) -> None:
    message = "does not have authorization to perform action 'Microsoft.Network/virtualNetworks/read' over scope '/v'"
    fault = Fault(
        Kind.STATUS, path="*/virtualNetworks/vnet-vault", status=403, code="AuthorizationFailed", message=message
    )
    on.azure.faults.arm(fault)
    found, _ = await search(on, "vault")
    assert found.candidates == ()
    assert isinstance(found.fault, RightsMissing)
    assert "Microsoft.Network/virtualNetworks/read" in found.fault.sentence


NAMES = hub(more="  rg-demo/hub: {network: vnet-spoke}")


@pytest.mark.parametrize(
    ("named", "group"), [("RG-HUB/Hub", "rg-hub"), ("rg-demo/hub", "rg-demo"), ("hub", None), ("nowhere", None)]
)
@on_stage(NAMES)
async def test_one_is_named_by_name_or_by_group_and_name(on: Stage, named: str, group: str | None) -> None:
    found, _ = await search(on, "vault", named)
    if group:
        assert [one.bastion.group for one in found.candidates] == [group]
        return
    assert isinstance(found.fault, BadInput)
    assert found.fault.code == ("bastion-ambiguous" if named == "hub" else "bastion-unknown")


@on_stage(hub(peers="peers: []"))
async def test_one_is_named_by_its_id_wherever_it_is(on: Stage) -> None:
    every = on.azure.world.networks.of_kind("Microsoft.Network/bastionHosts", "")
    ids = {str(body["name"]): str(body["id"]) for body in every}
    found, reads = await search(on, "vault", ids["hub"])
    [one] = found.candidates
    assert (one.bastion.name, one.own, one.halves) == ("hub", False, ()), "it is judged, and stands apart"
    assert not any("bastionHosts" in one and "hub" not in one for one in reads), "nothing is listed"
    missing, _ = await search(on, "vault", ids["hub"] + "x")
    assert isinstance(missing.fault, BadInput)
    assert missing.fault.code == "bastion-unknown"
    wrong, _ = await search(on, "vault", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/x/y")
    assert isinstance(wrong.fault, BadInput)


MANAGED = hub(
    peers="peers: []",
    cluster=", body: {properties: {networkProfile: {bastionProfile: {enabled: true, bastionId: ID}}}}",
)


@on_stage(MANAGED)
async def test_the_one_that_aks_keeps_is_its_own(on: Stage) -> None:
    [body] = [
        one for one in on.azure.world.networks.of_kind("Microsoft.Network/bastionHosts", "") if one["name"] == "hub"
    ]
    profile = on.cluster("vault").body["properties"]["networkProfile"]["bastionProfile"]
    profile["bastionId"] = body["id"]
    found, _ = await search(on, "vault")
    assert [(one.bastion.name, one.own) for one in found.candidates] == [("hub", True)]
    profile["enabled"] = False
    found, _ = await search(on, "vault")
    assert found.candidates == ()


@on_stage(hub(peers="peers: []"))
async def test_a_stranger_to_the_bastion_of_aks_hears_which_right_is_missing(on: Stage) -> None:
    on.cluster("vault").body["properties"]["networkProfile"]["bastionProfile"] = {"bastionId": "/subscriptions/s/b"}
    message = "does not have authorization to perform action 'Microsoft.Network/bastionHosts/read' over scope '/b'"
    on.azure.faults.arm(
        Fault(Kind.STATUS, path="/subscriptions/s/b", status=403, code="AuthorizationFailed", message=message)
    )
    found, _ = await search(on, "vault")
    assert isinstance(found.fault, RightsMissing)
    assert "bastionHosts/read" in found.fault.sentence


@pytest.mark.parametrize(
    ("properties", "tunnels"),
    [
        ({"enableTunneling": True}, True),
        ({"enableTunneling": False}, False),
        ({}, False),
        ({"enableTunneling": None}, False),
    ],
)
def test_a_flag_that_is_left_out_means_no(properties: dict[str, Any], tunnels: bool) -> None:
    assert Bastion({"id": "/x", "properties": properties}).tunnels is tunnels


def test_a_body_without_anything_is_a_bastion_that_can_nothing() -> None:
    bare = Bastion({})
    assert (bare.id, bare.name, bare.sku, bare.state, bare.dns_name, bare.vnet, bare.public_address_id) == ("",) * 7
    shared = Bastion({"sku": {"name": "Developer"}, "properties": {"virtualNetwork": {"id": "/v"}}})
    assert (shared.vnet, shared.sku) == ("/v", "Developer")
