"""From a ground to the resources on it, in the order they are made. Pure.

The order, and what needs what, is the official template's; subnets of one network follow each other, since ARM changes
a network once at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.azure.resource_ids import (
    group_path_of,
    name_of,
    names_of,
    parent_of,
    resource_id,
    same,
    subscription_of,
    type_of,
)
from aksess.azure.resources import version_of
from aksess.vnet.ground import Ground
from aksess.vnet.model import Names, Part, Piece, assignment_name
from aksess.vnet.survey import Subnet


@dataclass(frozen=True)
class Drawing:
    """One ground, and what is put on it. `nat`: the shells leave through a gateway with a fixed address."""

    ground: Ground
    tags: Mapping[str, str]
    principal: str
    nat: bool

    def pieces(self) -> tuple[Piece, ...]:
        return (
            *self._guard(),
            *self._way_out(),
            *self._network(),
            *self._meeting_place(),
            *self._names(),
            *self._roles(),
        )

    @cached_property
    def gateway(self) -> str | None:
        """The NAT gateway the shells leave through: theirs already, else ours, else none."""
        if standing := self._shell and self._shell.nat_gateway:
            return standing
        return self._id(bodies.NAT_GATEWAY, self._called.nat_gateway) if self.nat else None

    @cached_property
    def address(self) -> str | None:
        """The public address of our own gateway."""
        ours = self.nat and same(self.gateway, self._id(bodies.NAT_GATEWAY, self._called.nat_gateway))
        return self._id(bodies.PUBLIC_ADDRESS, self._called.address) if ours else None

    def _guard(self) -> Iterator[Piece]:
        if same(self._security_group, self._id(bodies.SECURITY_GROUP, self._called.security_group)):
            body = bodies.security_group(self._at, self.tags, self.ground.prefixes[Part.SHELL_SUBNET])
            yield _piece(Part.SECURITY_GROUP, self._security_group, body, "shells of different people do not meet")

    def _way_out(self) -> Iterator[Piece]:
        if self.address and self.gateway:
            body = bodies.public_address(self._at, self.tags)
            yield _piece(Part.ADDRESS, self.address, body, "the one address the shells are seen from")
            body = bodies.nat_gateway(self._at, self.tags, self.address)
            yield _piece(
                Part.NAT_GATEWAY, self.gateway, body, "all that leaves the shells' subnet leaves here", self.address
            )

    def _network(self) -> Iterator[Piece]:
        subnets = self._subnet_bodies
        before = [self._security_group, *filter(None, [self.gateway])]
        if self.ground.ours and self.ground.block:
            inside = {name_of(self.ground.subnets[part]): body for part, (body, _) in subnets.items()}
            body = bodies.virtual_network(self._at, self.tags, self.ground.block, inside)
            yield _piece(Part.NETWORK, self.ground.network, body, "where the shells stand, with its subnets", *before)
            return
        for part, (body, why) in subnets.items():
            yield _piece(part, self.ground.subnets[part], body, why, *before)
            before = [self.ground.subnets[part]]

    @property
    def _subnet_bodies(self) -> dict[Part, tuple[Json, str]]:
        prefixes = self.ground.prefixes
        shell = bodies.shell_subnet(self._at, prefixes[Part.SHELL_SUBNET], self._security_group, self.gateway)
        if self._shell and not same(self._shell.name, self._called.shell_subnet):
            # Somebody else's subnet gets what the shells cannot do without; its owner may not want storage there.
            del shell["properties"]["serviceEndpoints"]
        made: dict[Part, tuple[Json, str]] = {
            Part.SHELL_SUBNET: (shell, "the containers of Cloud Shell; Container Instances alone may use it"),
            Part.RELAY_SUBNET: (bodies.relay_subnet(prefixes[Part.RELAY_SUBNET]), "the relay's address inside"),
        }
        if space := prefixes.get(Part.STORAGE_SUBNET):
            body = bodies.storage_subnet(self._at, space)
            made[Part.STORAGE_SUBNET] = (body, "for those who keep their files on a share; empty until then")
        return made

    def _meeting_place(self) -> Iterator[Piece]:
        """How the browser and the container find each other."""
        subnet, relay_subnet = self.ground.subnets[Part.SHELL_SUBNET], self.ground.subnets[Part.RELAY_SUBNET]
        body = bodies.network_profile(self._at, self.tags, subnet, name_of(subnet))
        why = "how Container Instances finds the subnet"
        yield _piece(Part.PROFILE, self.profile, body, why, *self._stands_in(subnet))
        yield _piece(Part.RELAY, self.relay, bodies.relay(self._at, self.tags), "between the browser and the container")
        name = name_of(self.endpoint)
        body = bodies.private_endpoint(self._at, self.tags, name, relay_subnet, self.relay)
        needs = (self.relay, *self._stands_in(relay_subnet))
        yield _piece(Part.ENDPOINT, self.endpoint, body, "the container reaches the relay privately", *needs)

    def _names(self) -> Iterator[Piece]:
        """How the container finds the relay's private address."""
        yield _piece(Part.ZONE, self.zone, bodies.zone(self.tags), "the private names of relays")
        link = self.ground.found.link or resource_id(
            group_path_of(self.zone), bodies.ZONE_LINK, name_of(self.zone), self._called.link
        )
        needs = (self.zone, *([self.ground.network] if self.ground.ours else []))
        body = bodies.zone_link(self.tags, self.ground.network)
        yield _piece(Part.ZONE_LINK, link, body, "those names resolve in the network", *needs)
        if not self.ground.found.recorded:
            group = resource_id(group_path_of(self.endpoint), bodies.ZONE_GROUP, names_of(self.endpoint), "relay")
            why = "Azure writes the relay's address record, and takes it away with the endpoint"
            yield _piece(Part.ZONE_RECORD, group, bodies.zone_group(self.zone), why, self.endpoint, self.zone)

    def _roles(self) -> Iterator[Piece]:
        subnet = self.ground.subnets[Part.SHELL_SUBNET]
        network, contributor = bodies.NETWORK_CONTRIBUTOR, bodies.CONTRIBUTOR
        why = "Container Instances may put containers into the subnet"
        yield self._role(Part.SUBNET_ROLE, subnet, network, why, *self._stands_in(subnet))
        yield self._role(Part.PROFILE_ROLE, self.profile, network, f"{why} by its profile", self.profile)
        yield self._role(Part.RELAY_ROLE, self.relay, contributor, "it may open the shells' connections", self.relay)

    def _role(self, part: Part, scope: str, role: str, why: str, *needs: str) -> Piece:
        id_ = resource_id(scope, bodies.ROLE_ASSIGNMENT, assignment_name(scope, role, self.principal))
        body = bodies.role_assignment(subscription_of(self.ground.network), role, self.principal)
        return _piece(part, id_, body, why, *needs)

    @cached_property
    def profile(self) -> str:
        return self.ground.found.profile or self._id(bodies.PROFILE, self._called.profile)

    @cached_property
    def relay(self) -> str:
        return self.ground.found.relay or self._id(bodies.RELAY, self._called.relay)

    @cached_property
    def endpoint(self) -> str:
        return self.ground.found.endpoint or self._id(bodies.ENDPOINT, self._called.endpoint)

    @cached_property
    def zone(self) -> str:
        return self.ground.found.zone or self._id(bodies.ZONE, bodies.RELAY_ZONE)

    @cached_property
    def _security_group(self) -> str:
        standing = self._shell.security_group if self._shell else None
        return standing or self._id(bodies.SECURITY_GROUP, self._called.security_group)

    @property
    def _shell(self) -> Subnet | None:
        return self.ground.found.shell

    @property
    def _called(self) -> Names:
        return self.ground.names

    @property
    def _at(self) -> str:
        return self.ground.location

    def _stands_in(self, subnet: str) -> tuple[str, ...]:
        """A subnet of our own network is made with it."""
        return (parent_of(subnet),) if self.ground.ours else (subnet,)

    def _id(self, kind: str, name: str) -> str:
        return resource_id(group_path_of(self.ground.network), kind, name)


def peering_pieces(ground: Ground, there: str, names: tuple[str, str]) -> tuple[Piece, Piece]:
    """Both halves; `names` are those of the half here and of the half there."""
    here = ground.network
    out, back = "traffic from the shells to the API server", "and back; without both halves nothing passes"
    return (
        _piece(Part.PEERING_THERE, _half(here, names[0]), bodies.peering(there), out),
        _piece(Part.PEERING_BACK, _half(there, names[1]), bodies.peering(here), back),
    )


def cluster_link_piece(ground: Ground, zone: str, standing: str | None, tags: Mapping[str, str]) -> Piece:
    """The API server's private name resolves where the shells stand."""
    id_ = standing or resource_id(group_path_of(zone), bodies.ZONE_LINK, name_of(zone), ground.names.link)
    body = bodies.zone_link(tags, ground.network)
    return _piece(Part.CLUSTER_LINK, id_, body, "the API server's private name resolves for the shells")


def _half(network: str, name: str) -> str:
    return resource_id(group_path_of(network), bodies.PEERING, names_of(network), name)


def _piece(part: Part, id_: str, body: Json, why: str, *needs: str) -> Piece:
    return Piece(part, id_, version_of(type_of(id_)), body, why, needs)
