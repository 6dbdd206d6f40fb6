"""The composition root: builds everything in order, inside a running loop, and closes it in the reverse order.

Nothing is built at import time and nothing is global. The commands speak to a Session and to nothing below it.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aksess.attachments.disk import Disk
from aksess.attachments.parcel import Parcel, parcel
from aksess.azure.arm import Arm
from aksess.azure.bastion_exchange import DataPlane
from aksess.azure.bastions import Bastions
from aksess.azure.clusters import Cluster, Clusters
from aksess.azure.commands import Commands
from aksess.azure.credentials import Credentials, Identity, choose_credentials
from aksess.azure.deployments import Deployments
from aksess.azure.ids import ClusterId
from aksess.azure.networks import Networks
from aksess.azure.permissions import Permissions
from aksess.azure.pipeline import build_pipeline
from aksess.azure.subscriptions import find_cluster
from aksess.clock import Clock
from aksess.errors import BadInput
from aksess.kube.child import Lender, run_child
from aksess.kube.credential import exec_credential
from aksess.kube.shells import sub_shell
from aksess.kube.workspace import workspace
from aksess.leases.closing import Closing
from aksess.leases.deployments_ledger import DeploymentsLedger
from aksess.leases.holding import Holding
from aksess.leases.keeper import Keeper
from aksess.leases.ledger import Ledger
from aksess.leases.local_ledger import LocalLedger
from aksess.leases.opening import Opening
from aksess.leases.reconcile import Reconciler
from aksess.progress import Progress
from aksess.routes.allowlist import AllowList
from aksess.routes.base import Access, Endpoint, Facts, Route, Runner, Wishes
from aksess.routes.bastion import ThroughBastion
from aksess.routes.direct import Direct
from aksess.routes.facts import FactFinder
from aksess.routes.invoke import Invoke
from aksess.routes.leasing import Leasing
from aksess.routes.planner import Plan, choose, plan
from aksess.routes.vnet import ShellNetwork
from aksess.settings import ARM_AUDIENCE, Settings
from aksess.wire import Wire, past_the_proxy

if TYPE_CHECKING:
    from aksess.vnet.network import ShellNetworks


@dataclass(frozen=True)
class ClusterName:
    """A cluster as it was typed: an id alone, or a name with or without group and subscription."""

    name: str | None = None
    group: str | None = None
    subscription: str | None = None


@dataclass(frozen=True)
class Session:
    """One signed-in person at work. Made by `open_session`."""

    settings: Settings
    clock: Clock
    progress: Progress
    credentials: Credentials
    arm: Arm
    clusters: Clusters
    keeper: Keeper
    facts: FactFinder
    direct: Direct
    vnet: ShellNetwork
    bastion: ThroughBastion
    allowlist: AllowList
    invoke: Invoke
    opening: Opening

    async def find(self, typed: ClusterName) -> ClusterId:
        """Errors: BadInput, ClusterUnknown."""
        return await _find(self.arm, self.settings, typed)

    async def identity(self) -> Identity:
        return await self.credentials.identity(ARM_AUDIENCE)

    def plan(self, facts: Facts, wishes: Wishes) -> Plan:
        judges = [route for route in self.routes if facts.only in (None, route.name)]
        return plan([route.judge(facts, wishes) for route in judges], wishes)

    def route(self, made: Plan, wishes: Wishes) -> Route:
        """The chosen route. Errors: why none can be."""
        chosen = choose(made, wishes)
        return next(route for route in self.routes if route.name is chosen)

    @asynccontextmanager
    async def access(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Access]:
        """Choose, open, prove; undone on every way out."""
        route = self.route(self.plan(facts, wishes), wishes)
        async with route.open(facts, wishes) as access:
            yield access

    @asynccontextmanager
    async def runner(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Runner]:
        """What runs commands inside the cluster. Errors: why none may."""
        self.route(self.plan(facts, wishes), wishes)
        async with self.invoke.open(facts, wishes) as runner:
            yield runner

    def parcel(self, command: Sequence[str], attach: Sequence[str], stdin: Callable[[], bytes]) -> Parcel:
        """A command with the local files it names, ready to be sent. Errors: BadInput."""
        return parcel(command, attach, Disk(Path.cwd(), stdin))

    def kubeconfig_file(self, access: Endpoint) -> AbstractContextManager[Path]:
        """A private kubeconfig for as long as the context lives."""
        return workspace(access.kubeconfig, self.settings.environment)

    def variables(self, access: Endpoint) -> dict[str, str]:
        """What commands need beside the kubeconfig: not every client keeps loopback from the proxy, as kubectl does."""
        return past_the_proxy(self.settings.environment, access.kubeconfig.host) if access.kubeconfig.loopback else {}

    async def run(self, command: Sequence[str], variables: Mapping[str, str], signals: Lender) -> int:
        """The person's command on the person's terminal, with these variables beside their own; its exit code."""
        return await run_child(command, {**self.settings.environment, **variables}, signals)

    async def run_shell(self, variables: Mapping[str, str], folder: Path, sign: str, signals: Lender) -> int:
        """The person's shell, with `sign` in its prompt; its start-up file lies in `folder`."""
        shell = sub_shell(self.settings.environment, folder, sign)
        return await self.run(shell.command, {**variables, **shell.variables}, signals)

    async def exec_credential(self, server_id: str, api_version: str) -> dict[str, Any]:
        """What kubectl reads to sign in. It holds the token."""
        token = await self.credentials.token(server_id)
        return exec_credential(token.secret, token.expires, api_version)

    async def cluster(self, cluster_id: ClusterId) -> Cluster:
        return await self.clusters.read(cluster_id)

    @cached_property
    def networks(self) -> "ShellNetworks":
        """Cloud Shell in a network of its own; loaded only for those who ask for it."""
        from aksess.vnet.network import shell_networks

        return shell_networks(
            self.arm,
            self.clusters,
            self.credentials,
            wire=self.facts.wire,
            clock=self.clock,
            progress=self.progress,
            keeper=self.keeper,
            opening=self.opening,
            egress=self.facts.address,
            folder=self.settings.state_folder,
        )

    @property
    def leasing(self) -> Leasing:
        """Leases that outlive this process."""
        return Leasing(self.allowlist, self.facts.address)

    @property
    def routes(self) -> Sequence[Route]:
        """Every way there is."""
        return (self.direct, self.bastion, self.vnet, self.allowlist, self.invoke)


@asynccontextmanager
async def open_session(settings: Settings, progress: Progress, clock: Clock | None = None) -> AsyncIterator[Session]:
    """Errors: BadInput for settings that cannot be meant. Signing in happens at the first call, not here."""
    clock = clock or Clock()
    async with AsyncExitStack() as closing:
        wire = Wire(settings.environment)
        closing.push_async_callback(wire.aclose)
        credentials = choose_credentials(settings.environment, wire, clock)
        arm = Arm(build_pipeline(credentials, wire, clock, progress))
        clusters = Clusters(arm)
        keeper = _keeper(settings, clusters, arm, clock, progress)
        facts = _fact_finder(settings, arm, credentials, wire, clock)
        opening = Opening(arm, keeper.reconciler, clock, progress, facts.address)
        holding = Holding(keeper, clock, progress)
        allowlist = AllowList(keeper, opening, holding, Closing(keeper, progress), wire, clock, progress)
        bastion = ThroughBastion(DataPlane(credentials, wire, clock), wire, clock, progress)
        yield Session(
            settings=settings,
            clock=clock,
            progress=progress,
            credentials=credentials,
            arm=arm,
            clusters=clusters,
            keeper=keeper,
            facts=facts,
            direct=Direct(),
            vnet=ShellNetwork(),
            bastion=bastion,
            allowlist=allowlist,
            invoke=Invoke(Commands(arm, clock), credentials, clock, progress),
            opening=opening,
        )


def _fact_finder(settings: Settings, arm: Arm, credentials: Credentials, wire: Wire, clock: Clock) -> FactFinder:
    clusters, networks, bastions = Clusters(arm), Networks(arm), Bastions(arm)
    observers, ledger, records = settings.observers, settings.ledger, Deployments(arm, clock)
    return FactFinder(
        clusters, Permissions(arm), networks, bastions, credentials, wire, clock, observers, ledger, records
    )


def _keeper(settings: Settings, clusters: Clusters, arm: Arm, clock: Clock, progress: Progress) -> Keeper:
    ledger = _ledger(settings, arm, clock, progress)
    return Keeper(ledger, Reconciler(clusters, ledger, clock, progress), clock)


def _ledger(settings: Settings, arm: Arm, clock: Clock, progress: Progress) -> Ledger:
    if settings.ledger == "local":
        return LocalLedger(settings.state_folder)
    return DeploymentsLedger(Deployments(arm, clock), clock, progress, settings.widest_prefix)


async def _find(arm: Arm, settings: Settings, typed: ClusterName) -> ClusterId:
    if typed.group and not typed.name:
        raise BadInput(f"which cluster in `{typed.group}`?", "name it: -n NAME", code="no-cluster")
    name, group = typed.name or settings.cluster, typed.group
    if not name:
        raise BadInput(
            "no cluster is named",
            "name one: -g GROUP -n NAME, or keep a default: aksess use -g GROUP -n NAME",
            code="no-cluster",
        )
    if name.startswith("/"):
        return ClusterId.parse(name)
    if group is None and name.count("/") == 1:
        group, name = name.split("/")
    return await find_cluster(
        arm,
        group=group,
        name=name,
        subscription=typed.subscription or settings.subscription,
        environment=settings.environment,
    )
