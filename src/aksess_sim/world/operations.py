"""Long-running operations and everything else that comes due: settled when looked at, never by a background task."""

import heapq
import itertools
import secrets
import uuid
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from aksess_sim.world.clock import WorldClock

Ended = Literal["Succeeded", "Failed", "Canceled"]


class Agenda:
    """What happens when; `settle` lets everything happen that is due, in order of time."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._sequence = itertools.count()
        self._due: float | None = None

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Let `action` happen so many world seconds from now; entries due together happen in the order given.

        For an action that is happening, now is when it was due: what follows from it is not late because nobody looked.
        """
        due = (self._clock.elapsed() if self._due is None else self._due) + seconds
        heapq.heappush(self._entries, (due, next(self._sequence), action))

    def now(self) -> datetime:
        """The date: of the action that is happening, when it was due."""
        late = 0.0 if self._due is None else self._clock.elapsed() - self._due
        return self._clock.now() - timedelta(seconds=self._clock.real_seconds(late))

    def settle(self) -> None:
        """Let happen what is due; an action may add entries, which then happen too when due already."""
        while self._entries and self._entries[0][0] <= self._clock.elapsed():
            self._due, _, action = heapq.heappop(self._entries)
            try:
                action()
            finally:
                self._due = None


@dataclass(frozen=True)
class OperationError:
    """Why an operation failed: Azure's code and sentence, and errors inside the error."""

    code: str
    message: str
    details: tuple[dict[str, Any], ...] = ()


@dataclass
class Operation:
    """One operation on one resource; dates are those of the world, `duration` is in world seconds."""

    id: str
    kind: str
    resource: str
    started: datetime
    duration: float
    status: Literal["InProgress"] | Ended = "InProgress"
    ended: datetime | None = None
    error: OperationError | None = None
    result: dict[str, Any] = field(default_factory=dict)
    """What came of it, for those that are asked for a result."""
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    """Whoever shows it may ask for the status without further rights, as with ARM's signed operation URLs."""


class Operations:
    """All operations of the world, at most one running on a resource (callers ask `running_on` first)."""

    def __init__(self, clock: WorldClock, agenda: Agenda) -> None:
        self._clock = clock
        self._agenda = agenda
        self._by_id: dict[str, Operation] = {}
        self._latest: dict[str, Operation] = {}
        self._failures: defaultdict[str, deque[OperationError]] = defaultdict(deque)

    def begin(self, resource: str, kind: str, duration: float, on_end: Callable[[Operation], None]) -> Operation:
        """Start an operation that takes so many world seconds; `on_end` sees it ended, either way."""
        operation = Operation(str(uuid.uuid4()), kind, resource, self._agenda.now(), duration)
        error = self.failure_of(resource)
        self._by_id[operation.id] = self._latest[resource.lower()] = operation
        self._agenda.after(duration, lambda: self._end(operation, error, on_end))
        return operation

    def open(self, resource: str, kind: str) -> Operation:
        """Start an operation whose end is not known yet; `close` ends it."""
        operation = Operation(str(uuid.uuid4()), kind, resource, self._agenda.now(), 0)
        self._by_id[operation.id] = self._latest[resource.lower()] = operation
        return operation

    def close(self, operation: Operation, status: Ended, error: OperationError | None = None) -> None:
        """End an operation that was opened, now."""
        operation.status = status
        operation.error = error
        operation.ended = self._agenda.now()

    def failure_of(self, resource: str) -> OperationError | None:
        """The failure that `fail_next` holds ready for a resource; it strikes only once."""
        failures = self._failures[resource.lower()]
        return failures.popleft() if failures else None

    def fail_next(self, resource: str, error: OperationError) -> None:
        """Let the next operation on the resource fail at its end; several calls queue up."""
        self._failures[resource.lower()].append(error)

    def running_on(self, resource: str) -> Operation | None:
        """The operation in progress on a resource."""
        latest = self._latest.get(resource.lower())
        return latest if latest and latest.status == "InProgress" else None

    def find(self, operation_id: str) -> Operation | None:
        """An operation by its id, ended ones too."""
        return self._by_id.get(operation_id.lower())

    def _end(self, operation: Operation, error: OperationError | None, on_end: Callable[[Operation], None]) -> None:
        operation.status = "Failed" if error else "Succeeded"
        operation.error = error
        took = timedelta(seconds=self._clock.real_seconds(operation.duration))
        operation.ended = operation.started + took
        on_end(operation)
