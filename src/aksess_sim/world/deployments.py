"""Deployment records of resource groups: history with a limit, one run at a time per name.

Sources: ARM docs deployment-history-deletions (trimming from 775 to 750); Microsoft.Resources/deployments REST
reference for the shapes.
"""

import copy
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aksess_sim.world.clock import iso
from aksess_sim.world.deploying import foreseen, shown
from aksess_sim.world.deploying.reading import Reader, Reading
from aksess_sim.world.deploying.runs import Run, Step, Struck, Workplace
from aksess_sim.world.operations import Operation, OperationError, Operations
from aksess_sim.world.people import Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import resource_id

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
    run: Run | None = None
    outputs: Body = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        """Its resources; none for an empty template."""
        return self.run.steps if self.run else []

    @property
    def active(self) -> bool:
        """Is it under way, or on its way out?"""
        return self.state in ("Running", "Deleting")

    def body(self) -> Body:
        """The JSON GET shows: the template is not part of it, parameters carry their types."""
        properties = self.sent["properties"]
        template = properties["template"]
        ended = (self.operation and self.operation.ended) or self.started
        told: Body = {
            "templateHash": shown.template_hash(template),
            "parameters": shown.parameters(template, properties.get("parameters") or {}),
            "mode": properties.get("mode", "Incremental"),
            "provisioningState": self.state,
            "timestamp": iso(ended),
            "duration": f"PT{(ended - self.started).total_seconds():.7f}S",
            "correlationId": self.correlation,
            "providers": shown.providers(self.steps),
            "dependencies": shown.dependencies(self.steps),
        }
        if not self.active:
            made = [step.item.id for step in self.steps if step.state == "Succeeded"]
            told["outputResources"] = [{"id": id_} for id_ in made]
        if self.outputs:
            told["outputs"] = self.outputs
        if self.error:
            told["error"] = self.error
        body: Body = {"id": self.id, "name": self.name, "type": _KIND, "properties": told}
        return body | ({"tags": self.sent["tags"]} if self.sent.get("tags") else {})

    @property
    def error(self) -> Body | None:
        """Why it failed, None unless it did."""
        if self.state != "Failed":
            return None
        return shown.failure(self.operation.error if self.operation else None, self.run.failed if self.run else [])


class Deployments:
    """The records of every group, oldest first."""

    def __init__(self, place: Workplace, operations: Operations, reader: Reader, duration: float) -> None:
        self._place = place
        self._operations = operations
        self._reader = reader
        self._duration = duration
        self._groups: dict[str, dict[str, Deployment]] = {}
        self.struck: Struck = lambda _: None

    def in_group(self, group: str) -> list[Deployment]:
        """The records of a group (its id), newest first, as ARM lists them."""
        return list(reversed(self._groups.get(group.lower(), {}).values()))

    def find(self, group: str, name: str) -> Deployment | None:
        """One record by name."""
        return self._groups.get(group.lower(), {}).get(name.lower())

    def check(self, group: str, sent: Body, person: Person | None = None) -> Reading:
        """What validation says about a request; raises Refused, changes nothing."""
        return self._reader.read(group, sent, person)

    def foresee(self, group: str, sent: Body, person: Person) -> list[Body]:
        """What would change. Raises Refused as `check` does."""
        reading = self.check(group, sent, person)
        return foreseen.changes(reading.items, reading.scope, self._place.store, self._place.people)

    def put(self, group: str, name: str, sent: Body, person: Person | None = None) -> tuple[Deployment, bool]:
        """Start a deployment; True when the name is new. A finished record of that name is replaced.

        Raises Refused, `DeploymentActive` while one of that name runs.
        """
        reading = self.check(group, sent, person)
        previous = self.find(group, name)
        if previous and previous.active:
            raise _active(name)
        subscription, group_name = group.strip("/").split("/")[1::2]
        id_ = resource_id(subscription, group_name, _KIND, name)
        deployment = Deployment(id_, name, copy.deepcopy(sent), self._place.agenda.now())
        records = self._groups.setdefault(group.lower(), {})
        records.pop(name.lower(), None)
        records[name.lower()] = deployment
        if person and reading.items:
            self._reader.prepare(reading)
            self._run(records, deployment, reading, person)
        else:
            deployment.operation = self._operations.begin(
                id_, "deployment", self._duration, lambda operation: self._finish(records, deployment, operation)
            )
        return deployment, previous is None

    def cancel(self, group: str, name: str) -> None:
        """Begin nothing more; what is under way goes on, what was made stays.

        Raises Refused when there is none of that name, or it is over.
        """
        found = self.find(group, name)
        if found is None:
            raise Refused("DeploymentNotFound", f"Deployment '{name}' could not be found.")
        if found.state != "Running" or found.operation is None:
            message = f"The deployment '{name}' cannot be cancelled because it is in state '{found.state}'."
            raise Refused("DeploymentCannotBeCancelled", message)
        if found.run:
            found.run.stop()
        found.operation.status, found.state = "Canceled", "Canceled"
        found.operation.ended = self._place.agenda.now()

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

    def forget(self, group: str) -> None:
        """Drop the records of a group that is no more."""
        self._groups.pop(group.lower(), None)

    def _run(self, records: "_Records", deployment: Deployment, reading: Reading, person: Person) -> None:
        """Resources are begun after the same time that an empty deployment takes.

        A failure that was ordered for the deployment itself breaks it off in the middle: after half of its resources.
        """
        operation = deployment.operation = self._operations.open(deployment.id, "deployment")
        operation.duration = self._duration
        error = self._operations.failure_of(deployment.id)

        def end() -> None:
            self._end(records, deployment, operation, error)

        run = deployment.run = Run(reading.items, reading.scope, person, self._place, end)
        run.struck = self.struck
        run.stop_after = len(reading.items) // 2 if error else None
        self._place.agenda.after(self._duration, run.begin)

    def _end(
        self, records: "_Records", deployment: Deployment, operation: Operation, error: OperationError | None
    ) -> None:
        run = deployment.run
        if run and not run.failed and not error:
            try:
                deployment.outputs = run.outputs(deployment.sent["properties"]["template"].get("outputs") or {})
            except Refused as refused:
                error = OperationError(refused.code, refused.message)
        failed = error or (run and run.failed)
        self._operations.close(operation, "Failed" if failed else "Succeeded", error)
        self._finish(records, deployment, operation)

    def _finish(self, records: "_Records", deployment: Deployment, operation: Operation) -> None:
        if deployment.state == "Running":
            deployment.state = operation.status
        if len(records) > TRIM_ABOVE:
            done = [key for key, record in records.items() if not record.active]
            for key in done[: len(records) - TRIM_TO]:
                del records[key]


_Records = dict[str, Deployment]


def _active(name: str) -> Refused:
    return Refused(
        "DeploymentActive",
        f"Unable to edit or replace deployment '{name}': previous deployment is still active. "
        "Please see https://aka.ms/arm-deploy for usage details.",
    )
