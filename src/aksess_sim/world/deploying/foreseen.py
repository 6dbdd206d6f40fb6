"""What-if: what a deployment would change, told as ARM tells it; changes nothing.

Source: ARM docs deploy-what-if, Deployments - What If REST reference (`changes`, `delta`). Decided here: only what the
template says is compared, so that there is none of ARM's noise from defaults.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from aksess_sim.world import role_assignments
from aksess_sim.world.deploying.evaluation import Scope, refers
from aksess_sim.world.deploying.items import Item
from aksess_sim.world.people import People
from aksess_sim.world.resources.bodies import readable
from aksess_sim.world.resources.store import Store

Body = dict[str, Any]


def changes(items: Iterable[Item], scope: Scope, store: Store, people: People) -> list[Body]:
    """One entry for each resource of the template, then one for each other resource of the group, which is ignored."""
    wanted = list(items)
    told = [_change(item, scope, store, people) for item in wanted]
    named = {item.id.lower() for item in wanted}
    others = [body for body in store.below(str(scope.group["id"])) if body["id"].lower() not in named]
    # What a resource brings along, such as a network interface or a connection, is not told of by itself.
    return told + [_ignored(body) for body in others if body["id"].count("/") == 8]


def _change(item: Item, scope: Scope, store: Store, people: People) -> Body:
    before = _present(item, store, people)
    after = _after(item, scope)
    change = {"resourceId": item.id, "after": after}
    if before is None:
        return change | {"changeType": "Create"}
    if item.scope:
        role = before["properties"]["roleDefinitionId"]
        with readable(item.id):
            if str(after["properties"]["roleDefinitionId"]).rpartition("/")[2].lower() == role.rpartition("/")[2]:
                after["properties"]["roleDefinitionId"] = role
    delta = list(_delta({key: after[key] for key in after if key not in ("id", "apiVersion", "name", "type")}, before))
    shown = {"apiVersion": item.api_version} | before
    kind = "Modify" if delta else "NoChange"
    return change | {"changeType": kind, "before": shown, "after": shown if not delta else after, "delta": delta}


def _present(item: Item, store: Store, people: People) -> Body | None:
    if not item.scope:
        return store.find(item.id)
    held = people.assignment(item.id)
    return role_assignments.body_of(people, held) if held else None


def _after(item: Item, scope: Scope) -> Body:
    """What calls `reference` cannot be known yet and stays as written, as ARM leaves it too."""
    body = {key: value if refers(value) else scope.value(value) for key, value in item.body.items()}
    if isinstance(body.get("location"), str):
        body["location"] = body["location"].replace(" ", "").lower()
    top = {"id": item.id, "apiVersion": item.api_version, "name": item.id.rpartition("/")[2], "type": item.kind}
    return top | body


def _delta(wanted: Any, present: Any, path: str = "") -> Iterator[Body]:
    """The differences, property by property, at their full paths."""
    for key, value in wanted.items():
        here = f"{path}.{key}" if path else str(key)
        was = present.get(key) if isinstance(present, dict) else None
        if isinstance(value, dict) and isinstance(was, dict):
            yield from _delta(value, was, here)
        elif isinstance(value, list) and isinstance(was, list) and value:
            yield from _list_delta(value, was, here)
        elif not _same(value, was):
            kind = "Create" if was is None else "Modify"
            yield {"path": here, "propertyChangeType": kind, "before": was, "after": value, "children": None}


def _list_delta(wanted: list[Any], present: list[Any], path: str) -> Iterator[Body]:
    if len(wanted) != len(present):
        kind = {"path": path, "propertyChangeType": "Array", "before": present, "after": wanted}
        yield kind | {"children": []}
        return
    for number, (one, was) in enumerate(zip(wanted, present, strict=True)):
        yield from _delta({str(number): one}, {str(number): was}, path)


def _same(wanted: Any, present: Any) -> bool:
    """Ids and the words of Azure compare without case; nothing and an empty list or false are the same."""
    if isinstance(wanted, str) and isinstance(present, str):
        return wanted.lower() == present.lower() or refers(wanted)
    return wanted == present or (not wanted and not present) or refers(wanted)


def _ignored(body: Body) -> Body:
    return {"resourceId": body["id"], "changeType": "Ignore", "before": body, "after": body}
