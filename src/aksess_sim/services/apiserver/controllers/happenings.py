"""Events: what the controllers did, as `kubectl describe` and `kubectl get events` tell it."""

from aksess_sim.services.apiserver.controllers import naming
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, namespace_of, timestamp, uid_of
from aksess_sim.services.apiserver.objects.store import Store

KEPT = 500
"""Kubernetes keeps events an hour; a world that stands for days keeps the newest."""


def record(
    store: Store,
    kind: Kind,
    about: Manifest,
    reason: str,
    message: str,
    *,
    component: str,
    type_: str = "Normal",
) -> None:
    """Write one event beside the object it is about; cluster-wide objects have theirs in `default`."""
    now = timestamp(store.now())
    namespace = namespace_of(about) or "default"
    store.create(
        kinds.EVENTS,
        {
            "metadata": {"name": f"{name_of(about)}.{naming.suffix(16)}", "namespace": namespace},
            "involvedObject": {
                "apiVersion": kind.group_version,
                "kind": kind.name,
                "name": name_of(about),
                "namespace": namespace_of(about),
                "resourceVersion": about["metadata"].get("resourceVersion", ""),
                # Events of a node name it instead of its uid; kubectl describe node looks for them so.
                "uid": name_of(about) if kind is kinds.NODES else uid_of(about),
            },
            "reason": reason,
            "message": message,
            "type": type_,
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": component},
            "reportingComponent": component,
        },
    )


def forget_oldest(store: Store) -> None:
    """Drop the events beyond the newest KEPT."""
    events = store.list(kinds.EVENTS)
    if len(events) > KEPT:
        events.sort(key=lambda event: int(event["metadata"]["resourceVersion"]))
        for event in events[: len(events) - KEPT]:
            store.delete(kinds.EVENTS, namespace_of(event), name_of(event))
