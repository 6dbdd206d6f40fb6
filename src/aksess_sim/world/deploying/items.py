"""A template's resources as what is to be made: ids, what each waits for, and its body, not yet worked out; pure.

Sources: ARM docs syntax, resource-dependency, child-resource-name-type, scope-extension-resources.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aksess_sim.world.deploying.evaluation import Scope, check_functions
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resources.catalogue import RULES
from aksess_sim.world.role_assignments import KIND as ROLE_ASSIGNMENT

Body = dict[str, Any]

_ABOVE = ("type", "name", "apiVersion", "dependsOn", "scope", "condition", "comments", "resources", "metadata")
"""What a template says about a resource that is not part of its body."""


@dataclass(frozen=True)
class Item:
    """One resource to be made; `after` are the lower-case ids of those it waits for, `scope` an assignment's."""

    id: str
    kind: str
    api_version: str
    written: Body
    after: frozenset[str]
    scope: str = ""

    @property
    def body(self) -> Body:
        """What is sent to its provider, expressions and all."""
        return {key: value for key, value in self.written.items() if key not in _ABOVE}


def items_of(template: Body, scope: Scope) -> list[Item]:
    """What a template makes, in the order written.

    Raises Refused `InvalidTemplate` for what ARM finds wrong before it begins.
    """
    check_functions({key: template.get(key) for key in ("variables", "resources", "outputs")})
    resources = template["resources"]
    if not isinstance(resources, list):
        raise invalid("this world reads `resources` as a list of objects only, without symbolic names")
    flat = list(_flat(resources, "", ""))
    skipped: set[str] = set()
    found: dict[str, Body] = {}
    for resource in flat:
        id_ = _id(resource, scope)
        if id_.lower() in found:
            raise invalid(f"The resource '{id_}' is defined multiple times in a template")
        found[id_.lower()] = resource
        if scope.value(resource.get("condition", True)) is False:
            skipped.add(id_.lower())
    items = [_item(resource, scope, found, skipped) for lower, resource in found.items() if lower not in skipped]
    _check_circles(items)
    return items


def invalid(reason: str) -> Refused:
    """ARM's sentence about a template."""
    return Refused("InvalidTemplate", f"Deployment template validation failed: '{reason}.'.")


def _flat(resources: list[Body], kind: str, name: str) -> Iterator[Body]:
    """Children written inside their parents say only the last part of type and name."""
    for resource in resources:
        if not isinstance(resource, dict):
            raise invalid(f"every resource of a template must be an object, and {resource!r} is none")
        for field in ("type", "name", "apiVersion"):
            if not isinstance(resource.get(field), str):
                raise invalid(f"the template resource '{resource.get('name', '')}' must have `{field}`")
        for field in ("dependsOn", "resources"):
            if not isinstance(resource.get(field) or [], list):
                raise invalid(f"`{field}` of the template resource '{resource['name']}' must be a list")
        if "copy" in resource:
            raise invalid(f"the template resource '{resource['name']}' has `copy`, which this world does not do")
        own = resource
        if kind:
            own = resource | {"type": f"{kind}/{resource['type']}", "name": f"{name}/{resource['name']}"}
        yield own
        yield from _flat(own.get("resources") or [], str(own["type"]), str(own["name"]))


def _id(resource: Body, scope: Scope) -> str:
    kind, name = resource["type"], str(scope.value(resource["name"]))
    where = _scope_of(resource, name, scope)
    if where is not None:
        return f"{where}/providers/{ROLE_ASSIGNMENT}/{name.rpartition('/')[2]}"
    if kind.lower() not in RULES:
        raise invalid(f"the template resource '{name}' is of type '{kind}', which this world does not make")
    names, levels = name.split("/"), kind.split("/")[1:]
    if len(names) != len(levels) or not all(names):
        raise invalid(
            f"the template resource '{name}' for type '{kind}' has incorrect segment lengths. A nested resource type "
            "must have identical number of segments as its resource name. A root resource type must have segment "
            "length one greater than its resource name"
        )
    pairs = "".join(f"/{level}/{one}" for level, one in zip(levels, names, strict=True))
    return f"{scope.group['id']}/providers/{kind.split('/')[0]}{pairs}"


def _scope_of(resource: Body, name: str, scope: Scope) -> str | None:
    """Where a role assignment holds; None for all other types."""
    kind = resource["type"].lower()
    if kind == ROLE_ASSIGNMENT.lower():
        where = str(scope.value(resource.get("scope", "")))
        return where if where.startswith("/") else f"{scope.group['id']}/providers/{where}" if where else _group(scope)
    if not kind.endswith("/providers/roleassignments"):
        return None
    parent, _, _ = resource["type"].rpartition("/providers/")
    pairs = zip(parent.split("/")[1:], name.split("/"), strict=False)
    inner = "".join(f"/{level}/{one}" for level, one in pairs)
    return f"{scope.group['id']}/providers/{parent.split('/')[0]}{inner}"


def _group(scope: Scope) -> str:
    return str(scope.group["id"])


def _item(resource: Body, scope: Scope, found: Mapping[str, Body], skipped: set[str]) -> Item:
    name = str(scope.value(resource["name"]))
    after = {_dependency(str(scope.value(one)), scope, found) for one in resource.get("dependsOn") or []}
    where = _scope_of(resource, name, scope)
    return Item(
        id=_id(resource, scope),
        kind=ROLE_ASSIGNMENT if where is not None else RULES[resource["type"].lower()].kind,
        api_version=resource["apiVersion"],
        written=resource,
        after=frozenset(after - skipped),
        scope=where or "",
    )


def _dependency(text: str, scope: Scope, found: Mapping[str, Body]) -> str:
    """A dependency is an id, an id without its group, or a name that only one resource has."""
    for id_ in (text.lower(), f"{scope.group['id']}/providers/{text}".lower()):
        if id_ in found:
            return id_
    named = [id_ for id_, resource in found.items() if str(scope.value(resource["name"])).lower() == text.lower()]
    if len(named) != 1:
        raise invalid(
            f"The resource '{text}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage "
            "details"
        )
    return named[0]


def _check_circles(items: list[Item]) -> None:
    waiting = {item.id.lower(): set(item.after) for item in items}
    while waiting:
        free = [id_ for id_, after in waiting.items() if not after & waiting.keys()]
        if not free:
            raise invalid(f"Circular dependency detected on resource: '{min(waiting)}'")
        for id_ in free:
            del waiting[id_]
