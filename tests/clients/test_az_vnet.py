"""`az network`, `az relay`, `az role`, `az group`: people build a network by hand, and are refused as in Azure."""

import pytest

from clients.shells import GROUP, Shell

CONTAINERS = "Microsoft.ContainerInstance/containerGroups"


def network(shell: Shell, *words: str) -> dict[str, object]:
    told: dict[str, object] = shell.az("network", *words)
    return told


def refused(shell: Shell, code: str, *words: str) -> None:
    done = shell.run("az", *words)
    assert done.code != 0
    assert f"({code})" in done.err, done


def subnet(shell: Shell, verb: str, *words: str) -> dict[str, object]:
    return network(shell, "vnet", "subnet", verb, "-g", GROUP, "--vnet-name", "v", "-n", "shell", *words)


@pytest.fixture
def vnet(ada: Shell) -> Shell:
    """A shell in whose world there is a network `v` with a subnet for Cloud Shell behind a NAT gateway."""
    network(ada, "public-ip", "create", "-g", GROUP, "-n", "ip", "--sku", "Standard")
    network(ada, "nat", "gateway", "create", "-g", GROUP, "-n", "nat", "--public-ip-addresses", "ip")
    network(ada, "vnet", "create", "-g", GROUP, "-n", "v", "--address-prefixes", "10.9.0.0/16")
    subnet(ada, "create", "--address-prefixes", "10.9.0.0/24", "--delegations", CONTAINERS, "--nat-gateway", "nat")
    return ada


def test_who_stands_in_the_subnet_leaves_through_its_gateway(vnet: Shell) -> None:
    address = network(vnet, "public-ip", "show", "-g", GROUP, "-n", "ip")["ipAddress"]
    inside = vnet.world.open("ada", vnet.home.parent / "inside", network="v/shell")
    assert inside.run("curl", "-fsS", "https://api.ipify.org").out.strip() == address


def test_what_is_in_use_stays(vnet: Shell) -> None:
    refused(vnet, "PublicIPAddressCannotBeDeleted", "network", "public-ip", "delete", "-g", GROUP, "-n", "ip")
    gateway = ("network", "nat", "gateway", "delete", "-g", GROUP, "-n", "nat")
    refused(vnet, "CannotDeleteNatGatewayAssociatedToSubnet", *gateway)
    subnet(vnet, "update", "--remove", "natGateway")
    assert vnet.run("az", *gateway).code == 0
    assert vnet.run("az", "network", "public-ip", "delete", "-g", GROUP, "-n", "ip").code == 0


def test_a_peering_is_connected_by_its_second_half(vnet: Shell) -> None:
    id_ = network(vnet, "vnet", "show", "-g", GROUP, "-n", "v")["id"]
    vault = network(vnet, "vnet", "show", "-g", GROUP, "-n", "vnet-vault")["id"]
    ours = ("vnet", "peering", "create", "-g", GROUP, "-n", "out", "--vnet-name", "v", "--allow-vnet-access")
    theirs = (
        "vnet",
        "peering",
        "create",
        "-g",
        GROUP,
        "-n",
        "back",
        "--vnet-name",
        "vnet-vault",
        "--allow-vnet-access",
    )
    assert network(vnet, *ours, "--remote-vnet", str(vault))["peeringState"] == "Initiated"
    assert network(vnet, *theirs, "--remote-vnet", str(id_))["peeringState"] == "Connected"
    show = ("vnet", "peering", "show", "-g", GROUP, "-n", "out", "--vnet-name", "v")
    assert network(vnet, *show)["peeringState"] == "Connected"
    vnet.run("az", "network", "vnet", "peering", "delete", "-g", GROUP, "-n", "back", "--vnet-name", "vnet-vault")
    assert network(vnet, *show)["peeringState"] == "Disconnected"


def test_prefixes_that_do_not_fit_are_refused(vnet: Shell) -> None:
    more = ("network", "vnet", "subnet", "create", "-g", GROUP, "--vnet-name", "v", "-n", "more", "--address-prefixes")
    refused(vnet, "NetcfgSubnetRangesOverlap", *more, "10.9.0.0/25")
    refused(vnet, "NetcfgSubnetRangeOutsideVnet", *more, "10.10.0.0/24")
    refused(vnet, "InvalidCIDRNotation", *more, "10.9.1.7/24")


def test_rules_of_a_security_group_are_written_one_by_one(ada: Shell) -> None:
    network(ada, "nsg", "create", "-g", GROUP, "-n", "n")
    rule = ("network", "nsg", "rule", "create", "-g", GROUP, "--nsg-name", "n", "--access", "Deny")
    assert ada.az(*rule, "-n", "one", "--priority", "100")["priority"] == 100
    refused(ada, "SecurityRuleConflict", *rule, "-n", "two", "--priority", "100")
    assert [one["name"] for one in ada.az("network", "nsg", "rule", "list", "-g", GROUP, "--nsg-name", "n")] == ["one"]


def test_a_relay_is_registered_made_and_given_away(ada: Shell) -> None:
    relay = ada.az("relay", "namespace", "create", "-g", GROUP, "-n", "relay-az", "-l", "westeurope")
    service = ada.az("ad", "sp", "show", "--id", "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9")["id"]
    to = ("--assignee-object-id", service, "--assignee-principal-type", "ServicePrincipal", "--scope", relay["id"])
    given = ada.az("role", "assignment", "create", "--role", "Contributor", *to)
    [held] = ada.az("role", "assignment", "list", "--scope", relay["id"])
    assert (held["id"], held["roleDefinitionName"]) == (given["id"], "Contributor")
    assert ada.run("az", "role", "assignment", "delete", "--ids", given["id"]).code == 0
    assert ada.az("role", "assignment", "list", "--scope", relay["id"]) == []


def test_a_group_goes_with_everything_in_it(ada: Shell) -> None:
    ada.az("group", "create", "-n", "rg-new", "-l", "westeurope", "--tags", "made=here")
    network(ada, "vnet", "create", "-g", "rg-new", "-n", "v", "--address-prefixes", "10.9.0.0/16")
    assert [one["name"] for one in ada.az("resource", "list", "-g", "rg-new")] == ["v"]
    ada.az("storage", "account", "create", "-g", "rg-new", "-n", "stnew1", "-l", "westeurope", "--sku", "Standard_LRS")
    assert ada.run("az", "group", "delete", "-n", "rg-new", "-y").code == 0
    assert ada.az("group", "exists", "-n", "rg-new") is False
