"""az builds a network for Cloud Shell as the documents tell it; the next shell starts inside, or says it cannot."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from aksess_sim.cli.problems import ShellFailed
from clients.shells import GROUP, Shell

SETTINGS = (
    "https://management.azure.com/providers/Microsoft.Portal/userSettings/cloudconsole?api-version=2023-02-01-preview"
)
ZONE = "privatelink.servicebus.windows.net"
VNET, PROFILE, RELAY, ENDPOINT = "vnet-vault", "aci-networkProfile-westeurope", "shell-relay", "cloudshellRelayEndpoint"
IN_GROUP = ("-g", GROUP)
Opener = Callable[..., Shell]


def put(shell: Shell, url: str, body: Any) -> Any:
    return shell.az("rest", "--method", "put", "--url", url, "--body", json.dumps(body))


def relay_with_a_private_name(ada: Shell, group: str) -> str:
    """A relay, an endpoint for it in the network, and the zone that leads there; the relay's id."""
    vnet = f"{group}/providers/Microsoft.Network/virtualNetworks/{VNET}"
    relay = str(ada.az("relay", "namespace", "create", *IN_GROUP, "-n", RELAY, "-l", "westeurope")["id"])
    ada.az("network", "private-endpoint", "create", *IN_GROUP, "-n", ENDPOINT, "--subnet", f"{vnet}/subnets/nodes",
           "--private-connection-resource-id", relay, "--group-id", "namespace",
           "--connection-name", "relay")  # fmt: skip
    ada.az("network", "private-dns", "zone", "create", *IN_GROUP, "-n", ZONE)
    ada.az("network", "private-dns", "link", "vnet", "create", *IN_GROUP, "-z", ZONE, "-n", "shell",
           "-v", vnet, "-e", "false")  # fmt: skip
    ada.az("network", "private-endpoint", "dns-zone-group", "create", *IN_GROUP, "--endpoint-name", ENDPOINT,
           "-n", "default", "--zone-name", "relay", "--private-dns-zone", ZONE)  # fmt: skip
    return relay


def network_profile(ada: Shell, group: str) -> str:
    """A network profile on the delegated subnet; az has no command that makes one."""
    subnet = f"{group}/providers/Microsoft.Network/virtualNetworks/{VNET}/subnets/shell"
    address = {"name": "ip", "properties": {"subnet": {"id": subnet}}}
    interface = {"name": "eth0", "properties": {"ipConfigurations": [address]}}
    body = {"location": "westeurope", "properties": {"containerNetworkInterfaceConfigurations": [interface]}}
    id_ = f"{group}/providers/Microsoft.Network/networkProfiles/{PROFILE}"
    put(ada, f"{id_}?api-version=2024-05-01", body)
    return id_


def assign(ada: Shell, role: str, scope: str) -> None:
    """A role for the service that starts shells."""
    service = ada.az("ad", "sp", "list", "--spn", "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9", "--query", "[0].id")
    ada.az("role", "assignment", "create", "--assignee-object-id", service, "--assignee-principal-type",
           "ServicePrincipal", "--role", role, "--scope", scope)  # fmt: skip


def test_a_shell_in_a_network_is_built_link_by_link(ada: Shell, open_shell: Opener) -> None:
    group = str(ada.az("group", "show", "-n", GROUP)["id"])
    for namespace in ("Microsoft.CloudShell", "Microsoft.Relay"):
        ada.az("provider", "register", "-n", namespace, "--wait")
    relay, profile = relay_with_a_private_name(ada, group), network_profile(ada, group)
    network = {"networkProfileResourceId": profile, "relayNamespaceResourceId": relay, "location": "westeurope"}
    put(ada, SETTINGS, {"properties": {"networkType": "Isolated", "sessionType": "Ephemeral", "vnetSettings": network}})
    assign(ada, "Contributor", relay)
    assign(ada, "Network Contributor", profile)
    with pytest.raises(ShellFailed, match="failed to provision"):
        open_shell("ada")
    [start] = ada.world.requests("START")
    assert start["detail"].startswith("role at the subnet: ")
    assign(ada, "Network Contributor", f"{group}/providers/Microsoft.Network/virtualNetworks/{VNET}")
    inside = open_shell("ada")
    assert (inside.session.caller.network, inside.address) == ("vnet-vault/shell", "20.71.33.15/32")
    inside.az("login", "--identity")
    inside.get_credentials("vault")
    assert inside.kubectl("get", "nodes", "-o", "name").out.startswith("node/")
    assert open_shell("cat").session.caller.network is None
