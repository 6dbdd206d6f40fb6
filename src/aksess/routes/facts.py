"""Gather what the routes judge by: side by side, each once, nothing guessed."""

import sys
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from aksess.azure import commands, deployments
from aksess.azure.clusters import CREDENTIAL_ACTION, WRITE_ACTION, Cluster, Clusters
from aksess.azure.credentials import Credentials
from aksess.azure.ids import ClusterId
from aksess.azure.networks import Networks
from aksess.azure.permissions import Permissions
from aksess.clock import Clock
from aksess.egress.agreement import agree
from aksess.egress.observers import observe
from aksess.errors import AksessError, ClusterUnfit, EgressUnclear, RightsMissing
from aksess.kube.kubeconfig import Kubeconfig, read_kubeconfig
from aksess.kube.probe import Probe, Proof
from aksess.ranges import covered
from aksess.routes.base import Facts, Wishes
from aksess.settings import AKS_AUDIENCE, ARM_AUDIENCE
from aksess.tasks import owned_tasks
from aksess.wire import Wire

CLUSTER_ACTIONS = (WRITE_ACTION, CREDENTIAL_ACTION, commands.RUN_ACTION, commands.READ_ACTION)


@dataclass(frozen=True)
class FactFinder:
    """Reads only. `ledger` decides which rights a lease needs."""

    clusters: Clusters
    permissions: Permissions
    networks: Networks
    credentials: Credentials
    wire: Wire
    clock: Clock
    observers: tuple[str, ...]
    ledger: str

    async def gather(self, cluster_id: ClusterId, wishes: Wishes) -> Facts:
        """Errors: ClusterUnknown, ClusterUnfit, NotSignedIn; all before anything is opened."""
        async with owned_tasks() as tasks:
            egress = tasks.create_task(self._egress(wishes))
            missing = tasks.create_task(self._missing_rights(cluster_id))
            cluster = await self._fit_cluster(cluster_id)
            kubeconfig = tasks.create_task(self._kubeconfig(cluster))
            nodes = tasks.create_task(self.networks.node_egress(cluster)) if wishes.lock_down else None
            seen = await egress
            address = seen if isinstance(seen, IPv4Address) else None
            handed = await kubeconfig
            usable = handed if isinstance(handed, Kubeconfig) else None
            proof = await self._proof(usable, cluster, address) if usable else None
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
        )

    async def gather_for_command(self, cluster_id: ClusterId) -> Facts:
        """Only what `invoke` is judged by; address, kubeconfig and probe would only take time. Errors as `gather`."""
        async with owned_tasks() as tasks:
            missing = tasks.create_task(self._missing_rights(cluster_id))
            cluster = await self._fit_cluster(cluster_id)
        caller = await self.credentials.identity(ARM_AUDIENCE)
        return Facts(cluster=cluster, caller=caller, kubeconfig=None, missing_rights=missing.result())

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

    async def _egress(self, wishes: Wishes) -> IPv4Address | EgressUnclear | None:
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
        listed_out = (
            not cluster.private
            and cluster.ranges
            and address is not None
            and not covered(IPv4Network(address), cluster.ranges)
        )
        if listed_out:
            return None
        probe = Probe(kubeconfig, self.wire, self.clock)
        try:
            return await probe.once()
        finally:
            await probe.aclose()
