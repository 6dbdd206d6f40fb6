"""create, update, patch, delete: judge what came, store it, let the controllers follow."""

from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.controllers import naming, owned
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.objects import kinds, refusals
from aksess_sim.services.apiserver.objects.defaults import with_defaults
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, namespace_of, uid_of
from aksess_sim.services.apiserver.objects.shapes import check_fields, check_shape, known_fields, without_nulls
from aksess_sim.services.apiserver.objects.validity import check_rules
from aksess_sim.services.apiserver.wire import bodies


async def create(call: Call) -> web.Response:
    """POST to a collection."""
    body = await _body(call)
    if call.target.kind.namespaced and not call.target.namespace:
        raise refusals.method_not_allowed()
    return web.json_response(add(call, told_as(call, body)), status=201)


def add(call: Call, manifest: Manifest) -> Manifest:
    """Judge and store a new object; the answer is the stored one."""
    kind, namespace = call.target.kind, call.target.namespace
    metadata = manifest["metadata"]
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = metadata["generateName"] + naming.suffix()
    # A client cannot say when it was made; `kubectl run` sends null, a copied manifest an old date.
    metadata.pop("creationTimestamp", None)
    if kind.has_status:
        manifest.pop("status", None)
    check_rules(kind, manifest)
    if kind.namespaced and call.store.find(kinds.NAMESPACES, "", namespace) is None:
        raise refusals.not_found(kinds.NAMESPACES, namespace)
    made = call.store.create(kind, with_defaults(kind, manifest), dry_run=call.dry_run)
    call.plane.settle()
    return made


async def update(call: Call) -> web.Response:
    """PUT to an object."""
    body = await _body(call)
    # Looked up after the body is in: nothing may come between what is compared and what is stored.
    before = call.store.get(call.target.kind, call.target.namespace, call.target.name)
    wanted = told_as(call, body)
    wanted["metadata"].setdefault("name", call.target.name)
    return web.json_response(put(call, before, wanted))


def put(call: Call, before: Manifest, wanted: Manifest) -> Manifest:
    """Judge and store an object's new state; the answer is the stored one."""
    kind = call.target.kind
    if name_of(wanted) != name_of(before):
        told = f"the name of the object ({name_of(wanted)}) does not match the name on the URL"
        raise refusals.bad_request(f"{told} ({name_of(before)})")
    if call.target.subresource == "status":
        wanted = before | {"status": wanted.get("status") or {}, "metadata": _versions_of(before, wanted)}
    elif kind.has_status:
        wanted = {key: value for key, value in wanted.items() if key != "status"}
        wanted |= {"status": before["status"]} if "status" in before else {}
    check_rules(kind, wanted, before)
    after = call.store.replace(kind, with_defaults(kind, wanted), dry_run=call.dry_run)
    call.plane.settle()
    return after


async def delete(call: Call) -> web.Response:
    """DELETE of one object; the body may hold DeleteOptions."""
    options = await _options(call)
    kind, target = call.target.kind, call.target
    found = call.store.get(kind, target.namespace, target.name)
    wanted = options.get("preconditions") or {}
    if wanted.get("uid") not in (None, uid_of(found)):
        why = f"Precondition failed: UID in precondition: {wanted['uid']}, UID in object meta: {uid_of(found)}"
        raise refusals.conflict(kind, target.name, why)
    if wanted.get("resourceVersion") not in (None, found["metadata"]["resourceVersion"]):
        raise refusals.conflict(kind, target.name)
    _remove(call, found, options)
    call.plane.settle()
    left = call.store.find(kind, target.namespace, target.name)
    return web.json_response(left if left is not None else _success(call, found))


async def delete_collection(call: Call) -> web.Response:
    """DELETE of everything selected."""
    options, chosen = await _options(call), call.selection()
    for item in call.store.list(call.target.kind, call.target.namespace):
        if chosen(item):
            _remove(call, item, options)
    call.plane.settle()
    return web.json_response({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})


def told_as(call: Call, value: Any) -> Manifest:
    """A body or a patched object in the shape of the target's kind; raises BadRequest when it is not."""
    kind, namespace = call.target.kind, call.target.namespace
    if not isinstance(value, dict):
        raise refusals.bad_request("the object provided is unrecognized: it is not an object")
    manifest: Manifest = without_nulls(value)
    if manifest.get("kind", kind.name) != kind.name:
        raise refusals.bad_request(f"{manifest.get('kind')} in version {kind.version} is not a {kind.name}")
    if manifest.get("apiVersion", kind.group_version) != kind.group_version:
        told = f"the API version in the data ({manifest.get('apiVersion')}) does not match the expected API version"
        raise refusals.bad_request(f"{told} ({kind.group_version})")
    manifest.setdefault("metadata", {})
    check_shape(kind, manifest)
    if call.query("fieldValidation") == "Strict":
        check_fields(kind, manifest)
    manifest = known_fields(kind, manifest)
    told_namespace = manifest["metadata"].pop("namespace", namespace)
    if kind.namespaced:
        if told_namespace != namespace:
            told = "the namespace of the provided object does not match the namespace sent on the request"
            raise refusals.bad_request(told)
        manifest["metadata"]["namespace"] = namespace
    return manifest


async def _body(call: Call) -> dict[str, Any]:
    return bodies.read_object(await call.request.read(), call.request.content_type)


async def _options(call: Call) -> dict[str, Any]:
    body = await call.request.read()
    options = bodies.read_object(body, call.request.content_type) if body else {}
    if not isinstance(options.get("preconditions") or {}, dict):
        raise refusals.bad_request("DeleteOptions.preconditions must be an object")
    if "propagationPolicy" in call.request.query:
        options["propagationPolicy"] = call.query("propagationPolicy")
    return options


def _remove(call: Call, item: Manifest, options: dict[str, Any]) -> None:
    if call.dry_run or options.get("dryRun"):
        return
    if options.get("propagationPolicy") == "Orphan" or options.get("orphanDependents") is True:
        owned.release(call.store, item)
    call.store.delete(call.target.kind, namespace_of(item), name_of(item))


def _success(call: Call, item: Manifest) -> dict[str, Any]:
    kind = call.target.kind
    details = {"name": name_of(item), "kind": kind.plural, "uid": uid_of(item)}
    details |= {"group": kind.group} if kind.group else {}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def _versions_of(before: Manifest, wanted: Manifest) -> dict[str, Any]:
    """The stored metadata, with the caller's claim of which version it saw."""
    claims = {key: wanted["metadata"][key] for key in ("uid", "resourceVersion") if key in wanted["metadata"]}
    metadata: dict[str, Any] = before["metadata"] | claims
    return metadata
