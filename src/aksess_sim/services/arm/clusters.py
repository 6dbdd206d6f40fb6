"""Microsoft.ContainerService/managedClusters: read, list, PUT and PATCH (Managed Clusters REST reference)."""

from typing import Any

from aksess_sim.services.arm.authentication import authorize_listing
from aksess_sim.services.arm.errors import not_found
from aksess_sim.services.arm.exchange import HOST, Answer, Asked, retry_after
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, SCOPES, Route
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.operations import Operation
from aksess_sim.world.quotas import Quota
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import cluster_id

KIND = "Microsoft.ContainerService/managedClusters"
CLUSTER = GROUP + f"/providers/{KIND}/{{cluster}}"
_READ = f"{KIND}/read"
_WRITE = f"{KIND}/write"
POLL_SECONDS = 10
"""World seconds between two looks at an operation, as `Retry-After` tells; Azure does not document its own."""


def routes() -> list[Route]:
    """Everything about the resource itself; credentials and operations have files of their own."""
    lists = [Route("GET", scope + f"/providers/{KIND}", _list, bare=True) for scope in SCOPES]
    return [
        *lists,
        Route("GET", CLUSTER, _get, _READ, bare=True),
        Route("PUT", CLUSTER, _put, _WRITE, bare=True),
        Route("PATCH", CLUSTER, _patch, _WRITE, bare=True),
    ]


def cluster_asked(asked: Asked) -> Cluster:
    """The cluster that the path names.

    Raises Refused `ResourceNotFound`.
    """
    names = asked.names
    id_ = cluster_id(names["subscription"], names["group"], names["cluster"])
    try:
        return asked.world.clusters[id_.lower()]
    except KeyError:
        raise not_found(KIND, names["cluster"], names["group"]) from None


def _list(asked: Asked) -> Answer:
    authorize_listing(asked.world, asked.person, _READ, asked.scope)
    quota = Quota.CLUSTER_LIST_IN_GROUP if "group" in asked.names else Quota.CLUSTER_LIST_IN_SUBSCRIPTION
    asked.world.quotas.spend(quota, asked.scope)
    clusters = asked.world.clusters_in(asked.scope)
    return page(asked, [cluster.body for cluster in clusters if asked.may(_READ, cluster.id)])


def _get(asked: Asked) -> Answer:
    cluster = cluster_asked(asked)
    asked.world.quotas.spend(Quota.CLUSTER_GET, cluster.id)
    return Answer(cluster.body)


def _put(asked: Asked) -> Answer:
    cluster = _existing(asked)
    operation = asked.world.updates.put(cluster, asked.body, asked.preconditions, asked.person)
    return _accepted(asked, cluster, operation)


def _patch(asked: Asked) -> Answer:
    cluster = cluster_asked(asked)
    asked.world.quotas.spend(Quota.CLUSTER_OTHER, asked.subscription)
    tags: Any = asked.body.get("tags") or {}
    return _accepted(asked, cluster, asked.world.updates.patch_tags(cluster, tags, asked.preconditions))


def _existing(asked: Asked) -> Cluster:
    try:
        return cluster_asked(asked)
    except Refused:
        asked.preconditions.check(None)
        message = "This simulated world creates no clusters: put them into its world file."
        raise Refused("OperationNotSupported", message) from None


def _accepted(asked: Asked, cluster: Cluster, operation: Operation) -> Answer:
    """200 even while updating: the SDKs take only 200 or 201 as a first answer."""
    location = cluster.body["location"]
    path = f"{asked.subscription}/providers/Microsoft.ContainerService/locations/{location}/operations/{operation.id}"
    headers = {
        "Azure-AsyncOperation": f"{HOST}{path}?api-version=2016-03-30&h={operation.ticket}",
        "Retry-After": retry_after(asked.world, min(POLL_SECONDS, cluster.timings.update)),
    }
    return Answer(cluster.body, 200, headers)
