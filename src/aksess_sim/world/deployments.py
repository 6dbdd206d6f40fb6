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
from datetime import UTC, datetime, timedelta
from typing import Any

from aksess_sim.world.clock import WorldClock
from aksess_sim.world.operations import Agenda
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
    operation: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "Running"
    took: float = 0

    @property
    def running(self) -> bool:
        """Is it under way?"""
        return self.state == "Running"

    def body(self) -> Body:
        """The JSON GET shows: the template is not part of it, parameters carry their types."""
        properties = self.sent["properties"]
        template = properties["template"]
        shown: Body = {
            "templateHash": _hash(template),
            "parameters": _shown_parameters(template, properties.get("parameters") or {}),
            "mode": properties.get("mode", "Incremental"),
            "provisioningState": self.state,
            "timestamp": (self.started + timedelta(seconds=self.took)).astimezone(UTC).isoformat(),
            "duration": f"PT{self.took:.7f}S",
            "correlationId": self.correlation,
            "providers": [],
            "dependencies": [],
        }
        if not self.running:
            shown["outputResources"] = []
        body: Body = {"id": self.id, "name": self.name, "type": _KIND, "properties": shown}
        return body | ({"tags": self.sent["tags"]} if self.sent.get("tags") else {})


class Deployments:
    """The records of every group, oldest first."""

    def __init__(self, clock: WorldClock, agenda: Agenda, duration: float) -> None:
        self._clock = clock
        self._agenda = agenda
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
        if previous and previous.running:
            raise _active(name)
        subscription, group_name = group.strip("/").split("/")[1::2]
        id_ = resource_id(subscription, group_name, _KIND, name)
        deployment = Deployment(id_, name, copy.deepcopy(sent), self._clock.now())
        records = self._groups.setdefault(group.lower(), {})
        records.pop(name.lower(), None)
        records[name.lower()] = deployment
        self._agenda.after(self._duration, lambda: self._finish(records, deployment))
        return deployment, previous is None

    def delete(self, group: str, name: str) -> bool:
        """Drop a record; False when there was none.

        Raises Refused `DeploymentActive` while it runs.
        """
        found = self.find(group, name)
        if found is None:
            return False
        if found.running:
            raise _active(name)
        del self._groups[group.lower()][name.lower()]
        return True

    def _finish(self, records: dict[str, Deployment], deployment: Deployment) -> None:
        deployment.state = "Succeeded"
        deployment.took = self._clock.real_seconds(self._duration)
        if len(records) > TRIM_ABOVE:
            done = [key for key, record in records.items() if not record.running]
            for key in done[: len(records) - TRIM_TO]:
                del records[key]


def _active(name: str) -> Refused:
    return Refused(
        "DeploymentActive",
        f"Unable to edit or replace deployment '{name}': previous deployment is still active. "
        "Please see https://aka.ms/arm-deploy for usage details.",
    )


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
