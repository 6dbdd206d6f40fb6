"""The plan of a Cloud Shell network: every decision as a plain value. Pure; nothing here reads or writes anything.

A plan has three parts, made in this order: `deployment` (one ARM template in one resource group), `afterwards` (what
lies elsewhere, one PUT each: peerings and the link to the API server's private zone), and for a public API server
`admitted` (the public address whose entry goes into the authorized ranges).

What Cloud Shell takes is that of Azure/azure-quickstart-templates, demos/cloud-shell-vnet, and one thing more: since 30
September 2026 Azure Container Instances needs Network Contributor on the *subnet* (or the whole network) as well; the
network profile, and the role on it, are on their way out but still made (azure-docs, cloud-shell/vnet/
migrate-container-permissions). So there are three role assignments, not two.
"""

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network

from aksess.azure.arm import Json
from aksess.azure.ids import ClusterId
from aksess.azure.resource_ids import group_of, name_of, subscription_of
from aksess.errors import AksessError

TAG, TAG_VALUE = "aksess", "vnet"
TAG_BY, TAG_CLUSTER = "aksess-by", "aksess-cluster"
"""Who made it, and for which cluster (its resource id)."""
TAG_VALUE_LIMIT = 256
OWN_NETWORK = re.compile(r"vnet-(aksess-[a-z0-9-]+-[0-9a-f]{8})")


class Variant(StrEnum):
    """Where the API server is met: at its private address over a peering, or at its public one from a fixed address."""

    PRIVATE = "private"
    PUBLIC = "public"


class Part(StrEnum):
    """What a piece is in the whole, in the order the pieces are made; the value is what people read."""

    SECURITY_GROUP = "network security group"
    ADDRESS = "public address"
    NAT_GATEWAY = "NAT gateway"
    NETWORK = "network"
    SHELL_SUBNET = "subnet of the shells"
    RELAY_SUBNET = "subnet of the relay's endpoint"
    STORAGE_SUBNET = "subnet for file shares"
    PROFILE = "network profile"
    RELAY = "relay"
    ENDPOINT = "private endpoint of the relay"
    ZONE = "private DNS zone of relays"
    ZONE_LINK = "link of that zone"
    ZONE_RECORD = "record of the relay"
    PROFILE_ROLE = "role on the network profile"
    SUBNET_ROLE = "role on the subnet"
    RELAY_ROLE = "role on the relay"
    PEERING_THERE = "peering to the cluster's network"
    PEERING_BACK = "peering back"
    CLUSTER_LINK = "link of the API server's zone"


class Action(StrEnum):
    """What applying does with a piece."""

    CREATE = "create"
    CHANGE = "change"
    """It is there and ours (or takes a change the official template would make too), and not as planned."""
    KEEP = "keep"
    """It is there as planned, made by aksess."""
    ADOPT = "adopt"
    """It is there as planned, made by somebody else: used, never removed."""


@dataclass(frozen=True)
class Piece:
    """One resource. `body` is what a PUT sends, with everything that others set on what stands already; `needs` are the
    ids of pieces that must stand before it."""

    part: Part
    id: str
    api_version: str
    body: Json
    why: str
    needs: tuple[str, ...] = ()
    action: Action = Action.CREATE
    differs: tuple[str, ...] = ()
    """For a change: which properties, as paths such as `properties.natGateway`."""

    @property
    def name(self) -> str:
        return name_of(self.id)

    @property
    def stands(self) -> bool:
        """Nothing is to be done about it."""
        return self.action in (Action.KEEP, Action.ADOPT)


@dataclass(frozen=True)
class Errand:
    """What somebody must do by hand: who, what, and the command (or the portal's steps) for it."""

    who: str
    what: str
    how: str


@dataclass(frozen=True)
class Plan:
    """The whole. `network` is the id of the virtual network the shells stand in."""

    cluster: ClusterId
    variant: Variant
    location: str
    network: str
    network_is_ours: bool
    """False for a network named by the person: pieces are put into it, it is never removed."""
    prefixes: Mapping[Part, IPv4Network]
    """Of the network (the block its subnets are cut from) and of its subnets."""
    subnets: Mapping[Part, str]
    """Their ids; the one for file shares may be missing in a network that was named."""
    cluster_network: str | None
    """The network the private API server has its address in; None for a public one."""
    principal: str
    """Object id of the Azure Container Instance Service in this tenant."""
    tags: Mapping[str, str]
    deployment: tuple[Piece, ...]
    afterwards: tuple[Piece, ...] = ()
    admitted: tuple[str, ...] = ()
    """Ids of the public addresses that go into the authorized ranges: those the NAT gateway leaves from."""
    sessions: int = 0
    """How many shells can stand in it at once."""
    registrations: tuple[str, ...] = ()
    """Resource providers the subscription must register first."""
    lacking: tuple[tuple[str, str], ...] = ()
    """(action, scope) that the deployer surely lacks."""
    errands: tuple[Errand, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        return group_of(self.network)

    @property
    def subscription(self) -> str:
        return subscription_of(self.network)

    @property
    def group_path(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @property
    def deployment_name(self) -> str:
        """Deterministic, so that a run cut in the middle finds what it began."""
        return stem_of(self.cluster, self.network)

    @property
    def pieces(self) -> Iterator[Piece]:
        yield from self.deployment
        yield from self.afterwards

    @property
    def done(self) -> bool:
        """All that has an id stands as planned; whether the address is admitted is the cluster's to say."""
        return not self.registrations and all(piece.stands for piece in self.pieces)

    def piece(self, part: Part) -> Piece | None:
        return next((piece for piece in self.pieces if piece.part is part), None)


@dataclass(frozen=True)
class Wishes:
    """What the person asked for. `variant` None: what suits the cluster. `network`: a virtual network's id."""

    variant: Variant | None = None
    network: str | None = None
    address_space: IPv4Network | None = None
    location: str | None = None
    nat: bool = False
    """A fixed egress address for a private API server's shells too."""
    principal: str | None = None
    """Object id of the Azure Container Instance Service, for those who may not ask Graph."""


@dataclass(frozen=True)
class Names:
    """Deterministic names of everything aksess may make, from one stem."""

    stem: str
    location: str = field(default="")

    @property
    def network(self) -> str:
        return f"vnet-{self.stem}"

    @property
    def security_group(self) -> str:
        return f"nsg-{self.stem}"

    @property
    def address(self) -> str:
        return f"pip-{self.stem}"

    @property
    def nat_gateway(self) -> str:
        return f"nat-{self.stem}"

    @property
    def profile(self) -> str:
        """It begins as the official one does, which is what the troubleshooting page tells people to look for."""
        return f"aci-networkProfile-{self.location}-{self.stem}"

    @property
    def relay(self) -> str:
        """Unique in the whole of Azure; 6 to 50 letters, digits and hyphens (resource name rules)."""
        return self.stem

    @property
    def endpoint(self) -> str:
        return f"pe-{self.stem}"

    @property
    def shell_subnet(self) -> str:
        return "aksess-shell"

    @property
    def relay_subnet(self) -> str:
        return "aksess-relay"

    @property
    def storage_subnet(self) -> str:
        return "aksess-storage"

    @property
    def link(self) -> str:
        """Of both zones, and of both halves of a peering."""
        return self.stem


def stem_of(cluster: ClusterId, network: str | None = None) -> str:
    """`aksess-web-1a2b3c4d`: of the cluster, or of the network it was named for; a network of ours keeps its own."""
    if network is None:
        return _stem(cluster.name, cluster.key)
    if ours := OWN_NETWORK.fullmatch(name_of(network)):
        return ours[1]
    return _stem(name_of(network), network.lower().rstrip("/"))


def assignment_name(scope: str, role: str, principal: str) -> str:
    """A role assignment's name is a GUID; the same three always give the same one."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}|{role}|{principal}".lower()))


def made_by_us(body: Json | None) -> bool:
    """Whether a resource carries our tag."""
    tags = (body or {}).get("tags") or {}
    return any(key.lower() == TAG and value == TAG_VALUE for key, value in tags.items())


def made_for(body: Json | AksessError | None) -> str:
    """The cluster that it was made for by us, as far as the tag holds its id; empty for what is not ours, and for what
    does not tell."""
    if not isinstance(body, dict) or not made_by_us(body):
        return ""
    tags = body.get("tags") or {}
    return next((str(value) for key, value in tags.items() if key.lower() == TAG_CLUSTER), "")


def _stem(name: str, key: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24].strip("-")
    return f"aksess-{slug or 'cluster'}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
