"""Microsoft.Resources/deployments at a resource group (Deployments REST reference, api-version 2025-04-01)."""

import re
from typing import Any
from urllib.parse import urlencode

from aksess_sim.services.arm.errors import refusal
from aksess_sim.services.arm.exchange import HOST, Answer, Asked, retry_after
from aksess_sim.services.arm.json_bodies import forgiving
from aksess_sim.services.arm.operations import operation_asked, result_address
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, Route
from aksess_sim.world.clock import iso
from aksess_sim.world.deploying import shown
from aksess_sim.world.deployments import Deployment
from aksess_sim.world.group_changes import check_steady
from aksess_sim.world.operations import Operation
from aksess_sim.world.refusals import Refused

_KIND = "Microsoft.Resources/deployments"
_ALL = GROUP + f"/providers/{_KIND}"
_ONE = _ALL + "/{deployment}"
_OPERATIONS = (GROUP + "/deployments/{deployment}/operations", _ONE + "/operations")
"""The first is older than providers in paths, and the one that SDKs use."""
_EXPANSION = 1.0
"""World seconds that a what-if takes; Azure's grow with the template."""
_NAME = re.compile(r"[-\w._()]{1,64}")
_STATE_FILTER = re.compile(r"\s*provisioningState\s+eq\s+'(\w+)'\s*", re.IGNORECASE)


def routes() -> list[Route]:
    """Records and their life; every right is needed at the deployment itself."""
    return [
        Route("GET", _ALL, _list, f"{_KIND}/read", GROUP),
        Route("GET", _ONE, _get, f"{_KIND}/read"),
        Route("PUT", _ONE, _put, f"{_KIND}/write", reads=forgiving),
        Route("DELETE", _ONE, _delete, f"{_KIND}/delete"),
        Route("POST", _ONE + "/validate", _validate, f"{_KIND}/validate/action", _ONE, reads=forgiving),
        Route("POST", _ONE + "/whatIf", _what_if, f"{_KIND}/whatIf/action", _ONE, reads=forgiving),
        Route("POST", _ONE + "/exportTemplate", _template, f"{_KIND}/exportTemplate/action", _ONE),
        Route("POST", _ONE + "/cancel", _cancel, f"{_KIND}/cancel/action", _ONE),
        *(Route("GET", path, _operations, f"{_KIND}/operations/read", _ONE) for path in _OPERATIONS),
        Route("GET", _ONE + "/whatIfResults/{operation}", _foreseen),
        Route("GET", _ONE + "/operationStatuses/{operation}", _status),
    ]


def _list(asked: Asked) -> Answer:
    records = asked.world.deployments.in_group(asked.group)
    state = _wanted_state(asked.query.get("$filter"))
    found = [record.body() for record in records if state in (None, record.state.lower())]
    return page(asked, found[: _top(asked, len(found))])


def _get(asked: Asked) -> Answer:
    return Answer(_existing(asked).body())


def _put(asked: Asked) -> Answer:
    name = asked.names["deployment"]
    if not _NAME.fullmatch(name):
        message = f"The deployment name '{name}' must be 1 to 64 letters, digits, '-', '_', '.' and parentheses."
        raise Refused("InvalidDeploymentName", message)
    check_steady(asked.world.groups[asked.group.lower()])
    deployment, new = asked.world.deployments.put(_group(asked), name, asked.body, asked.person)
    operation = deployment.operation
    headers = {}
    if operation:
        address = f"{HOST}{deployment.id}/operationStatuses/{operation.id}"
        query = f"api-version={asked.query['api-version']}&h={operation.ticket}"
        headers = {
            "Azure-AsyncOperation": f"{address}?{query}",
            "Retry-After": retry_after(asked.world, operation.duration),
        }
    return Answer(deployment.body(), 201 if new else 200, headers)


def _delete(asked: Asked) -> Answer:
    operation = asked.world.deployments.delete(asked.group, asked.names["deployment"])
    if operation is None:
        return Answer(None, 204)
    headers = {
        "Location": result_address(asked, operation),
        "Retry-After": retry_after(asked.world, operation.duration),
    }
    return Answer(None, 202, headers)


def _validate(asked: Asked) -> Answer:
    """A refused template is a normal answer of validation, with status 400."""
    try:
        reading = asked.world.deployments.check(_group(asked), asked.body, asked.person)
    except Refused as refused:
        return refusal(refused)
    properties: dict[str, Any] = {
        "mode": asked.body["properties"].get("mode", "Incremental"),
        "provisioningState": "Succeeded",
        "timestamp": iso(asked.world.clock.now()),
        "duration": "PT0S",
        "providers": [],
        "dependencies": [],
        "validatedResources": [{"id": item.id} for item in reading.items],
    }
    name = asked.names["deployment"]
    return Answer(
        {"id": f"{asked.group}/providers/{_KIND}/{name}", "name": name, "type": _KIND} | {"properties": properties}
    )


def _what_if(asked: Asked) -> Answer:
    """Refusals come at once, the rest from where `Location` says."""
    asked.world.deployments.check(_group(asked), asked.body, asked.person)
    name = asked.names["deployment"]
    id_ = f"{_group(asked)}/providers/{_KIND}/{name}"
    body, person, group = asked.body, asked.person, _group(asked)
    foreseen: dict[str, Any] = {}

    def end(_: Operation) -> None:
        foreseen["changes"] = asked.world.deployments.foresee(group, body, person)

    operation = asked.world.operations.begin(f"{id_}/whatIf", "what-if", _EXPANSION, end)
    operation.result = foreseen
    query = f"api-version={asked.query['api-version']}&h={operation.ticket}"
    headers = {
        "Location": f"{HOST}{id_}/whatIfResults/{operation.id}?{query}",
        "Retry-After": retry_after(asked.world, _EXPANSION),
    }
    return Answer(None, 202, headers)


def _foreseen(asked: Asked) -> Answer:
    operation = operation_asked(asked, f"{_KIND}/whatIf/action")
    if operation.status == "InProgress":
        address = f"{HOST}{asked.path}?{urlencode(asked.query)}"
        return Answer(None, 202, {"Location": address, "Retry-After": retry_after(asked.world, _EXPANSION)})
    properties = {"correlationId": operation.id, "potentialChanges": [], "diagnostics": []} | operation.result
    return Answer({"status": "Succeeded", "properties": properties})


def _template(asked: Asked) -> Answer:
    return Answer({"template": _existing(asked).sent["properties"]["template"]})


def _cancel(asked: Asked) -> Answer:
    asked.world.deployments.cancel(_group(asked), asked.names["deployment"])
    return Answer(None, 204)


def _operations(asked: Asked) -> Answer:
    deployment = _existing(asked)
    return page(asked, shown.operations(deployment.id, deployment.steps))


def _status(asked: Asked) -> Answer:
    operation = operation_asked(asked, f"{_KIND}/operationStatuses/read")
    if operation.status == "InProgress":
        return Answer({"status": "Running"}, 200, {"Retry-After": retry_after(asked.world, operation.duration)})
    error = _existing(asked).error
    return Answer({"status": operation.status} | ({"error": error} if error else {}))


def _group(asked: Asked) -> str:
    """The group's id as the group spells it."""
    return asked.world.groups[asked.group.lower()].id


def _existing(asked: Asked) -> Deployment:
    name = asked.names["deployment"]
    found = asked.world.deployments.find(asked.group, name)
    if found is None:
        raise Refused("DeploymentNotFound", f"Deployment '{name}' could not be found.")
    return found


def _wanted_state(text: str | None) -> str | None:
    if not text:
        return None
    found = _STATE_FILTER.fullmatch(text)
    if not found:
        raise Refused("InvalidFilterInQueryString", f"Invalid $filter '{text}': only provisioningState eq '...'.")
    return found[1].lower()


def _top(asked: Asked, most: int) -> int:
    text = asked.query.get("$top", "")
    if text and not (text.isdecimal() and int(text) > 0):
        raise Refused("InvalidTopInQueryString", f"The $top '{text}' must be a whole number above zero.")
    return int(text) if text else most
