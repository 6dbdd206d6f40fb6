"""Through a Bastion as a person meets it: which way is taken, what is said and read, and what a client is given."""

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from aksess_sim.faults import Fault, Kind
from aksess_sim.world.bastions import Bastion
from journeys.stage import Shell, Stage
from journeys.staged import all_closed, nothing_changes, on_stage, refused
from journeys.test_commands_routes import program
from journeys.through import client, told_of
from journeys.trouble import ARM

NEAR = """
people: {ada: {roles: [Owner]}}
networks:
  vnet: {subnets: {nodes: {prefix: 10.0.0.0/22}, AzureBastionSubnet: {prefix: 10.0.9.0/26}}}
bastions: {near: {network: vnet, tunneling: true, address: 20.1.2.3}}
clusters:
  web: {ranges: [51.144.20.0/24, 20.1.2.3/32], network: vnet/nodes}
  strict: {ranges: [51.144.20.0/24], network: vnet/nodes}
  open: {network: vnet/nodes}
"""


def hub(on: Stage) -> Bastion:
    return on.azure.world.bastions.named("hub-bastion")


def reads(on: Stage, shell: Shell) -> list[str]:
    """What a shell asked of ARM: the last two words of each path."""
    mine = [one for one in on.azure.journal if one.host == ARM and one.session == shell.session.caller.session]
    return ["/".join(one.path.partition("?")[0].split("/")[-2:]) for one in mine if one.method != "CONNECT"]


@on_stage()
async def test_a_private_cluster_is_reached_through_the_hub(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        held = await ada.hold("connect", "-n", "vault")
    assert "! `hub-bastion` in rg-hub (Standard) stands in vnet-hub, peered with the cluster's network" in held.stderr
    assert "vault is open (bastion; proven: the API server answered 200" in held.stderr
    written = json.loads(held.kubeconfig.read_text())["clusters"][0]["cluster"]
    assert urlsplit(written["server"]).hostname == "127.0.0.1"
    assert written["tls-server-name"] == on.cluster("vault").body["properties"]["privateFQDN"]
    assert held.kubeconfig.stat().st_mode & 0o777 == 0o600
    async with client(held.kubeconfig) as kube:
        assert "kube-system" in await kube.names()
    await held.interrupt()
    assert not held.kubeconfig.exists()
    assert (hub(on).sessions(), hub(on).tally["abandoned"]) == ([], 0)
    assert hub(on).tally["deleted"] == hub(on).tally["granted"] >= 2


@on_stage()
async def test_many_clients_at_once_each_have_a_connection_of_their_own(on: Stage) -> None:
    held = await on.shell().hold("connect", "-n", "vault", "--via", "bastion")
    async with client(held.kubeconfig) as kube, asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(kube.names()) for _ in range(20)]
    assert all("default" in one.result() for one in asked)
    assert hub(on).tally["opened"] >= 21
    await asyncio.sleep(5)
    assert hub(on).sessions() == [], "given back when each was over, not at the end"
    await held.interrupt()
    assert "could not be given back" not in held.stderr


@on_stage()
async def test_a_pinned_bastion_takes_these_reads_and_no_other(on: Stage) -> None:
    ada = on.shell()
    ada.environment["AKSESS_SUBSCRIPTION"] = next(iter(on.azure.world.subscriptions))
    held = await ada.hold("connect", "-g", "rg-demo", "-n", "vault", "--via", "bastion")
    await held.interrupt()
    assert sorted(reads(on, ada)) == [
        "Microsoft.Network/bastionHosts",
        "managedClusters/vault",
        "vault/listClusterUserCredential",
        "virtualNetworks/vnet-hub",
        "virtualNetworks/vnet-vault",
    ]
    assert not on.azure.journal.find(host="api.ipify.org"), "it needs no address"


@on_stage()
async def test_the_port_may_be_named_and_must_be_free(on: Stage) -> None:
    ada = on.shell()
    held = await ada.hold("connect", "-n", "vault")
    port = urlsplit(json.loads(held.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]).port
    played = await ada.run("connect", "-n", "vault", "--port", str(port), "--print-kubeconfig")
    refused(played, 2, "port-unusable", str(port))
    await held.interrupt()
    again = await ada.hold("connect", "-n", "vault", "--port", str(port))
    assert f"https://127.0.0.1:{port}" in again.kubeconfig.read_text()
    await again.interrupt()


@pytest.mark.parametrize("cluster", ["open", "web"])
@on_stage()
async def test_an_api_server_that_answers_takes_no_bastion_and_no_read_for_one(on: Stage, cluster: str) -> None:
    listed = on.shell(address="51.144.20.9")
    held = await listed.hold("connect", "-n", cluster)
    await held.interrupt()
    assert "(direct; " in held.stderr
    assert not [one for one in reads(on, listed) if "bastionHosts" in one or "virtualNetworks" in one]


@on_stage()
async def test_who_stands_inside_goes_directly(on: Stage) -> None:
    held = await on.shell(network="vnet-vault/shell").hold("connect", "-n", "vault")
    await held.interrupt()
    assert "(direct; " in held.stderr
    assert hub(on).tally["granted"] == 0


@pytest.mark.parametrize("via", ["direct", "allowlist", "invoke"])
@on_stage()
async def test_another_pinned_way_looks_for_no_bastion(on: Stage, via: str) -> None:
    ada = on.shell()
    await ada.run("connect", "-n", "vault", "--via", via, "--print-kubeconfig")
    assert not [one for one in reads(on, ada) if "bastionHosts" in one or "virtualNetworks" in one]


@on_stage(NEAR)
async def test_a_public_cluster_that_lists_the_bastion_needs_no_lease(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        held = await ada.hold("connect", "-n", "web")
    assert "`near` in rg-demo (Standard) stands in the cluster's own network" in held.stderr
    assert "web is open (bastion;" in held.stderr
    await held.interrupt()


@on_stage(NEAR)
async def test_one_that_is_not_listed_leaves_it_to_a_lease(on: Stage) -> None:
    ada = on.shell()
    before = on.ranges("strict")
    held = await ada.hold("connect", "-n", "strict")
    assert "strict is open (allowlist;" in held.stderr
    await held.interrupt()
    await on.settled()
    all_closed(on, "strict", before)


@on_stage(NEAR)
async def test_an_open_cluster_can_be_reached_through_it_when_it_is_asked_for(on: Stage) -> None:
    held = await on.shell().hold("connect", "-n", "open", "--bastion", "near")
    assert "open is open (bastion;" in held.stderr, "who names a Bastion means it"
    await held.interrupt()


@on_stage(NEAR.replace("open: {", "closed: {private: true, entra: true, local_accounts: false, "))
async def test_an_entra_cluster_signs_in_as_ever(on: Stage) -> None:
    held = await on.shell().hold("connect", "-n", "closed")
    written = json.loads(held.kubeconfig.read_text())
    assert written["users"][0]["user"]["exec"]["args"][-2:] == ["aksess", "token"]
    assert written["clusters"][0]["cluster"]["server"].startswith("https://127.0.0.1:")
    assert "closed is open (bastion; proven: the API server answered 200" in held.stderr
    await held.interrupt()


@on_stage()
async def test_commands_behind_the_tunnel_reach_it_past_the_proxy(on: Stage) -> None:
    ada = on.shell()
    told = program(ada, on.folder, "tool")
    assert (await ada.run("connect", "-n", "vault", "--", "tool")).code == 0
    _, variables = json.loads(told.read_text())
    assert variables["NO_PROXY"] == variables["no_proxy"] == "127.0.0.1"
    assert variables["AKSESS_ROUTE"] == "bastion"
    assert (await ada.run("connect", "-n", "open", "--", "tool")).code == 0
    assert "NO_PROXY" not in json.loads(told.read_text())[1], "only where there is a tunnel"


@on_stage()
async def test_a_search_that_takes_long_holds_up_no_other_way(on: Stage) -> None:
    ada = on.shell()
    on.azure.faults.arm(Fault(Kind.SLOW, host=ARM, path="*/bastionHosts", seconds=3600, count=None))
    began = asyncio.get_running_loop().time()
    held = await ada.hold("connect", "-n", "web")
    assert asyncio.get_running_loop().time() - began < 60 + 15, "the change's own time, and no more than ten seconds"
    assert "web is open (allowlist;" in held.stderr
    await held.interrupt()
    began = asyncio.get_running_loop().time()
    inside = await on.shell(network="vnet-vault/shell").hold("connect", "-n", "vault")
    assert "(direct; " in inside.stderr
    assert asyncio.get_running_loop().time() - began < 1
    await inside.interrupt()


@on_stage()
async def test_explain_tells_about_it_wherever_it_is_asked(on: Stage) -> None:
    ada = on.shell()
    with nothing_changes(on):
        private = await ada.run("connect", "-n", "vault", "--explain", "-o", "json")
        pinned = await ada.run("connect", "-n", "vault", "--explain", "--via", "bastion", "-o", "json")
        public = await ada.run("connect", "-n", "web", "--explain", "-o", "json")
    assert private.data["order"] == pinned.data["order"] == ["bastion"]
    told = told_of(private)
    assert (told["route"], told["usable"], told["usdPerMonth"]) == ("bastion", True, 0)
    assert "`hub-bastion`" in told["why"]
    none = told_of(public)
    assert (none["usable"], round(none["usdPerMonth"])) == (False, 212)
    assert "az network bastion create" in none["nextStep"]


@on_stage()
async def test_a_stranger_reaches_nothing_by_knowing_the_port(on: Stage) -> None:
    held = await on.shell().hold("connect", "-n", "vault")
    async with client(held.kubeconfig) as kube:
        kube.kubeconfig.user["token"] = "guessed"
        async with kube.get("/api/v1/namespaces") as answer:
            assert answer.status == 401, "the API server still wants to know who it is"
    await held.interrupt()
