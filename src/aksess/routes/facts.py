"""Gather what the routes judge by: side by side, each once, nothing guessed."""

import asyncio
import sys
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from aksess.azure import commands, deployments
from aksess.azure.bastions import Bastions, Search
from aksess.azure.clusters import CREDENTIAL_ACTION, WRITE_ACTION, Cluster, Clusters
from aksess.azure.credentials import Credentials
from aksess.azure.ids import ClusterId
from aksess.azure.networks import Networks
from aksess.azure.permissions import Permissions
from aksess.clock import Clock
from aksess.egress.agreement import agree
from aksess.egress.observers import observe
from aksess.errors import AksessError, AzureBusy, ClusterUnfit, EgressUnclear, RightsMissing
from aksess.kube.kubeconfig import Kubeconfig, read_kubeconfig
from aksess.kube.probe import Proof, probe_once
from aksess.leases.standing import known_standing
from aksess.ranges import covered
from aksess.routes.base import Facts, RouteName, Wishes
from aksess.settings import AKS_AUDIENCE, ARM_AUDIENCE
from aksess.tasks import owned_tasks
from aksess.wire import Wire

Seen = IPv4Address | EgressUnclear | None
SEARCH_SECONDS = 10.0
"""For a Bastion that nobody asked for, once everything else is known."""
CLUSTER_ACTIONS = (WRITE_ACTION, CREDENTIAL_ACTION, commands.RUN_ACTION, commands.READ_ACTION)


@dataclass(frozen=True)
class FactFinder:
    """Reads only. `ledger` decides which rights a lease needs."""

    clusters: Clusters
    permissions: Permissions
    networks: Networks
    bastions: Bastions
    credentials: Credentials
    wire: Wire
    clock: Clock
    observers: tuple[str, ...]
    ledger: str
    records: deployments.Deployments

    async def gather(self, cluster_id: ClusterId, wishes: Wishes, *, every_route: bool = False) -> Facts:
        """For the routes that are wished for, or to tell about `every_route`.

        Errors: ClusterUnknown, ClusterUnfit, NotSignedIn; all before anything is opened.
        """
        if wishes.via is RouteName.INVOKE and not every_route:
            return await self._for_command(cluster_id)
        if wishes.via is RouteName.BASTION and not every_route:
            return await self._for_bastion(cluster_id, wishes)
        async with owned_tasks() as tasks:
            egress = tasks.create_task(self._egress(wishes))
            missing = tasks.create_task(self._missing_rights(cluster_id))
            network = tasks.create_task(known_standing(self.records, cluster_id))
            cluster = await self._fit_cluster(cluster_id)
            kubeconfig = tasks.create_task(self._kubeconfig(cluster))
            nodes = tasks.create_task(self.networks.node_egress(cluster)) if wishes.lock_down else None
            looking = tasks.create_task(self._bastions(cluster, wishes, egress, every_route=every_route))
            seen = await egress
            address = seen if isinstance(seen, IPv4Address) else None
            handed = await kubeconfig
            usable = handed if isinstance(handed, Kubeconfig) else None
            proof = await self._proof(usable, cluster, address) if usable else None
            bastions = None
            if every_route or (usable is not None and not (proof is not None and proof.open)):
                bastions = await self._found(looking, cluster, wishes)
            else:
                looking.cancel()
        return Facts(
            cluster=cluster,
            caller=await self.credentials.identity(ARM_AUDIENCE),
            kubeconfig=usable,
            kubeconfig_fault=None if isinstance(handed, Kubeconfig) else handed,
            egress=address,
            egress_fault=seen if isinstance(seen, AksessError) else None,
            proof=proof,
            missing_rights=missing.result(),
            node_egress=nodes.result() if nodes else None,
            bastions=bastions,
            shell_network=network.result(),
        )

    async def _for_command(self, cluster_id: ClusterId) -> Facts:
        """Only what `invoke` is judged by; address, kubeconfig and probe would only take time."""
        async with owned_tasks() as tasks:
            missing = tasks.create_task(self._missing_rights(cluster_id))
            cluster = await self._fit_cluster(cluster_id)
        caller = await self.credentials.identity(ARM_AUDIENCE)
        return Facts(
            cluster=cluster, caller=caller, kubeconfig=None, missing_rights=missing.result(), only=RouteName.INVOKE
        )

    async def _for_bastion(self, cluster_id: ClusterId, wishes: Wishes) -> Facts:
        """Only what `bastion` is judged by; each right it takes is proven by a read."""
        async with owned_tasks() as tasks:
            cluster = await self._fit_cluster(cluster_id)
            kubeconfig = tasks.create_task(self._kubeconfig(cluster))
            looking = tasks.create_task(self.bastions.search(cluster, wishes.bastion))
        handed = kubeconfig.result()
        return Facts(
            cluster=cluster,
            caller=await self.credentials.identity(ARM_AUDIENCE),
            kubeconfig=handed if isinstance(handed, Kubeconfig) else None,
            kubeconfig_fault=None if isinstance(handed, Kubeconfig) else handed,
            bastions=looking.result(),
            only=RouteName.BASTION,
        )

    async def _bastions(
        self, cluster: Cluster, wishes: Wishes, egress: "asyncio.Task[Seen]", *, every_route: bool
    ) -> Search | None:
        """Looked for when told to, or while the others are still being asked where they will hardly do."""
        if not every_route:
            if wishes.via is not None or wishes.lock_down:
                return None
            if not cluster.private and not _listed_out(cluster, await egress):
                return None
        return await self.bastions.search(cluster, wishes.bastion)

    async def _found(self, looking: "asyncio.Task[Search | None]", cluster: Cluster, wishes: Wishes) -> Search | None:
        """When everything else is known: no longer than is worth it."""
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                found = await looking
                if found is None and wishes.via is None and not wishes.lock_down:
                    found = await self.bastions.search(cluster, wishes.bastion)
                return found
        except TimeoutError:
            return Search(fault=AzureBusy("looking for a Bastion takes too long", "wait for it: --via bastion"))

    async def address(self) -> IPv4Address:
        """The egress address as observers see it now. Errors: EgressUnclear."""
        return agree(await observe(self.observers, self.wire, self.clock))

    async def _fit_cluster(self, cluster_id: ClusterId) -> Cluster:
        cluster = await self.clusters.read(cluster_id)
        if cluster.deleting:
            raise ClusterUnfit(
                f"`{cluster.id.name}` is being deleted", "choose another: az aks list -o table", code="cluster-deleting"
            )
        if cluster.stopped:
            raise ClusterUnfit(
                f"`{cluster.id.name}` is stopped; no route reaches it",
                f"start it: az aks start -g {cluster.id.group} -n {cluster.id.name}",
                code="cluster-stopped",
            )
        return cluster

    async def _kubeconfig(self, cluster: Cluster) -> Kubeconfig | RightsMissing:
        """A right that is missing shuts the ways that need a kubeconfig, not every way."""
        try:
            found = read_kubeconfig(await self.clusters.kubeconfig(cluster))
        except RightsMissing as fault:
            return fault
        if not found.signs_in:
            return found
        # Said now, before anything is opened: kubectl could not sign in without it.
        await self.credentials.token(AKS_AUDIENCE)
        return found.with_exec([sys.executable, "-P", "-m", "aksess", "token"])

    async def _egress(self, wishes: Wishes) -> Seen:
        if wishes.address is not None:
            return None
        try:
            return await self.address()
        except EgressUnclear as fault:
            return fault

    async def _missing_rights(self, cluster_id: ClusterId) -> tuple[tuple[str, str], ...]:
        asked: list[tuple[str, tuple[str, ...]]] = [(cluster_id.path, CLUSTER_ACTIONS)]
        if self.ledger == "deployments":
            asked.append((cluster_id.group_path, (deployments.WRITE_ACTION,)))
        async with owned_tasks() as tasks:
            answers = [(scope, tasks.create_task(self.permissions.missing(scope, actions))) for scope, actions in asked]
        return tuple((action, scope) for scope, answer in answers for action in answer.result() or ())

    async def _proof(self, kubeconfig: Kubeconfig, cluster: Cluster, address: IPv4Address | None) -> Proof | None:
        """Spared where it must fail: a blocked attempt takes its whole timeout."""
        if _listed_out(cluster, address):
            return None
        return await probe_once(kubeconfig, self.wire, self.clock)


def _listed_out(cluster: Cluster, seen: Seen) -> bool:
    """It surely does not answer here: its ranges leave this address out."""
    return (
        not cluster.private
        and bool(cluster.ranges)
        and isinstance(seen, IPv4Address)
        and not covered(IPv4Network(seen), cluster.ranges)
    )
