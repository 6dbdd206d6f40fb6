"""Cloud Shell's own start inside a network: whole, and with each link of the chain broken."""

from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from aksess_sim.host import SimulatedAzure
from aksess_sim.world.loader import load_world
from aksess_sim.world.network_bodies import NSG, peering, resource
from aksess_sim.world.shell_starts import Link, ShellFailed, own_subnet
from sim.isolated_shell import Chain, deployed
from sim.simulated_shell import shell

NOT_PROVISIONED = (Link.PROFILE, Link.REGISTRATION, Link.SUBNET, Link.DELEGATION, Link.PROFILE_ROLE)


def chain_of(*roles: str) -> Chain:
    """A chain in a world of its own, which ada's settings name."""
    chain = deployed(load_world(), *roles)
    chain.world.user_settings.put(chain.world.person("ada"), chain.settings())
    return chain


def start(chain: Chain) -> str | None:
    return own_subnet(chain.world, chain.world.person("ada"))


async def test_a_shell_starts_in_the_network_of_its_persons_settings() -> None:
    chain = chain_of()
    assert start(chain) == chain.subnet
    assert own_subnet(chain.world, chain.world.person("ben")) is None


def _subnetless(chain: Chain) -> None:
    chain.body(chain.profile)["properties"]["containerNetworkInterfaceConfigurations"] = []


def _undelegated(chain: Chain) -> None:
    chain.body(chain.subnet)["properties"]["delegations"] = []


def _delegated_to_aks(chain: Chain) -> None:
    service = {"properties": {"serviceName": "Microsoft.ContainerService/managedClusters"}}
    chain.body(chain.subnet)["properties"]["delegations"] = [service]


def _subnet_gone(chain: Chain) -> None:
    chain.body(chain.vnet)["properties"]["subnets"].pop()


def _unregistered(chain: Chain) -> None:
    subscription = next(iter(chain.world.subscriptions))
    chain.world.providers.unregister(subscription, "Microsoft.CloudShell")


def _elsewhere(chain: Chain) -> None:
    chain.body(chain.relay)["location"] = "northeurope"


def _settings_elsewhere(chain: Chain) -> None:
    chain.world.user_settings.put(chain.world.person("ada"), chain.settings(location="northeurope"))


def _rejected(chain: Chain) -> None:
    [connection] = chain.body(chain.endpoint)["properties"]["privateLinkServiceConnections"]
    connection["properties"]["privateLinkServiceConnectionState"]["status"] = "Rejected"


def _of_another_relay(chain: Chain) -> None:
    [connection] = chain.body(chain.endpoint)["properties"]["privateLinkServiceConnections"]
    connection["properties"]["privateLinkServiceId"] += "2"


def _endpoint_far_away(chain: Chain) -> None:
    nat = chain.vnet.replace("vnet-vault", "vnet-nat")
    chain.body(chain.endpoint)["properties"]["subnet"]["id"] = f"{nat}/subnets/nodes"
    chain.world.networks.add_peering(peering(chain.vnet, nat, connected=False), chain.vnet)


def _linked_elsewhere(chain: Chain) -> None:
    chain.body(chain.link)["properties"]["virtualNetwork"]["id"] = f"{chain.vnet}2"


def _link_on_its_way(chain: Chain) -> None:
    chain.body(chain.link)["properties"]["virtualNetworkLinkState"] = "InProgress"


def _old_address(chain: Chain) -> None:
    chain.body(chain.record)["properties"]["aRecords"] = [{"ipv4Address": "10.50.0.77"}]


def _shut_in(chain: Chain) -> None:
    everything = {"priority": 100, "direction": "Outbound", "access": "Deny", "protocol": "*"}
    group = f"{chain.vnet.replace('virtualNetworks/vnet-vault', 'networkSecurityGroups/shut')}"
    rules = {"securityRules": [{"name": "no", "properties": everything}], "defaultSecurityRules": []}
    chain.world.store.put(resource(group, NSG, rules, location="westeurope"))
    chain.body(chain.subnet)["properties"]["networkSecurityGroup"] = {"id": group}


def _failed(chain: Chain) -> None:
    chain.body(chain.relay)["properties"]["provisioningState"] = "Failed"


def _gone(link: str) -> Callable[[Chain], None]:
    return lambda chain: chain.world.store.remove(getattr(chain, link))


BROKEN: list[tuple[Callable[[Chain], None], Link, str]] = [
    (_gone("profile"), Link.PROFILE, "there is no Microsoft.Network/networkProfiles"),
    (_unregistered, Link.REGISTRATION, "Microsoft.CloudShell is Unregistering"),
    (_subnetless, Link.SUBNET, "names no subnet"),
    (_subnet_gone, Link.SUBNET, "not there"),
    (_undelegated, Link.DELEGATION, "nobody"),
    (_delegated_to_aks, Link.DELEGATION, "Microsoft.ContainerService/managedClusters"),
    (_gone("relay"), Link.RELAY, "there is no Microsoft.Relay/namespaces"),
    (_failed, Link.RELAY, "Failed"),
    (_elsewhere, Link.REGION, "northeurope, westeurope"),
    (_settings_elsewhere, Link.REGION, "northeurope, westeurope"),
    (_gone("endpoint"), Link.ENDPOINT, "no approved private endpoint"),
    (_rejected, Link.ENDPOINT, "no approved private endpoint"),
    (_of_another_relay, Link.ENDPOINT, "no approved private endpoint"),
    (_endpoint_far_away, Link.ENDPOINT, "reaches"),
    (_gone("zone"), Link.ZONE, "there is no zone"),
    (_gone("link"), Link.ZONE_LINK, "is linked to"),
    (_linked_elsewhere, Link.ZONE_LINK, "is linked to"),
    (_link_on_its_way, Link.ZONE_LINK, "is linked to"),
    (_gone("record"), Link.RECORD, "not there"),
    (_old_address, Link.RECORD, "10.50.0.77"),
    (_shut_in, Link.SECURITY_GROUP, "10.50.0.5"),
]


@pytest.mark.parametrize(("break_it", "link", "why"), BROKEN)
async def test_each_link_is_needed_and_only_the_journal_says_which(
    break_it: Callable[[Chain], None], link: Link, why: str
) -> None:
    chain = chain_of()
    break_it(chain)
    with pytest.raises(ShellFailed) as failed:
        start(chain)
    assert failed.value.link == link
    assert why in failed.value.why
    words = "failed to provision" if link in NOT_PROVISIONED else "failed to request a terminal"
    assert words in str(failed.value)
    assert link.value not in str(failed.value)


@pytest.mark.parametrize(
    ("roles", "link"),
    [
        (("Reader", "Network Contributor", "Contributor"), Link.PROFILE_ROLE),
        (("Network Contributor", "Reader", "Contributor"), Link.SUBNET_ROLE),
        (("Network Contributor", "Network Contributor", "Network Contributor"), Link.RELAY_ROLE),
    ],
)
async def test_all_role_assignments_are_needed(roles: tuple[str, ...], link: Link) -> None:
    with pytest.raises(ShellFailed) as failed:
        start(chain_of(*roles))
    assert failed.value.link == link
    assert failed.value.link.value not in str(failed.value)


NONSENSE = ["x", "/", "//", "/subscriptions", "/subscriptions/s/providers", "/providers/a", "é/ö", " ", "a/b/c/d" * 99]


@pytest.mark.parametrize("profile", [*NONSENSE, "subnet", "relay", "vnet"])
async def test_a_profile_that_never_was(profile: str) -> None:
    chain = chain_of()
    id_ = getattr(chain, profile, profile)
    chain.world.user_settings.put(chain.world.person("ada"), chain.settings(networkProfileResourceId=id_))
    with pytest.raises(ShellFailed) as failed:
        start(chain)
    assert failed.value.link == Link.PROFILE


@pytest.mark.parametrize("relay", [*NONSENSE, "profile", "endpoint", "subnet"])
async def test_a_relay_that_never_was(relay: str) -> None:
    chain = chain_of()
    id_ = getattr(chain, relay, relay)
    chain.world.user_settings.put(chain.world.person("ada"), chain.settings(relayNamespaceResourceId=id_))
    with pytest.raises(ShellFailed) as failed:
        start(chain)
    assert failed.value.link == Link.RELAY


async def test_from_inside_a_private_cluster_answers() -> None:
    chain = chain_of()
    async with SimulatedAzure(chain.world) as azure, shell(azure) as ada:
        assert ada.session.caller.network == "vnet-vault/shell"
        vault = azure.world.cluster_named("vault")
        answer = await ada.ask("GET", f"https://{vault.hosts[-1]}/version", trust=vault.ca_pem)
        assert answer.status == 200
        [entry] = azure.journal.find(method="START")
        assert (entry.status, entry.person, entry.session) == (200, "ada", ada.session.caller.session)


async def test_a_start_that_fails_is_written_down_with_its_link() -> None:
    chain = chain_of()
    _undelegated(chain)
    async with SimulatedAzure(chain.world) as azure:
        with pytest.raises(ShellFailed):
            azure.open_session("ada")
        [entry] = azure.journal.find(method="START")
        assert entry.status == 409
        assert entry.detail.startswith("delegation: ")
        assert azure.sessions() == []
        assert azure.open_session("ada", network="vnet-hub/shell").caller.network == "vnet-hub/shell"
        assert azure.open_session("ben").caller.network is None


async def test_a_shell_in_a_network_leaves_as_its_subnet_does_now() -> None:
    chain = chain_of()
    async with SimulatedAzure(chain.world) as azure, shell(azure) as ada, shell(azure, address="51.1.1.1") as chosen:

        async def seen() -> str:
            return (await ada.ask("GET", "https://api.ipify.org/")).text

        assert await seen() == "20.71.33.15"
        gateway = chain.body(chain.subnet)["properties"].pop("natGateway")
        alone = await seen()
        assert IPv4Address(alone).is_global
        assert alone not in ("20.71.33.15", "51.1.1.1")
        assert await seen() == alone
        chain.body(chain.subnet)["properties"]["natGateway"] = gateway
        assert [str(one.caller.address) for one in azure.sessions()] == ["20.71.33.15", "51.1.1.1"]
        assert (await chosen.ask("GET", "https://api.ipify.org/")).text == "51.1.1.1"
        azure.move_session(ada.session, "51.2.2.2")
        assert await seen() == "51.2.2.2"


async def test_where_the_subnet_has_gone_nothing_answers() -> None:
    chain = chain_of()
    async with SimulatedAzure(chain.world) as azure, shell(azure) as ada:
        _subnet_gone(chain)
        with pytest.raises(Exception, match="504"):
            await ada.ask("GET", "https://api.ipify.org/")
