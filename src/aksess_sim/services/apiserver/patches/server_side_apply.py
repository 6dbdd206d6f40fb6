"""Server-side apply: a manager says what it wants; what it wanted before and no longer names goes away.

Fields are owned by the managers that apply them. Changes made by other verbs own nothing here, so that only two
appliers can conflict. Kubernetes documentation, "Server-Side Apply".
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.manifest import Manifest
from aksess_sim.services.apiserver.patches.lists import merge_key
from aksess_sim.services.apiserver.patches.strategic import apply_strategic_patch

Step = tuple[str, str, Any]
"""(field, merge key or empty, item's key or None): one step of the way to a value."""
Path = tuple[Step, ...]

_IDENTITY = frozenset({"apiVersion", "kind"})
_NOT_OWNED = frozenset({"name", "namespace", "uid", "resourceVersion", "creationTimestamp", "managedFields"})


@dataclass
class Appliers:
    """What each manager last applied to each object, by the object's uid."""

    _applied: dict[str, dict[str, Manifest]] = field(default_factory=dict)

    def merge(self, live: Manifest, wanted: Manifest, *, manager: str, force: bool) -> Manifest:
        """The live object with a manager's wishes carried out; raises Conflict over others' fields."""
        managers = self._applied.get(live["metadata"]["uid"], {})
        if not force:
            _refuse_conflicts(live, wanted, {m: a for m, a in managers.items() if m != manager})
        others = [leaves(applied) for name, applied in managers.items() if name != manager]
        kept = set(leaves(wanted)).union(*others)
        merged = deepcopy(live)
        for path in leaves(managers.get(manager, {})):
            if path not in kept:
                _drop(merged, path)
        return apply_strategic_patch(merged, wanted)

    def remember(self, uid: str, manager: str, wanted: Manifest) -> None:
        """Note what a manager applied, for its next time."""
        self._applied.setdefault(uid, {})[manager] = deepcopy(wanted)


def leaves(manifest: Manifest) -> dict[Path, Any]:
    """The values an applied manifest names, each with the way to it."""
    return dict(_leaves({key: value for key, value in manifest.items() if key not in _IDENTITY}, ()))


def _leaves(value: dict[str, Any], way: Path) -> Iterator[tuple[Path, Any]]:
    for name, child in value.items():
        if way == (("metadata", "", None),) and name in _NOT_OWNED:
            continue
        yield from _field_leaves(name, child, way)


def _field_leaves(name: str, child: Any, way: Path) -> Iterator[tuple[Path, Any]]:
    key = merge_key(name, child) if isinstance(child, list) else None
    if key is not None:
        for item in child:
            yield (*way, (name, key, item[key]), (key, "", None)), item[key]
            yield from _leaves(item, (*way, (name, key, item[key])))
    elif isinstance(child, dict) and child:
        yield from _leaves(child, (*way, (name, "", None)))
    else:
        yield (*way, (name, "", None)), child


def _refuse_conflicts(live: Manifest, wanted: Manifest, others: dict[str, Manifest]) -> None:
    now = leaves(live)
    changed = {path for path, value in leaves(wanted).items() if now.get(path) != value}
    owners = {
        manager: [_written(path) for path in leaves(applied) if path in changed] for manager, applied in others.items()
    }
    owners = {manager: paths for manager, paths in owners.items() if paths}
    if owners:
        raise refusals.apply_conflict(owners)


def _written(path: Path) -> str:
    """As kubectl shows it: `.spec.template.spec.containers[name="web"].image`."""
    return "".join(f'.{name}[{key}="{item}"]' if key else f".{name}" for name, key, item in path)


def _drop(manifest: Manifest, path: Path) -> None:
    *way, (name, _, _) = path
    if way and way[-1][1] == name:
        # The merge key of an item: a manager that no longer names an item gives up the whole of it.
        *way, (list_name, key, item) = way
        entries = _walk(manifest, way).get(list_name)
        if isinstance(entries, list):
            entries[:] = [entry for entry in entries if entry.get(key) != item]
    else:
        _walk(manifest, way).pop(name, None)


def _walk(manifest: Manifest, way: Iterable[Step]) -> dict[str, Any]:
    """The map at the end of the way; a new empty one where the way is gone."""
    place: Any = manifest
    for name, key, item in way:
        place = place.get(name) if isinstance(place, dict) else None
        if key and isinstance(place, list):
            place = next((entry for entry in place if entry.get(key) == item), None)
    return place if isinstance(place, dict) else {}
