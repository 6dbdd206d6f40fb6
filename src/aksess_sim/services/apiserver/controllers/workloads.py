"""Deployments, ReplicaSets, DaemonSets, StatefulSets and Jobs: each makes what it asks for and tells how it stands.

A rollout is immediate: the new ReplicaSet takes all replicas, the old one keeps none and is kept for `rollout undo`.
"""

from copy import deepcopy
from typing import Any

from aksess_sim.services.apiserver.controllers import happenings, naming, owned, replicas
from aksess_sim.services.apiserver.controllers.pods import has_succeeded, is_ready
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, namespace_of, timestamp
from aksess_sim.services.apiserver.objects.store import Store

REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"


def run(store: Store) -> None:
    """Carry every workload one step on."""
    for kind, step in (
        (kinds.DEPLOYMENTS, _deployment),
        (kinds.REPLICA_SETS, _replica_set),
        (kinds.DAEMON_SETS, _daemon_set),
        (kinds.STATEFUL_SETS, _stateful_set),
        (kinds.JOBS, _job),
    ):
        for workload in store.list(kind):
            step(store, workload)


def _deployment(store: Store, deployment: Manifest) -> None:
    sets = owned.owned_by(store, kinds.REPLICA_SETS, deployment)
    hash_ = naming.template_hash(deployment["spec"]["template"])
    current = next((set_ for set_ in sets if set_["metadata"]["labels"].get(_HASH) == hash_), None)
    revision = _revision(current, sets)
    if current is None:
        current = _new_replica_set(store, deployment, hash_)
    _mark(store, kinds.REPLICA_SETS, current, revision)
    for set_ in owned.owned_by(store, kinds.REPLICA_SETS, deployment):
        is_current = name_of(set_) == name_of(current)
        _scale(store, deployment, set_, deployment["spec"]["replicas"] if is_current else 0)
    _mark(store, kinds.DEPLOYMENTS, deployment, revision)
    live = store.get(kinds.DEPLOYMENTS, namespace_of(deployment), name_of(deployment))
    current = store.get(kinds.REPLICA_SETS, namespace_of(current), name_of(current))
    ready = int((current.get("status") or {}).get("readyReplicas") or 0)
    total = int((current.get("status") or {}).get("replicas") or 0)
    conditions = [
        ("Available", ready >= total, "MinimumReplicasAvailable", "Deployment has minimum availability."),
        ("Progressing", True, "NewReplicaSetAvailable", f'ReplicaSet "{name_of(current)}" has progressed.'),
    ]
    _tell(store, kinds.DEPLOYMENTS, live, _counts(total, ready), conditions)


def _revision(current: Manifest | None, sets: list[Manifest]) -> int:
    """The number of this template: its own while it is the newest, else the next."""
    numbers = [int((set_["metadata"].get("annotations") or {}).get(REVISION, 0)) for set_ in sets]
    newest = max(numbers, default=0)
    own = int((current["metadata"].get("annotations") or {}).get(REVISION, 0)) if current else 0
    return own if own and own == newest else newest + 1


def _new_replica_set(store: Store, deployment: Manifest, hash_: str) -> Manifest:
    template = deepcopy(deployment["spec"]["template"])
    labels = (template.get("metadata") or {}).get("labels") or {}
    template["metadata"] = (template.get("metadata") or {}) | {"labels": labels | {_HASH: hash_}}
    selector = deployment["spec"]["selector"].get("matchLabels") or {}
    return store.create(
        kinds.REPLICA_SETS,
        {
            "metadata": {
                "name": f"{name_of(deployment)}-{hash_}",
                "namespace": namespace_of(deployment),
                "labels": labels | {_HASH: hash_},
                "ownerReferences": [owned.reference_to(kinds.DEPLOYMENTS, deployment)],
            },
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": selector | {_HASH: hash_}},
                "template": template,
            },
        },
    )


def _mark(store: Store, kind: Kind, item: Manifest, revision: int) -> None:
    live = store.get(kind, namespace_of(item), name_of(item))
    annotations = (live["metadata"].get("annotations") or {}) | {REVISION: str(revision)}
    store.replace(kind, live | {"metadata": live["metadata"] | {"annotations": annotations}})


def _scale(store: Store, deployment: Manifest, set_: Manifest, wanted: int) -> None:
    before = set_["spec"]["replicas"]
    if before == wanted:
        return
    direction = "up" if wanted > before else "down"
    message = f"Scaled {direction} replica set {name_of(set_)} from {before} to {wanted}"
    happenings.record(
        store,
        kinds.DEPLOYMENTS,
        deployment,
        "ScalingReplicaSet",
        message,
        component="deployment-controller",
    )
    store.replace(kinds.REPLICA_SETS, set_ | {"spec": set_["spec"] | {"replicas": wanted}})


def _replica_set(store: Store, set_: Manifest) -> None:
    pods = replicas.keep_count(store, kinds.REPLICA_SETS, set_, set_["spec"]["replicas"])
    ready = sum(is_ready(pod) for pod in pods)
    counts = {key: value for key, value in _counts(len(pods), ready).items() if key != "updatedReplicas"}
    _tell(store, kinds.REPLICA_SETS, set_, counts | {"fullyLabeledReplicas": len(pods)}, [])


def _daemon_set(store: Store, set_: Manifest) -> None:
    hash_ = naming.template_hash(set_["spec"]["template"])
    nodes = {name_of(node) for node in store.list(kinds.NODES)}
    covered: set[str] = set()
    for pod in owned.owned_by(store, kinds.PODS, set_):
        node = pod["spec"].get("nodeName", "")
        outdated = pod["metadata"]["labels"].get("controller-revision-hash") != hash_
        if node not in nodes or node in covered or outdated:
            replicas.remove_pod(store, kinds.DAEMON_SETS, set_, pod)
        else:
            covered.add(node)
    for node in sorted(nodes - covered):
        name = f"{name_of(set_)}-{naming.suffix()}"
        labels = {"controller-revision-hash": hash_}
        replicas.make_pod(store, kinds.DAEMON_SETS, set_, name, node=node, labels=labels)
    ready = sum(is_ready(pod) for pod in owned.owned_by(store, kinds.PODS, set_))
    counts = {
        "desiredNumberScheduled": len(nodes),
        "currentNumberScheduled": len(nodes),
        "updatedNumberScheduled": len(nodes),
        "numberMisscheduled": 0,
        "numberReady": ready,
        "numberAvailable": ready,
    }
    _tell(store, kinds.DAEMON_SETS, set_, counts, [])


def _stateful_set(store: Store, set_: Manifest) -> None:
    hash_ = f"{name_of(set_)}-{naming.template_hash(set_['spec']['template'])}"
    wanted = {f"{name_of(set_)}-{number}" for number in range(set_["spec"]["replicas"])}
    for pod in owned.owned_by(store, kinds.PODS, set_):
        outdated = pod["metadata"]["labels"].get("controller-revision-hash") != hash_
        if name_of(pod) not in wanted or outdated:
            replicas.remove_pod(store, kinds.STATEFUL_SETS, set_, pod)
    present = {name_of(pod) for pod in store.list(kinds.PODS, namespace_of(set_))}
    for name in sorted(wanted - present):
        labels = {"controller-revision-hash": hash_, "statefulset.kubernetes.io/pod-name": name}
        replicas.make_pod(store, kinds.STATEFUL_SETS, set_, name, labels=labels)
    pods = owned.owned_by(store, kinds.PODS, set_)
    ready = sum(is_ready(pod) for pod in pods)
    counts = _counts(len(pods), ready) | {"currentReplicas": len(pods)}
    revisions = {"currentRevision": hash_, "updateRevision": hash_}
    _tell(store, kinds.STATEFUL_SETS, set_, counts | revisions, [])


def _job(store: Store, job: Manifest) -> None:
    if job["spec"].get("suspend"):
        return
    pods = replicas.keep_count(store, kinds.JOBS, job, job["spec"]["completions"])
    done = sum(has_succeeded(pod) for pod in pods)
    counts = {"succeeded": done, "active": len(pods) - done, "startTime": job["metadata"]["creationTimestamp"]}
    if done < job["spec"]["completions"]:
        _tell(store, kinds.JOBS, job, counts, [])
        return
    ended = {"completionTime": (job.get("status") or {}).get("completionTime") or timestamp(store.now())}
    conditions = [("Complete", True, "CompletionsReached", "Reached expected number of succeeded pods")]
    _tell(store, kinds.JOBS, job, counts | ended, conditions)


def _counts(total: int, ready: int) -> dict[str, Any]:
    counts: dict[str, Any] = {"replicas": total}
    if ready:
        counts |= {"readyReplicas": ready, "availableReplicas": ready}
    if total - ready:
        counts["unavailableReplicas"] = total - ready
    return counts | {"updatedReplicas": total}


def _tell(
    store: Store,
    kind: Kind,
    workload: Manifest,
    counts: dict[str, Any],
    conditions: list[tuple[str, bool, str, str]],
) -> None:
    """Write the status, keeping the time of each condition that has not turned."""
    known = {entry["type"]: entry for entry in (workload.get("status") or {}).get("conditions") or ()}
    status = counts | {"observedGeneration": workload["metadata"].get("generation", 1)}
    if conditions:
        now = timestamp(store.now())
        status["conditions"] = [
            {
                "type": type_,
                "status": str(holds),
                "reason": reason,
                "message": message,
                "lastTransitionTime": known[type_].get("lastTransitionTime", now)
                if known.get(type_, {}).get("status") == str(holds)
                else now,
            }
            for type_, holds, reason, message in conditions
        ]
    store.replace(kind, workload | {"status": status})
