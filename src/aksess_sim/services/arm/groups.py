"""Resource groups, node resource groups of clusters among them, and lists of everything that is in one.

Source: Resource Groups and Resources REST references.
"""

import re
from typing import Any

from aksess_sim.services.arm.exchange import Answer, Asked, retry_after
from aksess_sim.services.arm.operations import result_address
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, SCOPES, SUBSCRIPTION, Route
from aksess_sim.world import group_changes
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import group_id, group_of, within
from aksess_sim.world.state import Group

_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"


_NEW = SUBSCRIPTION + "/resourceGroups/{name}"
"""A group that need not be there: paths with `{group}` are answered only when it is."""
_TAG = re.compile(r"tagName\s+eq\s+'([^']*)'(?:\s+and\s+tagValue\s+eq\s+'([^']*)')?", re.IGNORECASE)
_FIELD = re.compile(r"\b(resourceType|resourceGroup|name|location)\s+eq\s+'([^']*)'", re.IGNORECASE)


def routes() -> list[Route]:
    """Groups, and what is in them."""
    everything = [Route("GET", scope + "/resources", _resources) for scope in SCOPES]
    return [
        Route("GET", SUBSCRIPTION + "/resourceGroups", _list),
        Route("GET", GROUP, _get, f"{_GROUPS}/read", GROUP),
        Route("HEAD", _NEW, _exists, f"{_GROUPS}/read", _NEW),
        Route("PUT", _NEW, _put, f"{_GROUPS}/write", _NEW),
        Route("PATCH", GROUP, _patch, f"{_GROUPS}/write", GROUP),
        Route("DELETE", GROUP, _delete, f"{_GROUPS}/delete", GROUP),
        *everything,
    ]


def _list(asked: Asked) -> Answer:
    """Those that the caller may read, all or by a tag."""
    wanted = asked.query.get("$filter", "")
    tag = _TAG.search(wanted)
    if wanted and not tag:
        raise Refused("InvalidFilterInQueryString", f"Invalid $filter '{wanted}'.")
    readable = (
        _body(group)
        for group in asked.world.groups.values()
        if within(group.id, asked.subscription) and asked.may(f"{_GROUPS}/read", group.id)
    )
    return page(asked, [body for body in readable if _tagged(body, tag)])


def _get(asked: Asked) -> Answer:
    return Answer(_body(asked.world.groups[asked.group.lower()]))


def _exists(asked: Asked) -> Answer:
    """No body either way (Resource Groups - Check Existence)."""
    id_ = group_id(asked.names["subscription"], asked.names["name"])
    return Answer(status=204 if id_.lower() in asked.world.groups else 404)


def _put(asked: Asked) -> Answer:
    group, new = group_changes.put(asked.world, asked.names["subscription"], asked.names["name"], asked.body)
    return Answer(_body(group), 201 if new else 200)


def _patch(asked: Asked) -> Answer:
    group = asked.world.groups[asked.group.lower()]
    return Answer(_body(group_changes.tag(asked.world, group, asked.body.get("tags") or {})))


def _delete(asked: Asked) -> Answer:
    operation = group_changes.delete(asked.world, asked.world.groups[asked.group.lower()], asked.person)
    headers = {
        "Location": result_address(asked, operation),
        "Retry-After": retry_after(asked.world, operation.duration),
    }
    return Answer(None, 202, headers)


def _resources(asked: Asked) -> Answer:
    """Top-level resources that the caller may read, without properties; by tag, type, group, name or location."""
    wanted = asked.query.get("$filter", "")
    tag, fields = _TAG.search(wanted), _FIELD.findall(wanted)
    if wanted and not (tag or fields):
        raise Refused("InvalidFilterInQueryString", f"Invalid $filter '{wanted}'.")
    bodies = [cluster.body for cluster in asked.world.clusters_in(asked.scope)]
    found = [body for body in [*bodies, *asked.world.store.below(asked.scope)] if _tagged(body, tag)]
    shown = [body for body in found if all(_is(body, field.lower(), value) for field, value in fields)]
    return page(asked, [_brief(body) for body in shown if _visible(asked, body)])


def _visible(asked: Asked, body: dict[str, Any]) -> bool:
    return str(body["type"]).count("/") == 1 and asked.may(f"{body['type']}/read", body["id"])


def _tagged(body: dict[str, Any], tag: re.Match[str] | None) -> bool:
    tags = {name.lower(): value for name, value in (body.get("tags") or {}).items()}
    return tag is None or (tag[1].lower() in tags and tag[2] in (None, tags[tag[1].lower()]))


def _is(body: dict[str, Any], field: str, wanted: str) -> bool:
    values = {"resourcetype": body["type"], "resourcegroup": group_of(body["id"])}
    return str(values.get(field, body.get(field, ""))).lower() == wanted.lower()


def _brief(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in ("id", "name", "type", "location", "tags", "sku", "kind") if key in body}


def _body(group: Group) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
        "tags": group.tags,
        "properties": {"provisioningState": group.state},
    }
    return body | ({"managedBy": group.managed_by} if group.managed_by else {})
