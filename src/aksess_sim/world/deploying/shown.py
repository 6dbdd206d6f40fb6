"""What ARM shows of a deployment: its record, its operations, and why it failed; pure.

Sources: Deployments and Deployment Operations REST references; the failure's nesting as in Azure/AKS-Construction#344.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from aksess_sim.world.clock import iso
from aksess_sim.world.deploying.runs import Step
from aksess_sim.world.operations import OperationError
from aksess_sim.world.resource_ids import kind_of, name_of

Body = dict[str, Any]

_WORDS = {
    "AuthorizationFailed": "Forbidden",
    "LinkedAuthorizationFailed": "Forbidden",
    "ResourceNotFound": "NotFound",
    "ParentResourceNotFound": "NotFound",
    "InvalidResourceLocation": "Conflict",
    "RoleAssignmentExists": "Conflict",
    "StorageAccountAlreadyTaken": "Conflict",
    "NamespaceUnavailable": "Conflict",
    "AnotherOperationInProgress": "TooManyRequests",
    "RetryableError": "TooManyRequests",
}
"""The words of HTTP statuses, which is what ARM puts into `details[].code`; BadRequest unless listed."""


def failure(error: OperationError | None, failed: list[Step]) -> Body:
    """The error of a deployment: what struck the whole, then one entry for each resource, as text inside the text."""
    message = "At least one resource deployment operation failed. Please list deployment operations for details. "
    details = [] if error is None else [{"code": error.code, "message": error.message}]
    details += [
        {"code": _word(step), "message": json.dumps(_status_message(step), indent=2)} for step in failed if step.error
    ]
    return {
        "code": "DeploymentFailed",
        "message": message + "Please see https://aka.ms/arm-deployment-operations for usage details.",
        "details": details,
    }


def operations(deployment: str, steps: list[Step]) -> list[Body]:
    """The operations that were begun, newest first, as ARM lists them."""
    begun = [step for step in steps if step.started]
    return [_operation(deployment, step) for step in sorted(begun, key=_began, reverse=True)]


def parameters(template: Body, given: Body) -> Body:
    """Parameters with their types; secrets without their values."""
    shown: Body = {}
    for name, declared in (template.get("parameters") or {}).items():
        kind = str(declared["type"])
        shown[name] = {"type": kind[0].upper() + kind[1:]}
        value = given.get(name, {}).get("value", declared.get("defaultValue"))
        if not kind.lower().startswith("secure"):
            shown[name]["value"] = value
    return shown


def providers(steps: list[Step]) -> list[Body]:
    """The types that a deployment makes, by provider."""
    found: dict[str, list[str]] = {}
    for step in steps:
        namespace, _, kind = step.item.kind.partition("/")
        types = found.setdefault(namespace, [])
        if kind not in types:
            types.append(kind)
    return [
        {"namespace": namespace, "resourceTypes": [{"resourceType": kind} for kind in kinds]}
        for namespace, kinds in found.items()
    ]


def dependencies(steps: list[Step]) -> list[Body]:
    """Who waits for whom."""
    known = {step.item.id.lower(): step.item.id for step in steps}
    return [
        {"dependsOn": [_thing(known[id_]) for id_ in sorted(step.item.after)]} | _thing(step.item.id)
        for step in steps
        if step.item.after
    ]


def template_hash(template: Body) -> str:
    """A number that stands for a template's text."""
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()
    return str(int(digest[:16], 16))


def _operation(deployment: str, step: Step) -> Body:
    ended = step.ended or step.started
    took = (ended - step.started).total_seconds() if ended and step.started else 0
    properties: Body = {
        "provisioningOperation": "Create",
        "provisioningState": step.state,
        "timestamp": iso(_began(step)) if ended is None else iso(ended),
        "duration": f"PT{took:.7f}S",
        "statusCode": _word(step) if step.error else "Created" if step.new else "OK",
        "targetResource": _thing(step.item.id),
    }
    if step.error:
        properties["statusMessage"] = _status_message(step)
    return {"id": f"{deployment}/operations/{step.id}", "operationId": step.id, "properties": properties}


def _began(step: Step) -> datetime:
    if step.started is None:
        raise ValueError("a step that has not begun")
    return step.started


def _thing(id_: str) -> Body:
    return {"id": id_, "resourceType": kind_of(id_), "resourceName": name_of(id_)}


def _word(step: Step) -> str:
    """What was refused says how; what failed on its way is a conflict."""
    if step.error is None or not step.refused:
        return "Conflict"
    return _WORDS.get(step.error.code, "BadRequest")


def _status_message(step: Step) -> Body:
    error = step.error
    told: Body = {} if error is None else {"code": error.code, "message": error.message}
    if error and error.details:
        told["details"] = list(error.details)
    return {"error": told} if step.refused else {"status": "Failed", "error": told}
