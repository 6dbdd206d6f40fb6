"""What every route trades in: facts in, a verdict out, and an access while it is open."""

from collections.abc import Container
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from aksess.attachments.parcel import Parcel
from aksess.azure.bastions import Search
from aksess.azure.clusters import Cluster
from aksess.azure.commands import CommandResult
from aksess.azure.credentials import Identity
from aksess.azure.networks import NodeEgress
from aksess.errors import AksessError
from aksess.kube.kubeconfig import Kubeconfig
from aksess.kube.probe import Proof
from aksess.leases.model import Lease
from aksess.leases.standing import Standing
from aksess.settings import LEASE_DEFAULT


class RouteName(StrEnum):
    DIRECT = "direct"
    BASTION = "bastion"
    VNET = "vnet"
    ALLOWLIST = "allowlist"
    INVOKE = "invoke"


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for, beyond the cluster."""

    via: RouteName | None = None
    address: IPv4Network | None = None
    """Named by the caller; None: find it out."""
    lasts: timedelta = LEASE_DEFAULT
    reason: str = ""
    lock_down: bool = False
    """Turn an open API server into a listed one (S2); the caller was asked."""
    wait: bool = False
    """Closing waits until it is effective and proven shut."""
    command: tuple[str, ...] = ()
    """What is to be run; nothing: a shell or a kubeconfig, which take an endpoint."""
    bastion: str = ""
    """The Bastion that was named: its resource id, GROUP/NAME or NAME; nothing: find the best one."""
    port: int = 0
    """The local port of a tunnel; 0: any that is free."""


@dataclass(frozen=True)
class Facts:
    """What is known about a cluster and the caller's way to it. What could not be had is None, never a guess."""

    cluster: Cluster
    caller: Identity
    kubeconfig: Kubeconfig | None
    """None when Azure does not hand it out to this caller (`kubeconfig_fault`), or when nothing needs it."""
    kubeconfig_fault: AksessError | None = None
    egress: IPv4Address | None = None
    egress_fault: AksessError | None = None
    proof: Proof | None = None
    """What the probe found just now; None when it was not needed."""
    missing_rights: tuple[tuple[str, str], ...] = ()
    """(action, scope) that surely are missing, for whatever route they are."""
    node_egress: NodeEgress | None = None
    bastions: Search | None = None
    """None when nobody looked for one."""
    shell_network: Standing | None = None
    """A Cloud Shell network that was applied for the cluster; None when none is known."""
    only: RouteName | None = None
    """Gathered for this route alone: no other can be judged by it."""

    def lacking(self, actions: Container[str]) -> tuple[tuple[str, str], ...]:
        """Those among the missing rights that one route needs."""
        return tuple((action, scope) for action, scope in self.missing_rights if action in actions)


@dataclass(frozen=True)
class Verdict:
    """A route's judgement of the facts."""

    route: RouteName
    usable: bool
    why: str
    posture: str
    """How exposed the API server is while the route is open, in words."""
    seconds: float | None = None
    """What opening it usually takes."""
    usd_month: float = 0.0
    refusal: AksessError | None = field(default=None, compare=False)
    """The error that choosing it all the same would raise."""
    exists: bool = True
    """There is such a way to this cluster at all, be it shut; what refuses one that exists is told first."""


@dataclass(frozen=True)
class Endpoint:
    """An open way that any Kubernetes client can use."""

    route: RouteName
    kubeconfig: Kubeconfig
    proof: Proof
    lease: Lease | None = None


Ran = CommandResult
"""A command that was sent, as it stands."""


class Runner(Protocol):
    """An open way for single commands: they run elsewhere, and what they wrote comes back."""

    @property
    def route(self) -> RouteName:
        """Whose it is."""

    async def begin(self, parcel: Parcel) -> Ran:
        """Send it, once, and come back when it runs."""

    async def look(self, id: str) -> Ran:  # noqa: A002 - Azure's own word
        """How a command stands now."""

    async def finish(self, begun: Ran) -> Ran:
        """Wait for its end. Errors: why it could not run to its end."""

    def later(self, id: str) -> str:  # noqa: A002 - Azure's own word
        """What to type, in any shell, to learn how it ended."""


Access = Endpoint | Runner


class Route(Protocol):
    @property
    def name(self) -> RouteName:
        """One of its own."""

    def judge(self, facts: Facts, wishes: Wishes) -> Verdict:
        """Pure: no side effects, the same verdict for the same facts."""

    def open(self, facts: Facts, wishes: Wishes) -> AbstractAsyncContextManager[Access]:
        """Open, prove, yield, and undo on every way out."""
