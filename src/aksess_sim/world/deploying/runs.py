"""A deployment under way: a resource is begun when what it waits for is there, and a failure stops what waits for it.

What was made stays when others fail (ARM docs deployment-modes: no rollback by itself). Unlike ARM, which tries some
refusals again, every refusal is final here: a template that needs luck should be seen to need it.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aksess_sim.world import role_assignments
from aksess_sim.world.deploying.evaluation import Scope, not_there
from aksess_sim.world.deploying.items import Item
from aksess_sim.world.operations import Agenda, OperationError
from aksess_sim.world.people import People, Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resources.store import Store
from aksess_sim.world.resources.writes import Writes

Body = dict[str, Any]
Struck = Callable[[str], OperationError | None]
"""Whether a fault strikes the PUT of this id that a deployment makes."""


def _operation_id() -> str:
    return secrets.token_hex(8).upper()


@dataclass
class Step:
    """One resource of a deployment, as its operations list tells of it."""

    item: Item
    id: str = field(default_factory=_operation_id)
    state: str = "Waiting"
    started: datetime | None = None
    ended: datetime | None = None
    new: bool = True
    error: OperationError | None = None
    refused: bool = False
    """Whether it failed at once, rather than on its way."""


@dataclass(frozen=True)
class Workplace:
    """What a run works with."""

    agenda: Agenda
    store: Store
    writes: Writes
    people: People


class Run:
    """One deployment's resources, from the first to the last; `on_end` is called once, when nothing more will happen.

    `stop_after` is how many resources are begun before the deployment breaks off; None lets it finish.
    """

    def __init__(
        self, items: list[Item], scope: Scope, person: Person, place: Workplace, on_end: Callable[[], None]
    ) -> None:
        self.steps = [Step(item) for item in items]
        self.stop_after: int | None = None
        self.struck: Struck = _never
        self._scope = replace(scope, look=self._look)
        self._person = person
        self._place = place
        self._on_end = on_end
        self._over = False

    @property
    def failed(self) -> list[Step]:
        """The steps that failed, in the order of the template."""
        return [step for step in self.steps if step.state == "Failed"]

    def begin(self) -> None:
        """Start what waits for nothing."""
        self._go_on()

    def stop(self) -> None:
        """Begin nothing more; what is under way goes on by itself."""
        self._over = True

    def outputs(self, declared: Mapping[str, Any]) -> Body:
        """The template's outputs. Raises Refused."""
        return {
            name: {"type": _spelled(str(one.get("type", "string"))), "value": self._scope.value(one.get("value"))}
            for name, one in declared.items()
        }

    def _go_on(self) -> None:
        """A step that is done at once may let others begin, so look again until none does."""
        while not self._over and (step := self._next()):
            self._start(step)
        if not self._over and not any(step.state == "Running" for step in self.steps):
            self._over = True
            self._on_end()

    def _next(self) -> Step | None:
        done = {step.item.id.lower() for step in self.steps if step.state == "Succeeded"}
        if self.stop_after is not None and sum(step.state != "Waiting" for step in self.steps) >= self.stop_after:
            return None
        return next((s for s in self.steps if s.state == "Waiting" and s.item.after <= done), None)

    def _start(self, step: Step) -> None:
        step.state, step.started = "Running", self._place.agenda.now()
        try:
            strike = self.struck(step.item.id)
            if strike:
                raise Refused(strike.code, strike.message, details=strike.details)
            body = self._scope.value(step.item.body)
            if step.item.scope:
                self._assign(step, body)
                return
            written = self._place.writes.put(step.item.id, body, self._person)
        except Refused as refused:
            step.refused = True
            self._end(step, OperationError(refused.code, refused.message, refused.details))
            return
        step.new = written.new
        operation = written.operation
        if operation is None:
            self._end(step, None)
        else:
            self._place.agenda.after(operation.duration, lambda: self._ended(step, operation.error))

    def _assign(self, step: Step, body: Body) -> None:
        scope, name = step.item.scope, step.item.id.rpartition("/")[2]
        _, step.new = role_assignments.put(self._place.people, scope, name, body)
        self._end(step, None)

    def _ended(self, step: Step, error: OperationError | None) -> None:
        self._end(step, error)
        self._go_on()

    def _end(self, step: Step, error: OperationError | None) -> None:
        step.state, step.error = ("Failed" if error else "Succeeded"), error
        step.ended = self._place.agenda.now()

    def _look(self, name: str) -> Body:
        ids = [step.item.id for step in self.steps if step.item.id.lower().endswith("/" + name.lower())]
        body = self._place.store.find(name) or (self._place.store.find(ids[0]) if ids else None)
        if body is None:
            raise not_there(name)
        return body


def _never(_: str) -> None:
    return None


def _spelled(kind: str) -> str:
    return kind[:1].upper() + kind[1:]
