"""What `kubectl get` shows of each kind: the column names and cells of kube-apiserver's own printers.

Source: kubernetes/kubernetes `pkg/printers/internalversion/printers.go`. Manifests here come from the store, so
their shapes are valid; what is optional in a valid manifest is optional here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest, labels_of, name_of
from aksess_sim.services.apiserver.wire.durations import age, since

Cell = Callable[[Manifest, datetime], Any]


@dataclass(frozen=True)
class Column:
    """One column; `wide` ones show only with `-o wide`."""

    name: str
    cell: Cell
    type: str = "string"
    wide: bool = False


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind."""
    return _COLUMNS.get(kind, (_NAME, _AGE))


def _plain(read: Callable[[Manifest], Any]) -> Cell:
    return lambda manifest, _now: read(manifest)


def _spec(manifest: Manifest) -> dict[str, Any]:
    return manifest.get("spec") or {}


def _status(manifest: Manifest) -> dict[str, Any]:
    return manifest.get("status") or {}


def _count(field: str) -> Cell:
    return lambda manifest, _now: int(_status(manifest).get(field) or 0)


def _ready_of(ready: str) -> Cell:
    return lambda manifest, _now: f"{_status(manifest).get(ready) or 0}/{_spec(manifest).get('replicas', 1)}"


def _pairs(labels: dict[str, str] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or "<none>"


def _containers(read: str) -> Cell:
    def cell(manifest: Manifest, _now: datetime) -> str:
        return ",".join(str(container[read]) for container in _spec(manifest)["template"]["spec"]["containers"])

    return cell


def _selector(manifest: Manifest, _now: datetime) -> str:
    return _pairs((_spec(manifest).get("selector") or {}).get("matchLabels"))


def _pod_ready(manifest: Manifest, _now: datetime) -> str:
    states = _status(manifest).get("containerStatuses") or ()
    return f"{sum(bool(state.get('ready')) for state in states)}/{len(_spec(manifest)['containers'])}"


def _pod_status(manifest: Manifest, _now: datetime) -> str:
    if manifest["metadata"].get("deletionTimestamp"):
        return "Terminating"
    phase = str(_status(manifest).get("phase") or "Pending")
    return "Completed" if phase == "Succeeded" else phase


def _restarts(manifest: Manifest, _now: datetime) -> str:
    states = _status(manifest).get("containerStatuses") or ()
    return str(sum(int(state.get("restartCount") or 0) for state in states))


def _node_status(manifest: Manifest, _now: datetime) -> str:
    conditions = {entry["type"]: entry["status"] for entry in _status(manifest).get("conditions") or ()}
    words = {"True": "Ready", "False": "NotReady"}
    status = words.get(conditions.get("Ready", ""), "NotReady")
    return status + (",SchedulingDisabled" if _spec(manifest).get("unschedulable") else "")


def _node_roles(manifest: Manifest, _now: datetime) -> str:
    prefix = "node-role.kubernetes.io/"
    return ",".join(sorted(k.removeprefix(prefix) for k in labels_of(manifest) if k.startswith(prefix))) or "<none>"


def _node_info(field: str) -> Cell:
    return lambda manifest, _now: (_status(manifest).get("nodeInfo") or {}).get(field, "<unknown>")


def _node_address(type_: str) -> Cell:
    def cell(manifest: Manifest, _now: datetime) -> str:
        addresses = _status(manifest).get("addresses") or ()
        return next((entry["address"] for entry in addresses if entry["type"] == type_), "<none>")

    return cell


def _external_ip(manifest: Manifest, _now: datetime) -> str:
    spec = _spec(manifest)
    if spec.get("type") == "LoadBalancer":
        ingress = (_status(manifest).get("loadBalancer") or {}).get("ingress") or ()
        return ",".join(entry["ip"] for entry in ingress) or "<pending>"
    return ",".join(spec.get("externalIPs") or ()) or spec.get("externalName") or "<none>"


def _service_ports(manifest: Manifest, _now: datetime) -> str:
    ports = _spec(manifest).get("ports") or ()
    shown = [
        f"{port['port']}{':' + str(port['nodePort']) if port.get('nodePort') else ''}/{port['protocol']}"
        for port in ports
    ]
    return ",".join(shown) or "<none>"


def _event_object(manifest: Manifest, _now: datetime) -> str:
    about = manifest.get("involvedObject") or {}
    return f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"


def _job_status(manifest: Manifest, _now: datetime) -> str:
    done = [entry["type"] for entry in _status(manifest).get("conditions") or () if entry["status"] == "True"]
    return next((type_ for type_ in ("Complete", "Failed", "Suspended") if type_ in done), "Running")


def _job_duration(manifest: Manifest, now: datetime) -> str:
    status = _status(manifest)
    if not status.get("startTime"):
        return ""
    begun = since(status["startTime"], now)
    return since(status["startTime"], datetime.fromisoformat(status["completionTime"])) if _ended(status) else begun


def _ended(status: dict[str, Any]) -> bool:
    return bool(status.get("completionTime"))


_NAME = Column("Name", _plain(name_of))
_AGE = Column("Age", age)
_WORKLOAD = (
    Column("Containers", _containers("name"), wide=True),
    Column("Images", _containers("image"), wide=True),
    Column("Selector", _selector, wide=True),
)

_COLUMNS: dict[Kind, tuple[Column, ...]] = {
    kinds.PODS: (
        _NAME,
        Column("Ready", _pod_ready),
        Column("Status", _pod_status),
        Column("Restarts", _restarts),
        _AGE,
        Column("IP", _plain(lambda pod: _status(pod).get("podIP") or "<none>"), wide=True),
        Column("Node", _plain(lambda pod: _spec(pod).get("nodeName") or "<none>"), wide=True),
        Column("Nominated Node", _plain(lambda _pod: "<none>"), wide=True),
        Column("Readiness Gates", _plain(lambda _pod: "<none>"), wide=True),
    ),
    kinds.NODES: (
        _NAME,
        Column("Status", _node_status),
        Column("Roles", _node_roles),
        _AGE,
        Column("Version", _node_info("kubeletVersion")),
        Column("Internal-IP", _node_address("InternalIP"), wide=True),
        Column("External-IP", _node_address("ExternalIP"), wide=True),
        Column("OS-Image", _node_info("osImage"), wide=True),
        Column("Kernel-Version", _node_info("kernelVersion"), wide=True),
        Column("Container-Runtime", _node_info("containerRuntimeVersion"), wide=True),
    ),
    kinds.NAMESPACES: (_NAME, Column("Status", _plain(lambda space: _status(space).get("phase", ""))), _AGE),
    kinds.SERVICES: (
        _NAME,
        Column("Type", _plain(lambda service: _spec(service).get("type", ""))),
        Column("Cluster-IP", _plain(lambda service: _spec(service).get("clusterIP") or "<none>")),
        Column("External-IP", _external_ip),
        Column("Port(s)", _service_ports),
        _AGE,
        Column("Selector", _plain(lambda service: _pairs(_spec(service).get("selector"))), wide=True),
    ),
    kinds.CONFIG_MAPS: (
        _NAME,
        Column("Data", _plain(lambda map_: len(map_.get("data") or ()) + len(map_.get("binaryData") or ())), "integer"),
        _AGE,
    ),
    kinds.SECRETS: (
        _NAME,
        Column("Type", _plain(lambda secret: secret.get("type", ""))),
        Column("Data", _plain(lambda secret: len(secret.get("data") or ())), "integer"),
        _AGE,
    ),
    kinds.SERVICE_ACCOUNTS: (
        _NAME,
        Column("Secrets", _plain(lambda account: len(account.get("secrets") or ())), "integer"),
        _AGE,
    ),
    kinds.EVENTS: (
        Column("Last Seen", lambda event, now: since(event.get("lastTimestamp"), now)),
        Column("Type", _plain(lambda event: event.get("type", ""))),
        Column("Reason", _plain(lambda event: event.get("reason", ""))),
        Column("Object", _event_object),
        Column("Message", _plain(lambda event: str(event.get("message", "")).strip())),
    ),
    kinds.DEPLOYMENTS: (
        _NAME,
        Column("Ready", _ready_of("readyReplicas")),
        Column("Up-to-date", _count("updatedReplicas"), "integer"),
        Column("Available", _count("availableReplicas"), "integer"),
        _AGE,
        *_WORKLOAD,
    ),
    kinds.REPLICA_SETS: (
        _NAME,
        Column("Desired", _plain(lambda set_: _spec(set_).get("replicas", 1)), "integer"),
        Column("Current", _count("replicas"), "integer"),
        Column("Ready", _count("readyReplicas"), "integer"),
        _AGE,
        *_WORKLOAD,
    ),
    kinds.DAEMON_SETS: (
        _NAME,
        Column("Desired", _count("desiredNumberScheduled"), "integer"),
        Column("Current", _count("currentNumberScheduled"), "integer"),
        Column("Ready", _count("numberReady"), "integer"),
        Column("Up-to-date", _count("updatedNumberScheduled"), "integer"),
        Column("Available", _count("numberAvailable"), "integer"),
        Column("Node Selector", _plain(lambda set_: _pairs(_spec(set_)["template"]["spec"].get("nodeSelector")))),
        _AGE,
        *_WORKLOAD,
    ),
    kinds.STATEFUL_SETS: (_NAME, Column("Ready", _ready_of("readyReplicas")), _AGE, *_WORKLOAD[:2]),
    kinds.JOBS: (
        _NAME,
        Column("Status", _job_status),
        Column(
            "Completions",
            _plain(lambda job: f"{_status(job).get('succeeded') or 0}/{_spec(job).get('completions') or 1}"),
        ),
        Column("Duration", _job_duration),
        _AGE,
        *_WORKLOAD,
    ),
}
