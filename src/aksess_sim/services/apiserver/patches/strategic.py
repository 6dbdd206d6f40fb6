"""Strategic merge patch: a merge patch that knows which lists are maps in disguise, and takes directives.

Source: Kubernetes documentation "Update API Objects in Place Using kubectl patch" and the design document
"strategic-merge-patch": `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/FIELD`, `$setElementOrder/FIELD`.
"""

from copy import deepcopy
from typing import Any

from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.patches.lists import SETS, merge_key

_DELETE = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def apply_strategic_patch(target: dict[str, Any], patch: Any) -> dict[str, Any]:
    """The patched copy; raises BadRequest for a directive that makes no sense."""
    if not isinstance(patch, dict):
        raise refusals.bad_request("a strategic merge patch must be an object")
    return _merge_map(target, patch)


def _merge_map(target: Any, patch: dict[str, Any]) -> dict[str, Any]:
    directive = patch.get("$patch")
    if directive == "replace":
        return _merge_map({}, {key: value for key, value in patch.items() if key != "$patch"})
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise refusals.bad_request(f"Unknown patch type '{directive}' in map")
    merged = dict(target) if isinstance(target, dict) else {}
    _retain_keys(merged, patch.get("$retainKeys"))
    for key, value in patch.items():
        if not key.startswith("$"):
            _merge_field(merged, key, value)
    _delete_from_sets(merged, patch)
    for key, order in patch.items():
        if key.startswith(_ORDER):
            _set_order(merged, key.removeprefix(_ORDER), order)
    return merged


def _merge_field(merged: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        merged.pop(key, None)
    elif isinstance(value, dict):
        merged[key] = _merge_map(merged.get(key), value)
    elif isinstance(value, list):
        merged[key] = _merge_list(key, merged.get(key) or [], value)
    else:
        merged[key] = value


def _merge_list(field: str, target: Any, patch: list[Any]) -> list[Any]:
    if {"$patch": "replace"} in patch:
        return [_plain(item) for item in patch if item != {"$patch": "replace"}]
    if field in SETS and isinstance(target, list):
        return [*target, *(item for item in patch if item not in target)]
    key = merge_key(field, target, patch)
    if key is None or not isinstance(target, list):
        return [_plain(item) for item in patch]
    items = {item[key]: item for item in target}
    for change in patch:
        if change.get("$patch") == "delete":
            items.pop(change.get(key), None)
        else:
            items[change[key]] = _merge_map(items.get(change[key]), change)
    return list(items.values())


def _plain(value: Any) -> Any:
    """A copy without directives, as a new list or map starts out."""
    if isinstance(value, dict):
        return _merge_map({}, value)
    return deepcopy(value)


def _retain_keys(merged: dict[str, Any], retained: Any) -> None:
    if retained is None:
        return
    if not isinstance(retained, list):
        raise refusals.bad_request("$retainKeys must be a list")
    for key in [key for key in merged if key not in retained]:
        del merged[key]


def _delete_from_sets(merged: dict[str, Any], patch: dict[str, Any]) -> None:
    for key, doomed in patch.items():
        field = key.removeprefix(_DELETE)
        if key.startswith(_DELETE) and isinstance(merged.get(field), list) and isinstance(doomed, list):
            merged[field] = [item for item in merged[field] if item not in doomed]


def _set_order(merged: dict[str, Any], field: str, order: Any) -> None:
    items = merged.get(field)
    if not isinstance(items, list) or not isinstance(order, list):
        return
    key = merge_key(field, items, order)
    wanted = [item[key] for item in order if isinstance(item, dict) and key in item] if key else order
    # Items the order does not name keep their place behind the named ones, as they came.
    places = {_hashable(place): number for number, place in enumerate(wanted)}
    items = sorted(items, key=lambda item: places.get(_hashable(item[key] if key else item), len(places)))
    merged[field] = items


def _hashable(value: Any) -> str:
    return repr(value)
