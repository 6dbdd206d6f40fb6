"""How Cloud Shell starts a shell inside a network, and everything that must be right for it.

Azure Container Instance Service makes a container in the delegated subnet that the network profile names; the container
opens a hybrid connection at the relay, under the name that the private DNS zone leads to the private endpoint. Sources:
Cloud Shell docs vnet/overview, vnet/deployment, vnet/troubleshooting and vnet/migrate-container-permissions (the right
to join the subnet, needed by all since September 2026), the quickstart `cloud-shell-vnet`.

Decided here, because nothing tells: the service also needs `networkProfiles/write` and `namespaces/write`, which the
roles of the quickstart grant, and a profile even where profiles are going away; a relay is used through its private
endpoint only, even when it is open to the public; registrations count in the network profile's subscription. Not looked
at: free addresses, file shares, and whether the browser reaches the relay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address
from typing import Any

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.filtering import lets_out
from aksess_sim.world.networks import vnet_of
from aksess_sim.world.people import Person
from aksess_sim.world.providers import CONTAINER_INSTANCE_SERVICE
from aksess_sim.world.resource_ids import name_of, subscription_of
from aksess_sim.world.state import World
from aksess_sim.world.user_settings import Isolation

Body = dict[str, Any]

_PROVIDERS = ("Microsoft.CloudShell", "Microsoft.ContainerInstance", "Microsoft.Relay")
_DELEGATION = "Microsoft.ContainerInstance/containerGroups"
_RELAY = "Microsoft.Relay/namespaces"
_ZONE = "privatelink.servicebus.windows.net"


class Link(Enum):
    """One link of the chain, by the name that the journal gives it."""

    PROFILE = "network profile"
    REGISTRATION = "registration"
    SUBNET = "subnet"
    DELEGATION = "delegation"
    SUBNET_ROLE = "role at the subnet"
    PROFILE_ROLE = "role at the network profile"
    RELAY = "relay"
    REGION = "region"
    RELAY_ROLE = "role at the relay"
    ENDPOINT = "private endpoint"
    ZONE = "DNS zone"
    ZONE_LINK = "DNS link"
    RECORD = "DNS record"
    SECURITY_GROUP = "network security group"


_PROVISIONING = (
    Link.PROFILE,
    Link.REGISTRATION,
    Link.SUBNET,
    Link.DELEGATION,
    Link.SUBNET_ROLE,
    Link.PROFILE_ROLE,
)
"""What is needed before there is a container; all else, before it can be talked to."""
_NOT_PROVISIONED = "Sorry, your Cloud Shell failed to provision. Please retry later."
_NO_TERMINAL = "Sorry, your Cloud Shell failed to request a terminal. Please click the restart button."


class ShellFailed(Exception):
    """A shell that does not start: what the person reads, which is all that Azure tells, and what is really wrong.

    The words are those of the portal (microsoft/vscode-azure-account, Azure/CloudShell#514).
    """

    def __init__(self, link: Link, why: str) -> None:
        self.link = link
        self.why = why
        super().__init__(_NOT_PROVISIONED if link in _PROVISIONING else _NO_TERMINAL)


def own_subnet(world: World, person: Person) -> str | None:
    """The id of the subnet in which the person's next shell starts, None for Microsoft's own network.

    Raises ShellFailed when the settings ask for a network and one link of the chain is not right.
    """
    wanted = world.user_settings.isolation(person)
    return None if wanted is None else _Start(world, wanted).subnet()


@dataclass(frozen=True)
class _Start:
    """One start, from the settings to a terminal; each check stands on those before it."""

    world: World
    wanted: Isolation

    def subnet(self) -> str:
        profile = self._ready(self.wanted.profile, kinds.NETWORK_PROFILE, Link.PROFILE)
        self._check_registrations(profile)
        subnet = self._subnet_of(profile)
        self._check_role("Microsoft.Network/virtualNetworks/subnets/join/action", subnet, Link.SUBNET_ROLE)
        self._check_role("Microsoft.Network/networkProfiles/write", profile["id"], Link.PROFILE_ROLE)
        relay = self._ready(self.wanted.relay, _RELAY, Link.RELAY)
        self._check_region(profile, relay)
        self._check_role("Microsoft.Relay/namespaces/write", relay["id"], Link.RELAY_ROLE)
        address = self._named_address(relay, vnet_of(subnet))
        if not lets_out(self.world.networks, subnet, address):
            raise ShellFailed(Link.SECURITY_GROUP, f"`{subnet}` lets no connection out to {address}")
        return subnet

    def _ready(self, id_: str, kind: str, link: Link) -> Body:
        body = self.world.store.find(id_)
        if body is None or body["type"].lower() != kind.lower():
            raise ShellFailed(link, f"there is no {kind} `{id_}`")
        state = body["properties"].get("provisioningState", "Succeeded")
        if state != "Succeeded":
            raise ShellFailed(link, f"`{id_}` is {state}")
        return body

    def _check_registrations(self, profile: Body) -> None:
        for namespace in _PROVIDERS:
            state = self.world.providers.state(subscription_of(profile["id"]), namespace)
            if state != "Registered":
                raise ShellFailed(Link.REGISTRATION, f"{namespace} is {state}")

    def _subnet_of(self, profile: Body) -> str:
        for _, configuration in kinds.container_addresses(profile):
            id_ = configuration["properties"]["subnet"]["id"]
            subnet = self.world.store.find(id_)
            if subnet is None:
                raise ShellFailed(Link.SUBNET, f"the network profile names `{id_}`, which is not there")
            services = [one["properties"]["serviceName"] for one in subnet["properties"].get("delegations", [])]
            if _DELEGATION.lower() not in map(str.lower, services):
                raise ShellFailed(Link.DELEGATION, f"`{id_}` is delegated to {', '.join(services) or 'nobody'}")
            return str(subnet["id"])
        raise ShellFailed(Link.SUBNET, "the network profile names no subnet")

    def _check_role(self, action: str, scope: str, link: Link) -> None:
        service = self.world.people.by_client_id(CONTAINER_INSTANCE_SERVICE.client_id)
        if service is None or not self.world.people.allowed(service, action, scope):
            raise ShellFailed(link, f"{CONTAINER_INSTANCE_SERVICE.display_name} may not {action} at `{scope}`")

    def _check_region(self, *resources: Body) -> None:
        """Everything is in one region (vnet/deployment), the settings' own when they name one."""
        regions = {_plain(one["location"]) for one in resources}
        if self.wanted.location:
            regions.add(_plain(self.wanted.location))
        if len(regions) > 1:
            raise ShellFailed(Link.REGION, f"network profile, relay and settings are in {', '.join(sorted(regions))}")

    def _named_address(self, relay: Body, vnet: str) -> IPv4Address:
        """What the relay's private name means inside the network: an endpoint that can be reached there."""
        addresses = [str(address) for address in self._endpoint_addresses(relay, vnet)]
        if not addresses:
            problem = f"`{relay['id']}` has no approved private endpoint that `{vnet}` reaches"
            raise ShellFailed(Link.ENDPOINT, problem)
        zones = [zone["id"] for zone in self.world.store.of_kind(kinds.DNS_ZONE) if zone["name"].lower() == _ZONE]
        if not zones:
            raise ShellFailed(Link.ZONE, f"there is no zone `{_ZONE}`")
        if not any(self._linked(zone, vnet) for zone in zones):
            raise ShellFailed(Link.ZONE_LINK, f"no zone `{_ZONE}` is linked to `{vnet}`")
        name = f"{name_of(relay['id'])}.{_ZONE}".lower()
        found = self.world.networks.resolve(name, vnet)
        if found is None or str(found) not in addresses:
            problem = f"`{name}` is {found or 'not there'}, the private endpoint is {', '.join(addresses)}"
            raise ShellFailed(Link.RECORD, problem)
        return found

    def _endpoint_addresses(self, relay: Body, vnet: str) -> Iterator[str]:
        for endpoint in self.world.store.of_kind(kinds.PRIVATE_ENDPOINT):
            home = vnet_of(endpoint["properties"]["subnet"]["id"])
            if _leads_to(endpoint, relay) and self.world.networks.connected(vnet, home):
                for reference in endpoint["properties"]["networkInterfaces"]:
                    interface = self.world.store.find(reference["id"]) or {"properties": {"ipConfigurations": []}}
                    for configuration in interface["properties"]["ipConfigurations"]:
                        yield configuration["properties"]["privateIPAddress"]

    def _linked(self, zone: str, vnet: str) -> bool:
        links = (link["properties"] for link in self.world.store.of_kind(kinds.DNS_LINK, zone))
        return any(
            link["virtualNetwork"]["id"].lower() == vnet.lower() and link["virtualNetworkLinkState"] == "Completed"
            for link in links
        )


def _leads_to(endpoint: Body, relay: Body) -> bool:
    properties = endpoint["properties"]
    connections = [
        connection["properties"]
        for field in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
        for connection in properties.get(field) or []
    ]
    return properties["provisioningState"] == "Succeeded" and any(
        connection["privateLinkServiceId"].lower() == relay["id"].lower()
        and connection["privateLinkServiceConnectionState"]["status"] == "Approved"
        for connection in connections
    )


def _plain(region: str) -> str:
    """`West Europe` and `westeurope` are one region."""
    return region.lower().replace(" ", "")
