"""Bastion hosts at work: who was given a session, what became of it, and how many a host can carry.

What a host can do is read from the ARM JSON that GET shows; sessions are what no GET shows. It is lazy: what is due
happens when somebody looks. Nothing here knows HTTP or sockets: a session that must end is told so by a callback.

How many: 40 SSH connections per instance (Azure docs configure-host-scaling); a tunnel counts as one, which is a
decision of ours. How long a session lives that nobody deletes is not documented; Guacamole, whose shape the token API
has, forgets a token that is not used after 60 minutes (Guacamole manual, `api-session-timeout`).
"""

import itertools
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aksess_sim.world.clock import WorldClock
from aksess_sim.world.networks import vnet_of
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import group_of, name_of

SESSIONS_PER_INSTANCE = 40
NATIVE_CLIENT_SKUS = ("Standard", "Premium")
SHARED_SKUS = ("Developer", "QuickConnect")
"""These live on machines that Microsoft shares out among customers, in no subnet of the customer's."""


class State(Enum):
    """Where a session stands."""

    WAITING = "waiting"
    """Granted, its websocket not opened."""
    LIVE = "live"
    ORPHANED = "orphaned"
    """Its websocket is over, or was never opened in time, and nobody has deleted it."""


class End(Enum):
    """Why the host ends a session whose websocket is open."""

    DELETED = "deleted"
    RESTART = "restart"


@dataclass(frozen=True)
class BastionTimings:
    """How long things take at a Bastion host, in world seconds but for the first."""

    opens_within: float = 60
    """How long a websocket token can be used, in the caller's own seconds as every token's life is; not documented."""
    idle: float = 240
    """When a flow without a byte is forgotten: the load balancer's four minutes (Load Balancer docs, TCP reset)."""
    orphan: float = 3600
    """When a session that nobody deleted is given up."""
    restart: float = 60
    """How long nobody answers during maintenance; not documented."""


@dataclass(eq=False)
class BastionSession:
    """One granted session: whose, to what, and its secrets."""

    person: str
    target: str
    """The id of the cluster it leads to."""
    node: str
    """The instance it lives on; every later request must name it."""
    since: float
    """World seconds at which it came to the state it is in."""
    auth_token: str = field(default_factory=lambda: secrets.token_hex(32).upper(), repr=False)
    websocket_token: str = field(default_factory=lambda: secrets.token_hex(32).upper(), repr=False)
    state: State = State.WAITING
    consumed: bool = False
    """Whether a later exchange has used up its authToken: then nobody can delete it any more."""
    hang_up: Callable[[End], None] | None = field(default=None, repr=False)


class Bastion:
    """One Bastion host; `body` is the JSON GET shows."""

    def __init__(self, body: dict[str, Any], clock: WorldClock, timings: BastionTimings) -> None:
        self.body = body
        self.timings = timings
        self.tally: Counter[str] = Counter(granted=0, opened=0, deleted=0, abandoned=0, cut=0)
        """Since the world began: sessions granted, websockets opened, sessions deleted by their owners, given up
        without (abandoned), ended by maintenance (cut)."""
        self._clock = clock
        self._sessions: list[BastionSession] = []
        self._back_at = 0.0
        self._nodes = self._new_nodes()

    @property
    def id(self) -> str:
        """Its resource id."""
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
    def host(self) -> str:
        """Its public name, in lower case."""
        return str(self.body["properties"]["dnsName"]).lower()

    @property
    def pod(self) -> str | None:
        """The name of the shared machine (data pod) that carries its sessions; None where the host does itself."""
        return self.host.replace("bst-", "pod-", 1) if self.sku in SHARED_SKUS else None

    @property
    def sku(self) -> str:
        """`Standard` and the like."""
        return str(self.body["sku"]["name"])

    @property
    def tunnels(self) -> bool:
        """Does it let native clients through: SKU and `enableTunneling`?"""
        return self.sku in NATIVE_CLIENT_SKUS and self.body["properties"].get("enableTunneling") is True

    @property
    def subnet_id(self) -> str | None:
        """The subnet its machines stand in, None where they are shared ones."""
        configurations = self.body["properties"].get("ipConfigurations") or [None]
        return str(configurations[0]["properties"]["subnet"]["id"]) if configurations[0] else None

    @property
    def network(self) -> str:
        """The id of its virtual network."""
        return vnet_of(self.subnet_id) if self.subnet_id else str(self.body["properties"]["virtualNetwork"]["id"])

    @property
    def public_ip_id(self) -> str | None:
        """The public address its machines leave from, None where they are shared ones."""
        configurations = self.body["properties"].get("ipConfigurations") or [None]
        return str(configurations[0]["properties"]["publicIPAddress"]["id"]) if configurations[0] else None

    @property
    def capacity(self) -> int:
        """How many sessions it carries at a time."""
        return SESSIONS_PER_INSTANCE * int(self.body["properties"].get("scaleUnits", 2))

    @property
    def available(self) -> bool:
        """Is it there, and not restarting?"""
        return self._clock.elapsed() >= self._back_at and self.body["properties"]["provisioningState"] == "Succeeded"

    def sessions(self, state: State | None = None) -> list[BastionSession]:
        """The sessions that count against its capacity, all or those in one state."""
        return [session for session in self._sessions if state in (None, session.state)]

    def settle(self) -> None:
        """Let grow old what is old by now."""
        now, opens_within = self._clock.elapsed(), self.timings.opens_within * self._clock.speed
        for session in tuple(self._sessions):
            if session.state is State.WAITING and now - session.since >= opens_within:
                session.state, session.since = State.ORPHANED, session.since + opens_within
            if session.state is State.ORPHANED and now - session.since >= self.timings.orphan:
                self._forget(session, "abandoned")

    def grant(self, person: str, target: str, *, previous: str = "", node: str = "") -> BastionSession:
        """A new session; `previous` is the authToken that it uses up, `node` the instance that is asked for.

        Raises Refused `TooManySessions`, and `SessionNotFound` for a previous token that is not in force there.
        """
        former = self._named(previous, node) if previous else None
        if len(self._sessions) >= self.capacity:
            message = f"The Bastion host carries {self.capacity} sessions and has no room for another."
            raise Refused("TooManySessions", message)
        if former:
            former.consumed = True
        place = node if node in self._nodes else next(self._turns)
        session = BastionSession(person, target, place, self._clock.elapsed())
        self._sessions.append(session)
        self.tally["granted"] += 1
        return session

    def open(self, websocket_token: str, node: str) -> BastionSession:
        """The session whose websocket opens, once and in time. Raises Refused `SessionNotFound`."""
        for session in self.sessions(State.WAITING):
            if _same(session.websocket_token, websocket_token) and session.node == node:
                self._move(session, State.LIVE)
                self.tally["opened"] += 1
                return session
        raise _not_found()

    def over(self, session: BastionSession) -> None:
        """The session's websocket is over; it stays behind until its owner deletes it."""
        session.hang_up = None
        if session.state is State.LIVE:
            self._move(session, State.ORPHANED)

    def delete(self, auth_token: str, node: str) -> None:
        """What an owner does in the end; an open websocket is closed. Raises Refused `SessionNotFound`."""
        session = self._named(auth_token, node)
        self._forget(session, "deleted")
        if session.hang_up:
            session.hang_up(End.DELETED)

    def restart(self) -> None:
        """Maintenance: every session ends, every token dies, and for a while nobody answers."""
        ended, self._sessions = self._sessions, []
        self._back_at = self._clock.elapsed() + self.timings.restart
        self._nodes = self._new_nodes()
        self.tally["cut"] += len(ended)
        for session in ended:
            if session.hang_up:
                session.hang_up(End.RESTART)

    def _named(self, auth_token: str, node: str) -> BastionSession:
        for session in self._sessions:
            if _same(session.auth_token, auth_token) and session.node == node and not session.consumed:
                return session
        raise _not_found()

    def _move(self, session: BastionSession, state: State) -> None:
        session.state, session.since = state, self._clock.elapsed()

    def _forget(self, session: BastionSession, how: str) -> None:
        self._sessions.remove(session)
        self.tally[how] += 1

    def _new_nodes(self) -> tuple[str, ...]:
        nodes = tuple(secrets.token_hex(8) for _ in range(int(self.body["properties"].get("scaleUnits", 2))))
        self._turns = itertools.cycle(nodes)
        return nodes


class Bastions:
    """Every Bastion host of the world."""

    def __init__(self) -> None:
        self._hosts: list[Bastion] = []

    def __iter__(self) -> Iterator[Bastion]:
        return iter(self._hosts)

    def add(self, bastion: Bastion) -> None:
        """Put a host into the world."""
        self._hosts.append(bastion)

    def settle(self, exists: Callable[[str], bool]) -> None:
        """Let happen at each of them what is due; one whose resource is gone ends with all its sessions."""
        for bastion in tuple(self._hosts):
            if exists(bastion.id):
                bastion.settle()
            else:
                self._hosts.remove(bastion)
                bastion.restart()

    def by_host(self, host: str) -> Bastion | None:
        """The host with this public name, its own or its data pod's."""
        wanted = host.lower().rstrip(".")
        return next((bastion for bastion in self._hosts if wanted in (bastion.host, bastion.pod)), None)

    def named(self, name: str) -> Bastion:
        """The host called `NAME` or `GROUP/NAME`; KeyError says which there are."""
        wanted = name.lower()
        for bastion in self._hosts:
            if wanted in (bastion.name.lower(), f"{bastion.resource_group}/{bastion.name}".lower()):
                return bastion
        names = ", ".join(f"{bastion.resource_group}/{bastion.name}" for bastion in self._hosts) or "none"
        raise KeyError(f"no Bastion host `{name}` in this world; there are: {names}")


def _same(secret: str, given: str) -> bool:
    return secrets.compare_digest(secret.encode(), given.encode(errors="replace"))


def _not_found() -> Refused:
    return Refused("SessionNotFound", "There is no such session here.")
