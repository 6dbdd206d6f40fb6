"""What is refused before a tunnel is opened: each with its own code and the step that mends it, nothing asked of the
Bastion itself and nothing changed."""

import asyncio

import pytest

from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage
from journeys.staged import nothing_changes, on_stage, refused
from journeys.through import told_of

TWO = """
subscriptions: [demo, second]
groups: {rg-hub: {subscription: second}}
people:
  ada: {roles: [Owner, {role: Owner, at: second}]}
  kim: {roles: [{role: Contributor, at: vault}, {role: Reader, at: rg-demo}]}
  lee: {roles: [{role: Contributor, at: vault}, {role: Reader, at: rg-hub}]}
networks:
  vnet-hub: {group: rg-hub, space: 10.2.0.0/16, subnets: {AzureBastionSubnet: {prefix: 10.2.0.0/26}}}
  vnet-spoke:
    space: 10.1.0.0/16
    %(peers)s
    subnets: {nodes: {prefix: 10.1.0.0/22}, AzureBastionSubnet: {prefix: 10.1.9.0/26}}
bastions:
  hub: {group: rg-hub, network: vnet-hub, %(hub)s}
clusters: {vault: {private: true, network: vnet-spoke/nodes%(cluster)s}}
"""


def world(hub: str = "tunneling: true", *, peers: str = "peers: [vnet-hub]", cluster: str = "") -> str:
    return TWO % {"hub": hub, "peers": peers, "cluster": cluster}


NO_NAME = ", public_fqdn: false"
REFUSED = [
    ("bastion-sku", world("sku: Basic"), "the SKU Basic", "az network bastion update -g rg-hub -n hub --sku Standard"),
    ("bastion-sku", world("sku: Developer"), "the SKU Developer", "Standard or Premium"),
    ("bastion-tunneling", world("tunneling: false"), "switched off", "-g rg-hub -n hub --enable-tunneling true"),
    ("bastion-tunneling", world("sku: Premium"), "switched off", "--enable-tunneling true"),
    ("bastion-state", world("state: Failed, tunneling: true"), "in the state Failed", "az network bastion show"),
    ("bastion-peering", world(peers="half_peers: [vnet-hub]"), "is Initiated, not Connected", "peering create"),
    ("bastion-none", world(peers="peers: []"), "no Azure Bastion", "az network bastion create"),
    ("bastion-dns", world(cluster=NO_NAME), "its zone is not linked there", "az network private-dns link vnet create"),
]


@pytest.mark.parametrize(("code", "yaml", "says", "step"), REFUSED)
@pytest.mark.parametrize("pinned", [True, False])
def test_it_is_refused_before_anything_is_opened(code: str, yaml: str, says: str, step: str, pinned: bool) -> None:
    @on_stage(yaml)
    async def scene(on: Stage) -> None:
        with nothing_changes(on):
            via = ("--via", "bastion") if pinned or code == "bastion-none" else ()
            played = await on.shell().run("connect", "-n", "vault", *via, "--print-kubeconfig")
            refused(played, 68, code, says, step)
        asked = [one for one in on.azure.journal if one.method != "CONNECT" and "bastion" in one.host]
        assert not asked, "the Bastion itself was not asked"

    scene()


@pytest.mark.parametrize(
    "yaml",
    [
        world(),
        world(cluster=f"{NO_NAME}, dns_links: [vnet-hub]"),
        world("sku: Premium, tunneling: true"),
    ],
    ids=["in another subscription", "a linked zone", "premium"],
)
def test_the_step_that_mends_it_does(yaml: str) -> None:
    @on_stage(yaml)
    async def scene(on: Stage) -> None:
        held = await on.shell().hold("connect", "-n", "vault")
        assert "vault is open (bastion;" in held.stderr
        await held.interrupt()

    scene()


@on_stage(world("sku: Basic"))
async def test_single_commands_still_have_a_way(on: Stage) -> None:
    ada = on.shell()
    explained = await ada.run("connect", "-n", "vault", "--explain", "-o", "json", "--", "kubectl", "get", "pods")
    assert explained.data["order"] == ["invoke"]
    played = await ada.run("kubectl", "-n", "vault", "version", "--client")
    assert "starting a pod in vault" in played.stderr, played


@on_stage(world())
async def test_who_may_not_see_the_bastion_finds_none(on: Stage) -> None:
    with nothing_changes(on):
        pinned = ("--via", "bastion", "--print-kubeconfig")
        played = await on.shell("kim").run("connect", "-g", "rg-demo", "-n", "vault", *pinned)
        refused(played, 68, "bastion-none", "that you may see")
        named = await on.shell("kim").run("connect", "-g", "rg-demo", "-n", "vault", "--bastion", "hub")
        refused(named, 2, "bastion-unknown", "or you may not see it")
        hub = on.azure.world.bastions.named("hub").id
        by_id = await on.shell("kim").run("connect", "-g", "rg-demo", "-n", "vault", "--bastion", hub)
        refused(by_id, 66, "rights-missing", "Microsoft.Network/bastionHosts/read", hub)


@on_stage(world())
async def test_who_may_not_read_the_clusters_network_hears_which_right_is_missing(on: Stage) -> None:
    hub = on.azure.world.bastions.named("hub").id
    with nothing_changes(on):
        for words in ((), ("--bastion", hub)):
            played = await on.shell("lee").run(
                "connect", "-g", "rg-demo", "-n", "vault", "--via", "bastion", *words, "--print-kubeconfig"
            )
            refused(played, 66, "rights-missing", "Microsoft.Network/virtualNetworks/read", "vnet-spoke")


@on_stage(world())
async def test_what_azure_refuses_all_the_same_is_told_in_its_words(on: Stage) -> None:
    host = on.azure.world.bastions.named("hub").host
    on.azure.faults.arm(Fault(Kind.STATUS, host=host, status=403, message="not for you", count=None))
    with nothing_changes(on):
        played = await on.shell().run("connect", "-n", "vault", "--print-kubeconfig")
        refused(played, 66, "bastion-rights-missing", "not for you", "Reader on the cluster")
    assert played.seconds < 1, "another try would change nothing"


@on_stage(world(peers="peers: []"))
async def test_a_bastion_that_is_named_is_judged_wherever_it_stands(on: Stage) -> None:
    ada, hub = on.shell(), on.azure.world.bastions.named("hub").id
    with nothing_changes(on):
        played = await ada.run("connect", "-n", "vault", "--bastion", hub, "--print-kubeconfig")
        refused(played, 68, "bastion-apart", "stands in vnet-hub, which is not peered", "peering create")
        for wrong in (f"{hub}x", "no-such", "rg-demo/hub"):
            unknown = await ada.run("connect", "-n", "vault", "--bastion", wrong, "--print-kubeconfig")
            refused(unknown, 2, "bastion-unknown", wrong)


PUBLIC = """
people: {ada: {roles: [Owner]}, kim: {roles: [{role: Contributor, at: web}, {role: Few, at: rg-demo}]}}
roles: {Few: {actions: [Microsoft.Network/bastionHosts/read, Microsoft.Network/virtualNetworks/read]}}
networks:
  vnet: {subnets: {nodes: {prefix: 10.0.0.0/22}, AzureBastionSubnet: {prefix: 10.0.9.0/26}}}
bastions: {near: {network: vnet, tunneling: true, address: 20.1.2.3}}
clusters: {web: {ranges: [51.144.20.0/24], network: vnet/nodes}, asleep: {stopped: true, network: vnet/nodes}}
"""


@on_stage(PUBLIC)
async def test_a_public_cluster_that_does_not_list_it(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell().run("connect", "-n", "web", "--via", "bastion", "--print-kubeconfig")
        refused(played, 68, "bastion-not-listed", "20.1.2.3", "aksess allow -g rg-demo -n web --ip 20.1.2.3")
    mended = await on.shell().run("allow", "-g", "rg-demo", "-n", "web", "--ip", "20.1.2.3")
    assert mended.code == 0, mended
    await on.settled()
    held = await on.shell().hold("connect", "-n", "web")
    assert "web is open (bastion;" in held.stderr
    await held.interrupt()


@on_stage(PUBLIC)
async def test_an_address_that_may_not_be_read_is_tried_only_when_asked(on: Stage) -> None:
    kim = on.shell("kim")
    explained = await kim.run("connect", "-g", "rg-demo", "-n", "web", "--explain", "-o", "json")
    told = told_of(explained)
    assert (told["usable"], "may not be read" in told["why"]) == (False, True)
    played = await kim.run("connect", "-g", "rg-demo", "-n", "web", "--via", "bastion", "--print-kubeconfig")
    refused(played, 70, "not-proven", "through Bastion `near`", "usually the network of `near`")
    await asyncio.sleep(60)  # until the host itself has given up its connect


@pytest.mark.parametrize(("words", "code"), [(("-n", "asleep"), 67), (("-n", "nowhere"), 64)])
@on_stage(PUBLIC)
async def test_a_cluster_that_cannot_be_reached_at_all(on: Stage, words: tuple[str, ...], code: int) -> None:
    assert (await on.shell().run("connect", *words, "--via", "bastion", "--print-kubeconfig")).code == code


@on_stage()
async def test_who_gets_no_kubeconfig_gets_no_tunnel(on: Stage) -> None:
    with nothing_changes(on):
        played = await on.shell("cat").run("connect", "-n", "vault", "--via", "bastion", "--print-kubeconfig")
        refused(played, 66, "rights-missing", "listClusterUserCredential/action")


@on_stage()
async def test_who_may_not_look_for_one_hears_what_bars_the_way_there_is(on: Stage) -> None:
    ben = on.shell("ben")
    played = await ben.run("connect", "-g", "rg-demo", "-n", "web", "--print-kubeconfig")
    refused(played, 71, "ledger-refused", "--ledger local")
    with nothing_changes(on):
        pinned = await ben.run("connect", "-g", "rg-demo", "-n", "web", "--via", "bastion", "--print-kubeconfig")
        refused(pinned, 66, "rights-missing", "Microsoft.Network/virtualNetworks/read")
    held = await ben.hold("connect", "-g", "rg-demo", "-n", "web", "--ledger", "local")
    assert "web is open (allowlist;" in held.stderr
    await held.interrupt()
