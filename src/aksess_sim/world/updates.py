"""What a PUT or PATCH does to a cluster: the checks, the new state, the operation, and its end.

ARM shows new ranges at once, the API server enforces them later, and a failed operation takes them back. Order of the
checks: throttling, preconditions, busy, the body itself, linked rights.
"""

import copy
import uuid
from collections.abc import Callable
from typing import Any

from aksess_sim.world import ranges
from aksess_sim.world.cluster_rules import check_immutable, check_linked_rights, check_shape, with_read_only
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.operations import Agenda, Operation, Operations
from aksess_sim.world.people import People, Person
from aksess_sim.world.preconditions import Preconditions
from aksess_sim.world.quotas import Quota, Quotas
from aksess_sim.world.refusals import Refused
from aksess_sim.world.tags import check_tags

Body = dict[str, Any]


class Updates:
    """The write side of all clusters."""

    def __init__(self, people: People, operations: Operations, agenda: Agenda, quotas: Quotas) -> None:
        self._people = people
        self._operations = operations
        self._agenda = agenda
        self._quotas = quotas

    def put(self, cluster: Cluster, sent: Body, preconditions: Preconditions, person: Person) -> Operation:
        """Replace the cluster's body as a PUT does; `cluster.body` shows the new state when this returns.

        Raises Refused; nothing has changed then, but a token of the PUT bucket is spent (pessimistic: Azure does not
        say whether refused requests count).
        """
        self._quotas.spend(Quota.CLUSTER_PUT, cluster.id)
        self._admit(cluster, preconditions)
        check_shape(sent)
        check_tags(sent.get("tags") or {})
        check_immutable(cluster.body, sent)
        wanted = with_read_only(copy.deepcopy(sent), cluster.body)
        _normalize_ranges(cluster, wanted)
        check_linked_rights(wanted, lambda action, scope: self._people.allowed(person, action, scope))
        return self._begin(cluster, wanted, "PutManagedClusterHandler.PUT")

    def patch_tags(self, cluster: Cluster, tags: dict[str, str], preconditions: Preconditions) -> Operation:
        """Replace the cluster's tags, the only thing a PATCH can do.

        Raises Refused when a precondition fails or the cluster is busy.
        """
        check_tags(tags)
        self._admit(cluster, preconditions)
        wanted = copy.deepcopy(cluster.body) | {"tags": dict(tags)}
        return self._begin(cluster, wanted, "PatchManagedClusterHandler.PATCH")

    def _admit(self, cluster: Cluster, preconditions: Preconditions) -> None:
        preconditions.check(cluster.body["eTag"])
        running = self._operations.running_on(cluster.id)
        if running:
            raise Refused(
                "OperationNotAllowed",
                f"Operation is not allowed: Another operation ({running.kind}) is in progress, please wait for it to "
                "finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details",
            )

    def _begin(self, cluster: Cluster, wanted: Body, kind: str) -> Operation:
        before, enforced = copy.deepcopy(cluster.body), cluster.enforced
        _renew_etags(wanted)
        _mark(wanted, "Updating")
        cluster.body = wanted

        def end(operation: Operation) -> None:
            if operation.status == "Failed":
                self._roll_back(cluster, before, enforced)
            else:
                _mark(cluster.body, "Succeeded")

        operation = self._operations.begin(cluster.id, kind, cluster.timings.update, end)
        # Also when the list is the one in force: an earlier change may still be on its way to the API server.
        new = tuple(cluster.ranges)
        self._agenda.after(cluster.timings.effective_after, _unless_failed(operation, cluster, new))
        return operation

    def _roll_back(self, cluster: Cluster, before: Body, enforced: tuple[str, ...]) -> None:
        cluster.body = before
        cluster.enforced = enforced
        _renew_etags(cluster.body)
        _mark(cluster.body, "Failed")


def _unless_failed(operation: Operation, cluster: Cluster, new: tuple[str, ...]) -> Callable[[], None]:
    def enforce() -> None:
        if operation.status != "Failed":
            cluster.enforced = new

    return enforce


def _normalize_ranges(cluster: Cluster, wanted: Body) -> None:
    profile = wanted["properties"].get("apiServerAccessProfile") or {}
    if profile.get("authorizedIPRanges") is None:
        return
    stored = ranges.normalized(profile["authorizedIPRanges"], limit=cluster.range_limit, tags=cluster.may_use_tags)
    if stored and profile.get("enablePrivateCluster"):
        raise Refused("BadRequest", "Private cluster cannot be enabled with AuthorizedIPRanges.")
    profile["authorizedIPRanges"] = stored


def _renew_etags(body: Body) -> None:
    body["eTag"] = str(uuid.uuid4())
    for pool in body["properties"]["agentPoolProfiles"]:
        pool["eTag"] = str(uuid.uuid4())


def _mark(body: Body, state: str) -> None:
    body["properties"]["provisioningState"] = state
    for pool in body["properties"]["agentPoolProfiles"]:
        pool["provisioningState"] = state
