"""patch: the four content types, each made into a whole object and stored as an update would be."""

from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.handlers import writing
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.manifest import Manifest, uid_of
from aksess_sim.services.apiserver.patches.json_patch import apply_json_patch
from aksess_sim.services.apiserver.patches.merge_patch import apply_merge_patch
from aksess_sim.services.apiserver.patches.strategic import apply_strategic_patch
from aksess_sim.services.apiserver.wire import bodies


async def patch(call: Call) -> web.Response:
    """PATCH of one object; server-side apply makes it when it is absent."""
    content_type = call.request.content_type
    if content_type not in bodies.PATCHES:
        raise refusals.unsupported_media_type(bodies.PATCHES)
    body = bodies.read(await call.request.read(), content_type)
    target = call.target
    if content_type == bodies.APPLY_PATCH:
        return _apply(call, body, call.store.find(target.kind, target.namespace, target.name))
    before = call.store.get(target.kind, target.namespace, target.name)
    return web.json_response(writing.put(call, before, _checked(call, patched(before, body, content_type))))


def patched(before: Manifest, patch_: Any, content_type: str) -> Any:
    """The object with a patch carried out, not yet judged."""
    if content_type == bodies.JSON_PATCH:
        return apply_json_patch(before, patch_)
    if content_type == bodies.MERGE_PATCH:
        return apply_merge_patch(before, patch_)
    return apply_strategic_patch(before, patch_)


def _checked(call: Call, value: Any) -> Manifest:
    manifest = writing.told_as(call, value)
    if not manifest["metadata"].get("name"):
        raise refusals.bad_request("metadata.name cannot be removed")
    return manifest


def _apply(call: Call, body: Any, live: Manifest | None) -> web.Response:
    manager = call.query("fieldManager")
    if not manager:
        raise refusals.bad_request("PatchOptions is invalid: fieldManager: Required value: is required for apply patch")
    wanted = writing.told_as(call, body)
    if wanted["metadata"].setdefault("name", call.target.name) != call.target.name:
        raise refusals.bad_request("the name of the object does not match the name on the URL")
    if live is None:
        stored = writing.add(call, apply_strategic_patch({}, wanted))
    else:
        merged = call.appliers.merge(live, wanted, manager=manager, force=call.flag("force"))
        stored = writing.put(call, live, _checked(call, merged))
    if not call.dry_run:
        call.appliers.remember(uid_of(stored), manager, wanted)
    return web.json_response(stored, status=200 if live else 201)
