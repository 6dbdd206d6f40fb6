"""The credential actions of a cluster: who gets which kubeconfig (Managed Clusters REST reference, AKS docs
local-accounts and control-kubeconfig-access)."""

import base64

from aksess_sim.services.arm import kubeconfigs
from aksess_sim.services.arm.clusters import CLUSTER, KIND, cluster_asked
from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.routing import Route
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.quotas import Quota
from aksess_sim.world.refusals import Refused


def routes() -> list[Route]:
    """The user's and the administrator's."""
    actions = {"listClusterUserCredential": _user, "listClusterAdminCredential": _admin}
    return [
        Route("POST", f"{CLUSTER}/{name}", handler, f"{KIND}/{name}/action", CLUSTER, bare=True)
        for name, handler in actions.items()
    ]


def _user(asked: Asked) -> Answer:
    cluster = _spent(asked)
    if cluster.entra:
        text = kubeconfigs.entra_user(cluster, _host(asked, cluster), asked.world.people.tenant_id)
        return _kubeconfig("clusterUser", text)
    return _local(asked, cluster, "clusterUser")


def _admin(asked: Asked) -> Answer:
    return _local(asked, _spent(asked), "clusterAdmin")


def _local(asked: Asked, cluster: Cluster, role: str) -> Answer:
    if not cluster.local_accounts:
        raise Refused(
            "BadRequest",
            "Getting static credential isn't allowed because this cluster is set to disable local accounts.",
        )
    return _kubeconfig(role, kubeconfigs.local_account(cluster, _host(asked, cluster), role))


def _spent(asked: Asked) -> Cluster:
    cluster = cluster_asked(asked)
    asked.world.quotas.spend(Quota.CLUSTER_OTHER, asked.subscription)
    return cluster


def _host(asked: Asked, cluster: Cluster) -> str:
    """A private cluster's private name, unless its public one is asked for."""
    properties = cluster.body["properties"]
    private = properties.get("privateFQDN")
    if private and asked.query.get("server-fqdn", "").lower() != "public":
        return str(private)
    if "fqdn" not in properties:
        raise Refused("BadRequest", "The public FQDN of this private cluster is not enabled.")
    return str(properties["fqdn"])


def _kubeconfig(name: str, text: str) -> Answer:
    return Answer({"kubeconfigs": [{"name": name, "value": base64.b64encode(text.encode()).decode()}]})
