"""One world's hosts, running: every fake service behind its name, watched by the journal and the armed faults.

API servers and Bastion hosts start when somebody first connects to them. Commands run as long as the services do.
Replaced whole when the world is reset.
"""

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web

from aksess_sim.apiservers import api_server
from aksess_sim.bastion_hosts import bastion_host
from aksess_sim.command_runs import CommandRuns, Enter
from aksess_sim.faults import Fault, Faults, Kind
from aksess_sim.internet.certificates import Authority, Certificates
from aksess_sim.internet.gateway import Gateway
from aksess_sim.internet.names import CLOUD_SHELL_TOKENS, PUBLIC
from aksess_sim.internet.observation import Observer
from aksess_sim.internet.plain import only_for
from aksess_sim.internet.reachability import reach
from aksess_sim.internet.service import Service
from aksess_sim.journal import Journal
from aksess_sim.pods import Pods
from aksess_sim.services import cloudshell_token, echo, graph, login, prices
from aksess_sim.services.arm import app as arm
from aksess_sim.world.bastions import Bastion
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.operations import OperationError
from aksess_sim.world.state import World


class Hosting:
    """An asynchronous context manager around the services of one world."""

    gateway: Gateway

    def __init__(self, world: World, certificates: Certificates, faults: Faults, pods: Pods, enter: Enter) -> None:
        self.world = world
        self.journal = Journal(world.clock)
        self._certificates = certificates
        self._faults = faults
        self._observer = Observer(world.clock, self.journal, faults, world.settle, self._fail_next)
        self._runs = CommandRuns(world.commands, world.clock, pods, enter)
        self._running = AsyncExitStack()
        world.deployments.struck = self._struck
        self._services: dict[str, Service] = {}
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        for cluster in self.world.clusters.values():
            cluster.ca_pem = self._certificates.cluster(cluster.id).pem
        public = {
            "arm": arm.application,
            "login": login.application,
            "echo": echo.application,
            "graph": graph.application,
            "prices": prices.application,
        }
        for name, application in public.items():
            await self._start(name, application(self.world), self._certificates.public)
        tokens = only_for(*CLOUD_SHELL_TOKENS, cloudshell_token.application(self.world))
        self.gateway = Gateway(
            clock=self.world.clock,
            journal=self.journal,
            faults=self._faults,
            reach=lambda caller, host, port: reach(self.world, caller, host, port),
            service=self._service,
            plain=await self._start("cloud shell tokens", tokens, self._certificates.public),
            patience=self._patience,
            settle=self.world.settle,
        )
        await self._running.enter_async_context(self._runs)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.__aexit__(kind, error, trace)

    async def _start(
        self, name: str, application: web.Application, authority: Authority, names: tuple[str, ...] = ()
    ) -> Service:
        service = await Service.start(name, self._observer.watch(application), authority, names)
        self._running.push_async_callback(service.stop)
        self._services[name] = service
        return service

    async def _service(self, host: str) -> Service:
        """The service behind a host that can be reached."""
        if host in PUBLIC:
            return self._services[PUBLIC[host]]
        async with self._one_at_a_time:
            if bastion := self.world.bastions.by_host(host):
                return self._services.get(bastion.id) or await self._start_bastion(bastion)
            if cluster := self.world.cluster_by_host(host):
                return self._services.get(cluster.id) or await self._start_cluster(cluster)
        raise ConnectionRefusedError(host)

    async def _start_bastion(self, bastion: Bastion) -> Service:
        application = bastion_host(self.world, bastion, lambda: self.gateway)
        return await self._start(bastion.id, application, self._certificates.public)

    async def _start_cluster(self, cluster: Cluster) -> Service:
        application = api_server(self.world, cluster).application()
        authority, names = self._certificates.cluster(cluster.id), tuple(host.lower() for host in cluster.hosts)
        return await self._start(cluster.id, application, authority, names)

    def _patience(self, host: str) -> float:
        cluster = self.world.cluster_by_host(host)
        return (cluster.timings if cluster else self.world.timings).blocked_connect

    def _fail_next(self, resource_id: str, fault: Fault) -> None:
        self.world.operations.fail_next(resource_id, OperationError(fault.code, fault.message))

    def _struck(self, resource_id: str) -> OperationError | None:
        """Faults strike what a deployment makes, too: at once, or by the failure of its operation."""
        fault = self._faults.take_inner("PUT", "management.azure.com", resource_id)
        if fault is None:
            return None
        if fault.kind is Kind.OPERATION_FAILS:
            self._fail_next(resource_id, fault)
            return None
        return OperationError(fault.code, fault.message)
