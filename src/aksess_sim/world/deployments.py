"""Deployment records of resource groups: history with a limit, one run at a time per name.

This world deploys no resources: a template's `resources` must be empty, and what is left of a deployment is its record.
Sources: ARM docs deployment-history-deletions (trimming from 775 to 750), template parameter rules of the ARM template
reference; Microsoft.Resources/deployments REST reference for the shapes.
"""

import copy
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aksess_sim.world.clock import WorldClock, iso
from aksess_sim.world.operations import Operation, OperationError, Operations
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import resource_id
from aksess_sim.world.templates import check_tags, check_template

Body = dict[str, Any]

TRIM_ABOVE = 775
TRIM_TO = 750
_KIND = "Microsoft.Resources/deployments"


@dataclass
class Deployment:
    """One record; `sequence` orders the history of a group."""

    id: str
    name: str
    sent: Body
    started: datetime
    correlation: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "Running"
    operation: Operation | None = None

    @property
    def active(self) -> bool:
        """Is it under way, or on its way out?"""
        return self.state in ("Running", "Deleting")

    def body(self) -> Body:
        """The JSON GET shows: the template is not part of it, parameters carry their types."""
        properties = self.sent["properties"]
        template = properties["template"]
        ended = (self.operation and self.operation.ended) or self.started
        shown: Body = {
            "templateHash": _hash(template),
            "parameters": _shown_parameters(template, properties.get("parameters") or {}),
            "mode": properties.get("mode", "Incremental"),
            "provisioningState": self.state,
            "timestamp": iso(ended),
            "duration": f"PT{(ended - self.started).total_seconds():.7f}S",
            "correlationId": self.correlation,
            "providers": [],
            "dependencies": [],
        }
        if not self.active:
            shown["outputResources"] = []
        if self.operation and self.operation.error:
            shown["error"] = _failure(self.operation.error)
        body: Body = {"id": self.id, "name": self.name, "type": _KIND, "properties": shown}
        return body | ({"tags": self.sent["tags"]} if self.sent.get("tags") else {})


class Deployments:
    """The records of every group, oldest first."""

    def __init__(self, clock: WorldClock, operations: Operations, duration: float) -> None:
        self._clock = clock
        self._operations = operations
        self._duration = duration
        self._groups: dict[str, dict[str, Deployment]] = {}

    def in_group(self, group: str) -> list[Deployment]:
        """The records of a group (its id), newest first, as ARM lists them."""
        return list(reversed(self._groups.get(group.lower(), {}).values()))

    def find(self, group: str, name: str) -> Deployment | None:
        """One record by name."""
        return self._groups.get(group.lower(), {}).get(name.lower())

    def check(self, sent: Body) -> None:
        """What validation says about a request; raises Refused, changes nothing."""
        check_template(sent)
        check_tags(sent.get("tags") or {})

    def put(self, group: str, name: str, sent: Body) -> tuple[Deployment, bool]:
        """Start a deployment; True when the name is new. A finished record of that name is replaced.

        Raises Refused, `DeploymentActive` while one of that name runs.
        """
        self.check(sent)
        previous = self.find(group, name)
        if previous and previous.active:
            raise _active(name)
        subscription, group_name = group.strip("/").split("/")[1::2]
        id_ = resource_id(subscription, group_name, _KIND, name)
        deployment = Deployment(id_, name, copy.deepcopy(sent), self._clock.now())
        records = self._groups.setdefault(group.lower(), {})
        records.pop(name.lower(), None)
        records[name.lower()] = deployment
        deployment.operation = self._operations.begin(
            id_, "deployment", self._duration, lambda operation: self._finish(records, deployment, operation)
        )
        return deployment, previous is None

    def delete(self, group: str, name: str) -> Operation | None:
        """Start to drop a record; None when there is none.

        Raises Refused `DeploymentActive` while it runs.
        """
        found = self.find(group, name)
        if found is None:
            return None
        if found.active:
            raise _active(name)
        before, found.state = found.state, "Deleting"

        def end(operation: Operation) -> None:
            found.state = before
            if operation.status == "Succeeded":
                del self._groups[group.lower()][name.lower()]

        return self._operations.begin(found.id, "deletion", self._duration, end)

    def _finish(self, records: dict[str, Deployment], deployment: Deployment, operation: Operation) -> None:
        deployment.state = operation.status
        if len(records) > TRIM_ABOVE:
            done = [key for key, record in records.items() if not record.active]
            for key in done[: len(records) - TRIM_TO]:
                del records[key]


def _active(name: str) -> Refused:
    return Refused(
        "DeploymentActive",
        f"Unable to edit or replace deployment '{name}': previous deployment is still active. "
        "Please see https://aka.ms/arm-deploy for usage details.",
    )


def _failure(error: OperationError) -> Body:
    message = "At least one resource deployment operation failed. See https://aka.ms/arm-deployment-operations."
    return {"code": "DeploymentFailed", "message": message, "details": [{"code": error.code, "message": error.message}]}


def _shown_parameters(template: Body, given: Body) -> Body:
    shown: Body = {}
    for name, declared in (template.get("parameters") or {}).items():
        kind = str(declared["type"])
        shown[name] = {"type": kind[0].upper() + kind[1:]}
        value = given.get(name, {}).get("value", declared.get("defaultValue"))
        if not kind.lower().startswith("secure"):
            shown[name]["value"] = value
    return shown


def _hash(template: Body) -> str:
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()
    return str(int(digest[:16], 16))
