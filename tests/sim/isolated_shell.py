"""A network in which a Cloud Shell can start, put into the default world as if it had been deployed."""

import uuid
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from aksess_sim.world import network_bodies as bodies
from aksess_sim.world.people import Assignment, Person
from aksess_sim.world.providers import CONTAINER_INSTANCE_SERVICE
from aksess_sim.world.resource_ids import resource_id
from aksess_sim.world.roles import BUILT_IN
from aksess_sim.world.state import World

ADDRESS = IPv4Address("10.50.0.5")
ZONE = "privatelink.servicebus.windows.net"


@dataclass(frozen=True)
class Chain:
    """The ids of every link; what stands behind them is in the world's store."""

    world: World
    profile: str
    relay: str
    endpoint: str
    zone: str
    vnet: str

    @property
    def subnet(self) -> str:
        return f"{self.vnet}/subnets/shell"

    @property
    def link(self) -> str:
        return f"{self.zone}/virtualNetworkLinks/shell"

    @property
    def record(self) -> str:
        return f"{self.zone}/A/{self.relay.rsplit('/', 1)[1]}"

    @property
    def service(self) -> Person:
        """Azure Container Instance Service."""
        found = self.world.people.by_client_id(CONTAINER_INSTANCE_SERVICE.client_id)
        assert found is not None
        return found

    def body(self, id_: str) -> dict[str, Any]:
        """A resource of the chain, to be broken."""
        found = self.world.store.find(id_)
        assert found is not None, id_
        return found

    def settings(self, **more: str) -> dict[str, Any]:
        """User settings that lead into the network."""
        network = {"networkProfileResourceId": self.profile, "relayNamespaceResourceId": self.relay} | more
        return {"properties": {"networkType": "Isolated", "sessionType": "Ephemeral", "vnetSettings": network}}


def deployed(world: World, *roles: str) -> Chain:
    """The whole chain in `vnet-vault`, whose subnet `shell` is delegated and has a NAT gateway.

    `roles` are given to the service at profile, subnet and relay, in this order: the quickstart's unless told.
    """
    subscription = next(iter(world.subscriptions.values())).id
    world.providers.open(subscription)

    def id_of(kind: str, name: str) -> str:
        return resource_id(subscription, "rg-demo", kind, name)

    chain = Chain(
        world=world,
        profile=id_of(bodies.NETWORK_PROFILE, "aci-networkProfile-westeurope"),
        relay=id_of("Microsoft.Relay/namespaces", "shell-relay"),
        endpoint=id_of(bodies.PRIVATE_ENDPOINT, "cloudshellRelayEndpoint"),
        zone=id_of(bodies.DNS_ZONE, ZONE),
        vnet=id_of(bodies.VNET, "vnet-vault"),
    )
    for body in _resources(chain):
        world.store.put(body)
    scopes = (chain.profile, chain.subnet, chain.relay)
    for role, scope in zip(roles or ("Network Contributor", "Network Contributor", "Contributor"), scopes, strict=True):
        world.people.grant(Assignment(chain.service.object_id, BUILT_IN[role], scope, str(uuid.uuid4())))
    return chain


def _resources(chain: Chain) -> list[dict[str, Any]]:
    configuration = {"name": "ip", "properties": {"subnet": {"id": chain.subnet}}}
    interface = {"name": "eth0", "properties": {"ipConfigurations": [configuration]}}
    nic = f"{chain.endpoint.replace('privateEndpoints', 'networkInterfaces')}.nic"
    approved = {"privateLinkServiceId": chain.relay, "privateLinkServiceConnectionState": {"status": "Approved"}}
    endpoint = {
        "subnet": {"id": f"{chain.vnet}/subnets/nodes"},
        "privateLinkServiceConnections": [{"name": "relay", "properties": approved}],
        "networkInterfaces": [{"id": nic}],
    }
    address = {"ipConfigurations": [{"properties": {"privateIPAddress": str(ADDRESS)}}]}
    here = {"location": "westeurope"}
    return [
        bodies.resource(
            chain.profile, bodies.NETWORK_PROFILE, {"containerNetworkInterfaceConfigurations": [interface]}, **here
        ),
        bodies.resource(chain.relay, "Microsoft.Relay/namespaces", {"status": "Active"}, location="West Europe"),
        bodies.resource(chain.endpoint, bodies.PRIVATE_ENDPOINT, endpoint, **here),
        bodies.resource(nic, bodies.NETWORK_INTERFACE, address, **here),
        bodies.dns_zone(chain.zone, {}, 1),
        bodies.dns_link(chain.link, chain.vnet),
        bodies.address_records(chain.record, [ADDRESS]),
    ]
