"""Scheduler and kubelet in one: pods find a node and run there at once.

A pod of a Job has done its work as soon as it runs; every other pod runs until it is deleted. A pod on a node that is
not ready keeps its phase, as in Kubernetes, but is Ready no longer.
"""

from typing import Any

from aksess_sim.services.apiserver.controllers import happenings
from aksess_sim.services.apiserver.controllers.nodes import ready_nodes, schedulable_nodes
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, namespace_of, timestamp
from aksess_sim.services.apiserver.objects.store import Store


def run(store: Store) -> None:
    """Give every pod a node and a status."""
    pods = store.list(kinds.PODS)
    load = dict.fromkeys(schedulable_nodes(store), 0)
    for pod in pods:
        if (node := _node_of(pod)) in load:
            load[node] += 1
    ready = set(ready_nodes(store))
    for pod in pods:
        placed = pod if _node_of(pod) else _schedule(store, pod, load)
        if _node_of(placed):
            _keep_running(store, placed, ready)


def is_ready(pod: Manifest) -> bool:
    """Whether the pod's Ready condition is True."""
    return _condition(pod, "Ready") == "True"


def has_succeeded(pod: Manifest) -> bool:
    """Whether the pod has done its work and ended."""
    return bool((pod.get("status") or {}).get("phase") == "Succeeded")


def _node_of(pod: Manifest) -> str:
    return str(pod["spec"].get("nodeName") or "")


def _condition(pod: Manifest, type_: str) -> str:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return next((str(entry.get("status")) for entry in conditions if entry.get("type") == type_), "")


def _schedule(store: Store, pod: Manifest, load: dict[str, int]) -> Manifest:
    """The pod on the emptiest node, or Pending where there is none."""
    if load:
        node = min(load, key=lambda name: load[name])
        load[node] += 1
        message = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {node}"
        happenings.record(store, kinds.PODS, pod, "Scheduled", message, component="default-scheduler")
        return store.replace(kinds.PODS, pod | {"spec": pod["spec"] | {"nodeName": node}})
    if _condition(pod, "PodScheduled") == "False":
        return pod
    message = "no nodes available to schedule pods"
    happenings.record(
        store, kinds.PODS, pod, "FailedScheduling", message, component="default-scheduler", type_="Warning"
    )
    waiting = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return store.replace(kinds.PODS, pod | {"status": {"phase": "Pending", "conditions": [waiting]}})


def _keep_running(store: Store, pod: Manifest, ready: set[str]) -> None:
    node_ready = _node_of(pod) in ready
    if not _condition(pod, "Ready"):
        if node_ready or not (pod.get("status") or {}).get("phase"):
            _start(store, pod, node_ready=node_ready)
    elif not has_succeeded(pod) and is_ready(pod) != node_ready:
        store.replace(kinds.PODS, pod | {"status": pod["status"] | {"conditions": _conditions(store, node_ready)}})


def _start(store: Store, pod: Manifest, *, node_ready: bool) -> None:
    for container in pod["spec"]["containers"]:
        pulled = f'Container image "{container["image"]}" already present on machine'
        for reason, message in (
            ("Pulled", pulled),
            ("Created", f"Created container: {container['name']}"),
            ("Started", f"Started container {container['name']}"),
        ):
            happenings.record(store, kinds.PODS, pod, reason, message, component="kubelet")
    store.replace(kinds.PODS, pod | {"status": _started(store, pod, node_ready=node_ready)})


def _started(store: Store, pod: Manifest, *, node_ready: bool) -> dict[str, Any]:
    now = pod["metadata"]["creationTimestamp"]
    done = any(owner.get("kind") == "Job" for owner in pod["metadata"].get("ownerReferences") or ())
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}
    state = {"terminated": ended} if done else {"running": {"startedAt": now}}
    address = _free_address(store)
    return {
        "phase": "Succeeded" if done else "Running",
        "conditions": _conditions(store, node_ready and not done),
        "hostIP": _host_address(store, _node_of(pod)),
        "podIP": address,
        "podIPs": [{"ip": address}],
        "qosClass": "BestEffort",
        "startTime": now,
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": f"{container['image'].partition(':')[0]}@sha256:{'0' * 64}",
                "containerID": f"containerd://{pod['metadata']['uid']}-{container['name']}",
                "ready": not done,
                "started": not done,
                "restartCount": 0,
                "state": state,
            }
            for container in pod["spec"]["containers"]
        ],
    }


def _conditions(store: Store, ready: bool) -> list[dict[str, str]]:
    now, word = timestamp(store.now()), str(ready)
    states = (("Initialized", "True"), ("PodScheduled", "True"), ("ContainersReady", word), ("Ready", word))
    return [{"type": type_, "status": status, "lastTransitionTime": now} for type_, status in states]


def _free_address(store: Store) -> str:
    # The revision moves with every change, so the addresses of living pods differ.
    number = store.revision % 64_000
    return f"10.244.{number // 250}.{number % 250 + 2}"


def _host_address(store: Store, node: str) -> str:
    live = store.find(kinds.NODES, "", node)
    addresses = (live or {}).get("status", {}).get("addresses") or ()
    return next((str(entry["address"]) for entry in addresses if entry["type"] == "InternalIP"), "")
