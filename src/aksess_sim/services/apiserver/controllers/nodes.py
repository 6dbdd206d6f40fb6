"""The Node objects: they follow what the world says of its nodes; what people wrote on them stays."""

from collections.abc import Sequence

from aksess_sim.services.apiserver.controllers import happenings
from aksess_sim.services.apiserver.identity import NodeView
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, timestamp
from aksess_sim.services.apiserver.objects.store import Store


def follow(store: Store, views: Sequence[NodeView]) -> None:
    """Make the Node objects those of the world: new ones added, gone ones removed, readiness and version told."""
    for number, view in enumerate(views):
        live = store.find(kinds.NODES, "", view.name)
        if live is None:
            store.create(kinds.NODES, _new_node(store, view, number))
        elif (_is_ready(live), _version(live)) != (view.ready, view.version):
            _tell(store, live, view)
    wanted = {view.name for view in views}
    for node in store.list(kinds.NODES):
        if name_of(node) not in wanted:
            store.delete(kinds.NODES, "", name_of(node))


def ready_nodes(store: Store) -> list[str]:
    """Names of the nodes whose kubelet answers."""
    return [name_of(node) for node in store.list(kinds.NODES) if _is_ready(node)]


def schedulable_nodes(store: Store) -> list[str]:
    """Names of the nodes that take new pods."""
    return [
        name_of(node)
        for node in store.list(kinds.NODES)
        if _is_ready(node) and not (node.get("spec") or {}).get("unschedulable")
    ]


def _is_ready(node: Manifest) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or ()
    return any(entry.get("type") == "Ready" and entry.get("status") == "True" for entry in conditions)


def _version(node: Manifest) -> str:
    info = (node.get("status") or {}).get("nodeInfo") or {}
    return str(info.get("kubeletVersion", "")).removeprefix("v")


def _tell(store: Store, live: Manifest, view: NodeView) -> None:
    status = live["status"] | {
        "conditions": _conditions(store, view),
        "nodeInfo": live["status"]["nodeInfo"] | {"kubeletVersion": f"v{view.version}"},
    }
    if _is_ready(live) != view.ready:
        reason = "NodeReady" if view.ready else "NodeNotReady"
        message = f"Node {view.name} status is now: {reason}"
        happenings.record(store, kinds.NODES, live, reason, message, component="node-controller")
    store.replace(kinds.NODES, live | {"status": status})


def _conditions(store: Store, view: NodeView) -> list[dict[str, str]]:
    now = timestamp(store.now())
    calm = [
        ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ]
    told = [(type_, "False", reason, message) for type_, reason, message in calm]
    ready = ("Ready", "True", "KubeletReady", "kubelet is posting ready status")
    if not view.ready:
        # The node controller's own words for a kubelet that no longer reaches the API server.
        silent = "Kubelet stopped posting node status."
        told = [(type_, "Unknown", "NodeStatusUnknown", silent) for type_, _, _ in calm]
        ready = ("Ready", "Unknown", "NodeStatusUnknown", silent)
    return [
        {
            "type": type_,
            "status": status,
            "reason": reason,
            "message": message,
            "lastHeartbeatTime": now,
            "lastTransitionTime": now,
        }
        for type_, status, reason, message in (*told, ready)
    ]


def _new_node(store: Store, view: NodeView, number: int) -> Manifest:
    pool = view.name.split("-")[1] if view.name.startswith("aks-") else "nodepool1"
    resources = {"cpu": "2", "memory": "7097684Ki", "pods": "110", "ephemeral-storage": "129886128Ki"}
    return {
        "metadata": {
            "name": view.name,
            "labels": {
                "agentpool": pool,
                "kubernetes.azure.com/agentpool": pool,
                "kubernetes.azure.com/mode": "system",
                "kubernetes.azure.com/role": "agent",
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": view.name,
                "kubernetes.io/os": "linux",
                "node.kubernetes.io/instance-type": "Standard_D2s_v5",
            },
        },
        "spec": {"podCIDR": f"10.244.{number}.0/24", "podCIDRs": [f"10.244.{number}.0/24"]},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": f"10.224.0.{4 + number}"},
                {"type": "Hostname", "address": view.name},
            ],
            "capacity": resources,
            "allocatable": resources,
            "conditions": _conditions(store, view),
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": f"boot-{number}",
                "containerRuntimeVersion": "containerd://1.7.27-1",
                "kernelVersion": "5.15.0-1089-azure",
                "kubeProxyVersion": "",
                "kubeletVersion": f"v{view.version}",
                "machineID": f"machine-{number}",
                "operatingSystem": "linux",
                "osImage": "Ubuntu 22.04.5 LTS",
                "systemUUID": f"system-{number}",
            },
        },
    }
