"""As many pods as wanted: what every workload controller does once it knows the names."""

from copy import deepcopy

from aksess_sim.services.apiserver.controllers import happenings, naming, owned
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.defaults import with_defaults
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, namespace_of
from aksess_sim.services.apiserver.objects.store import Store

_COMPONENTS = {
    kinds.REPLICA_SETS: "replicaset-controller",
    kinds.DAEMON_SETS: "daemonset-controller",
    kinds.STATEFUL_SETS: "statefulset-controller",
    kinds.JOBS: "job-controller",
}


def make_pod(
    store: Store, kind: Kind, owner: Manifest, name: str, *, node: str = "", labels: dict[str, str] | None = None
) -> None:
    """Make one pod from the owner's template, on a given node where the owner chooses it."""
    template = deepcopy(owner["spec"]["template"])
    metadata = template.get("metadata") or {}
    spec = template["spec"] | ({"nodeName": node} if node else {})
    pod = {
        "metadata": {
            "name": name,
            "generateName": f"{name_of(owner)}-",
            "namespace": namespace_of(owner),
            "labels": (metadata.get("labels") or {}) | (labels or {}),
            "annotations": metadata.get("annotations") or {},
            "ownerReferences": [owned.reference_to(kind, owner)],
        },
        "spec": spec,
    }
    store.create(kinds.PODS, with_defaults(kinds.PODS, pod))
    _tell(store, kind, owner, "SuccessfulCreate", f"Created pod: {name}")


def remove_pod(store: Store, kind: Kind, owner: Manifest, pod: Manifest) -> None:
    """Delete one pod of an owner."""
    store.delete(kinds.PODS, namespace_of(pod), name_of(pod))
    _tell(store, kind, owner, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")


def keep_count(store: Store, kind: Kind, owner: Manifest, wanted: int) -> list[Manifest]:
    """Make or remove pods with random names until there are as many as wanted; returns them, oldest first."""
    pods = owned.owned_by(store, kinds.PODS, owner)
    pods.sort(key=lambda pod: (pod["metadata"]["creationTimestamp"], name_of(pod)))
    for pod in pods[wanted:]:
        remove_pod(store, kind, owner, pod)
    for _ in range(wanted - len(pods)):
        make_pod(store, kind, owner, f"{name_of(owner)}-{naming.suffix()}")
    return owned.owned_by(store, kinds.PODS, owner)


def _tell(store: Store, kind: Kind, owner: Manifest, reason: str, message: str) -> None:
    happenings.record(store, kind, owner, reason, message, component=_COMPONENTS[kind])
