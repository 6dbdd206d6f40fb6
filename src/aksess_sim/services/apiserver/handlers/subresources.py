"""scale and eviction: the subresources that are plain objects."""

from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.handlers import patching, writing
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, namespace_of
from aksess_sim.services.apiserver.wire import bodies


async def scale(call: Call) -> web.Response:
    """GET, PUT or PATCH of a workload's Scale."""
    target, content_type = call.target, call.request.content_type
    body = await call.request.read()
    workload = call.store.get(target.kind, target.namespace, target.name)
    if call.request.method in ("PUT", "PATCH"):
        told = bodies.read(body, content_type)
        wanted = told if call.request.method == "PUT" else patching.patched(_scale(workload), told, content_type)
        workload = _rescaled(call, workload, wanted)
    return web.json_response(_scale(workload))


def _rescaled(call: Call, workload: Manifest, wanted: Any) -> Manifest:
    spec = wanted.get("spec") if isinstance(wanted, dict) else None
    count = (spec.get("replicas") or 0) if isinstance(spec, dict) else None
    if not isinstance(count, int) or isinstance(count, bool):
        raise refusals.bad_request("Scale.spec.replicas must be a number")
    seen = (wanted.get("metadata") or {}) if isinstance(wanted.get("metadata") or {}, dict) else {}
    if seen.get("resourceVersion") not in (None, "", workload["metadata"]["resourceVersion"]):
        raise refusals.conflict(call.target.kind, name_of(workload))
    writing.put(call, workload, workload | {"spec": workload["spec"] | {"replicas": count}})
    return call.store.get(call.target.kind, namespace_of(workload), name_of(workload))


def _scale(workload: Manifest) -> dict[str, Any]:
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    labels = (workload["spec"].get("selector") or {}).get("matchLabels") or {}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: workload["metadata"][key] for key in kept},
        "spec": {"replicas": workload["spec"].get("replicas", 1)},
        "status": {
            "replicas": (workload.get("status") or {}).get("replicas", 0),
            "selector": ",".join(f"{key}={value}" for key, value in labels.items()),
        },
    }


async def evict(call: Call) -> web.Response:
    """POST of an Eviction, as `kubectl drain` sends it: the pod goes, its controller makes another."""
    await call.request.read()
    target = call.target
    call.store.get(target.kind, target.namespace, target.name)
    if not call.dry_run:
        call.store.delete(target.kind, target.namespace, target.name)
        call.plane.settle()
    return web.json_response({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}, status=201)
