"""The whole simulated Azure in one event loop: a world, its hosts, and the proxy that every simulated shell uses.

No threads, no real-time waits, and subprocesses only for commands in pods, so that it also lives on an event loop with
virtual time when it is given pods that do the same.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from types import TracebackType
from typing import Self

from aksess_sim import starting
from aksess_sim.cloudshell import Session
from aksess_sim.faults import Faults
from aksess_sim.hosting import Hosting
from aksess_sim.internet.caller import Caller
from aksess_sim.internet.certificates import Certificates
from aksess_sim.internet.egress import random_address
from aksess_sim.internet.proxy import Proxy
from aksess_sim.journal import Journal
from aksess_sim.pods import LocalPods, Pods
from aksess_sim.world.commands import Command
from aksess_sim.world.state import World


class SimulatedAzure:
    """`async with SimulatedAzure(load_world()) as azure: ...`; construct it inside the running loop of its world.

    `pods` carry out the commands of Command Invoke; without, they are real shells on this machine.
    """

    def __init__(self, world: World, pods: Pods | None = None) -> None:
        self.faults = Faults()
        self._certificates = Certificates()
        self._pods = pods or LocalPods()
        self._hosting = self._host(world)
        self._sessions: dict[str, Session] = {}
        self._roaming: set[str] = set()
        """Sessions whose egress address nobody chose."""
        self._proxy: Proxy

    async def __aenter__(self) -> Self:
        await self._hosting.__aenter__()
        self._proxy = await Proxy(self._hosting.gateway, self._caller).__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._proxy.__aexit__(kind, error, trace)
        await self._hosting.__aexit__(kind, error, trace)

    @property
    def world(self) -> World:
        """The world as it is now; another one after `reset`."""
        return self._hosting.world

    @property
    def journal(self) -> Journal:
        """What was asked of this world; begins anew with `reset`."""
        return self._hosting.journal

    @property
    def proxy_port(self) -> int:
        """The proxy's port on 127.0.0.1."""
        return self._proxy.port

    @property
    def ca_pem(self) -> bytes:
        """The authority of the public hosts, which a simulated shell trusts."""
        return self._certificates.public.pem

    def open_session(self, person: str = "ada", *, address: str | None = None, network: str | None = None) -> Session:
        """A new simulated shell of `person`.

        `network` is the `VNET/SUBNET` it is put into by force; without, it starts where the person's settings say. Its
        egress address is the given one, else that of the subnet's NAT gateway at any time, else a random globally
        routable one outside every cluster's ranges. Raises KeyError for a person or subnet that is not there,
        ValueError for an address that is no IPv4 address, ShellFailed when it does not start.
        """
        self.world.settle()
        who, name = self.world.person(person), f"cs-{secrets.token_hex(4)}"
        if network:
            self.world.networks.subnet_named(network)
        place = network or starting.place(self.world, self.journal, who, name)
        own = IPv4Address(address) if address else random_address(self._listed())
        session = self._admit(Caller(name, person, own, place))
        if address is None:
            self._roaming.add(name)
        return replace(session, caller=self._seen(session.caller))

    def move_session(self, session: Session, address: str) -> Session:
        """The same shell, seen from another address from its next connection on; those that stand keep the old one.

        Nothing promises a shell one address for its lifetime. Raises ValueError for an address that is no IPv4 address.
        """
        moved = replace(session, caller=replace(session.caller, address=IPv4Address(address)))
        self._roaming.discard(session.caller.session)
        self._sessions[session.caller.session] = moved
        return moved

    def sessions(self) -> list[Session]:
        """Every shell opened so far."""
        shells = (session for session in self._sessions.values() if session.caller.cluster is None)
        return [replace(session, caller=self._seen(session.caller)) for session in shells]

    async def reset(self, world: World) -> None:
        """Put another world behind the proxy: shells stay, faults are disarmed, the journal begins anew."""
        hosting = await self._host(world).__aenter__()
        self.faults.clear()
        former, self._hosting = self._hosting, hosting
        self._proxy.gateway = hosting.gateway
        await former.__aexit__(None, None, None)

    def _host(self, world: World) -> Hosting:
        return Hosting(world, self._certificates, self.faults, self._pods, self._enter)

    @contextmanager
    def _enter(self, command: Command) -> Iterator[Session]:
        """A session in a pod of the command's cluster, seen from where its nodes leave; it ends with the block."""
        name, cluster = f"pod-{secrets.token_hex(4)}", command.cluster
        caller = Caller(name, command.person.name, cluster.egress[0], cluster=cluster.id)
        try:
            yield self._admit(caller)
        finally:
            del self._sessions[name]

    def _admit(self, caller: Caller) -> Session:
        session = Session(
            caller=caller,
            password=secrets.token_urlsafe(18),
            proxy_port=self.proxy_port,
            tenant_id=self.world.people.tenant_id,
            location="westeurope",
        )
        self._sessions[caller.session] = session
        return session

    def _caller(self, name: str, password: str) -> Caller | None:
        session = self._sessions.get(name)
        if session and secrets.compare_digest(session.password.encode(), password.encode()):
            return self._seen(session.caller)
        return None

    def _seen(self, caller: Caller) -> Caller:
        """A shell in a network, unless its address was chosen for it, leaves as its subnet does at this moment."""
        if caller.network is None or caller.session not in self._roaming:
            return caller
        try:
            leaves = self.world.networks.egress_address(self.world.networks.subnet_named(caller.network))
        except KeyError:
            return caller
        return replace(caller, address=leaves or caller.address)

    def _listed(self) -> list[IPv4Network]:
        """Every range any cluster lists; service tags are no ranges."""
        texts = (text for cluster in self.world.clusters.values() for text in cluster.ranges)
        return [IPv4Network(text, strict=False) for text in texts if text[0].isdigit()]
