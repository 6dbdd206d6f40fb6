"""A managed cluster: what ARM shows of it, and what its API server really enforces, which is not always the same."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

from aksess_sim.world import ranges
from aksess_sim.world.resource_ids import group_of, name_of


@dataclass(frozen=True)
class Timings:
    """How long things take, in world seconds."""

    update: float = 90
    """From an accepted PUT to the end of its operation."""
    effective_after: float = 60
    """From an accepted PUT until the API server enforces the new ranges (AKS docs: up to two minutes)."""
    deployment: float = 2
    """From an accepted deployment to its end."""
    registration: float = 30
    """From asking for a resource provider's registration to its end."""
    blocked_connect: float = 20
    """How long a client that is not admitted waits for its TCP connect to fail."""


@dataclass(frozen=True)
class CommandPod:
    """How the pods fare that run commands in a cluster (Command Invoke); durations in world seconds."""

    schedule: float = 3
    """Until a node is found for it."""
    start: float = 2
    """From then on until its container runs."""
    longest: float = 3600
    """When a command that still runs is ended; Azure documents no such limit of its own."""
    denied: str | None = None
    """What an admission policy has against it; None admits it."""
    fails: str | None = None
    """Why it fails once it has started (`ImagePullBackOff`); None lets the command run."""


@dataclass(frozen=True)
class Node:
    """One node as the API server sees it."""

    name: str
    ready: bool
    version: str


@dataclass
class Cluster:
    """One cluster; `body` is the JSON GET shows, everything else is what no GET shows."""

    body: dict[str, Any]
    egress: Sequence[IPv4Address]
    """Where its nodes leave to the internet."""
    timings: Timings = field(default_factory=Timings)
    command_pod: CommandPod = field(default_factory=CommandPod)
    service_tags: ranges.ServiceTags = field(default_factory=dict)
    """What each service tag covers in this world."""
    may_use_tags: bool = False
    """Whether EnableServiceTagAuthorizedIPPreview is registered for it."""
    ca_pem: bytes = b""
    """Its own certificate authority; the host fills it when it starts the API server."""
    token_secret: str = field(default_factory=lambda: secrets.token_hex(64), repr=False)
    """The static bearer token of its local account."""
    enforced: tuple[str, ...] = field(init=False)
    """The ranges in force at the API server now; empty means everyone."""

    def __post_init__(self) -> None:
        self.enforced = tuple(self.ranges)

    @property
    def id(self) -> str:
        """Its resource id, as Azure spells it."""
        return str(self.body["id"])

    @property
    def name(self) -> str:
        """Its own name."""
        return name_of(self.id)

    @property
    def resource_group(self) -> str:
        """The group it lives in."""
        return group_of(self.id)

    @property
    def access_profile(self) -> dict[str, Any]:
        """`apiServerAccessProfile`, empty when ARM has none."""
        return self.body["properties"].get("apiServerAccessProfile") or {}

    @property
    def ranges(self) -> list[str]:
        """`authorizedIPRanges` as ARM shows them; empty when there are none."""
        return self.access_profile.get("authorizedIPRanges") or []

    @property
    def private(self) -> bool:
        """Does its API server have a private address only?"""
        return bool(self.access_profile.get("enablePrivateCluster"))

    @property
    def runs_commands(self) -> bool:
        """Is Command Invoke switched on?"""
        return not self.access_profile.get("disableRunCommand")

    @property
    def vnet_integrated(self) -> bool:
        """Do its nodes reach the API server inside the network (API Server VNet Integration)?"""
        return bool(self.access_profile.get("enableVnetIntegration"))

    @property
    def subnet_id(self) -> str | None:
        """The subnet its API server's private address is in, None when it has none of the customer's."""
        pools = self.body["properties"].get("agentPoolProfiles") or [{}]
        subnet: str | None = self.access_profile.get("subnetId") or pools[0].get("vnetSubnetID")
        return subnet

    @property
    def subnet_ids(self) -> set[str]:
        """The subnets with its nodes or its API server in them, in lower case."""
        pools = self.body["properties"].get("agentPoolProfiles") or []
        ids = [pool.get(key) for pool in pools for key in ("vnetSubnetID", "podSubnetID")]
        return {str(id_).lower() for id_ in (*ids, self.access_profile.get("subnetId")) if id_}

    @property
    def hosts(self) -> list[str]:
        """The names of its API server: public one first."""
        names = (self.body["properties"].get(key) for key in ("fqdn", "privateFQDN"))
        return [name for name in names if name]

    @property
    def running(self) -> bool:
        """Is it started?"""
        return bool(self.body["properties"]["powerState"]["code"] == "Running")

    @property
    def entra(self) -> bool:
        """Do its users sign in with Entra ID?"""
        return bool((self.body["properties"].get("aadProfile") or {}).get("managed"))

    @property
    def local_accounts(self) -> bool:
        """Does its static credential work?"""
        return not self.body["properties"].get("disableLocalAccounts")

    @property
    def version(self) -> str:
        """The Kubernetes version its API server runs, `1.33.1`."""
        return str(self.body["properties"]["currentKubernetesVersion"])

    @property
    def range_limit(self) -> int:
        """How many ranges it may list."""
        return ranges.LIMIT_WITH_VNET_INTEGRATION if self.vnet_integrated else ranges.LIMIT

    def admits(self, address: IPv4Address) -> bool:
        """Does the API server's public side let this address in now?

        The Standard load balancer's outbound address is let in without being listed; a NAT gateway's is not
        (AKS docs api-server-authorized-ip-ranges).
        """
        if not self.enforced:
            return True
        outbound = self.body["properties"]["networkProfile"]["outboundType"] == "loadBalancer"
        return (outbound and address in self.egress) or ranges.admits(self.enforced, address, self.service_tags)

    def nodes(self) -> list[Node]:
        """Its nodes: none while stopped, not ready while their own egress is shut out."""
        if not self.running:
            return []
        inside = self.private or self.vnet_integrated
        ready = inside or all(self.admits(address) for address in self.egress)
        pools = self.body["properties"]["agentPoolProfiles"]
        return [
            Node(f"aks-{pool['name']}-{self._scale_set}-vmss{number:06}", ready, self.version)
            for pool in pools
            for number in range(pool.get("count") or 0)
        ]

    @property
    def _scale_set(self) -> str:
        return str(int(self.body["properties"]["resourceUID"][:7], 16) % 10**8).zfill(8)
