"""Named misbehaviours, armed by whoever tests something against the simulated Azure.

A fault says what goes wrong, for which requests and how often; where it goes wrong is up to the proxy and to the
services' middleware, which ask here. Data only: no HTTP, no waiting.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase


class Kind(StrEnum):
    """What goes wrong."""

    STATUS = "status"
    """An answer of the given status and headers, with an ARM error or the given body; the service never sees the
    request."""
    CUT = "cut"
    """The connection breaks before the service sees the request."""
    CUT_AFTER = "cut-after"
    """The service does what was asked, and the connection breaks before the answer."""
    SLOW = "slow"
    """The service sees the request so many world seconds later."""
    HANG = "hang"
    """No answer, ever."""
    OPERATION_FAILS = "operation-fails"
    """The cluster operation that this request starts ends Failed and what it changed is rolled back."""


@dataclass
class Fault:
    """One armed misbehaviour. Patterns are shell globs, compared without case.

    A fault with method `*` is about HTTP requests; one about the way there names the method CONNECT, has no path, and
    is of kind status, cut, slow or hang.
    """

    kind: Kind
    host: str = "*"
    method: str = "*"
    path: str = "*"
    session: str | None = None
    """Only this session's requests; None is everyone's."""
    count: int | None = 1
    """How many requests it strikes; None is all until it is cleared."""
    status: int = 503
    code: str = "ServiceUnavailable"
    message: str = "The request could not be served (a fault was armed)."
    body: str | None = None
    """For status: the body as it stands, instead of an ARM error, as hosts that are not ARM answer."""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 5.0
    """World seconds, for slow."""
    struck: int = 0
    """How many requests it has struck."""

    def strikes(self, method: str, host: str, path: str, session: str | None) -> bool:
        """Whether this request is one it is about, and its count is not used up."""
        spent = self.count is not None and self.struck >= self.count
        ours = self.session in (None, session)
        way = self.method.upper() == "CONNECT"
        return (
            not spent
            and ours
            and way == (method == "CONNECT")
            and _matches(method, self.method)
            and _matches(host, self.host)
            and (way or _matches(path, self.path))
        )


class Faults:
    """The armed faults, oldest first."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> Fault:
        """From now on, let `fault` strike."""
        if fault.kind in (Kind.CUT_AFTER, Kind.OPERATION_FAILS) and fault.method.upper() == "CONNECT":
            raise ValueError(f"{fault.kind} needs a request that a service handles, not a CONNECT")
        self._armed.append(fault)
        return fault

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def armed(self) -> list[Fault]:
        """Those that can still strike."""
        return [fault for fault in self._armed if fault.count is None or fault.struck < fault.count]

    def take(self, method: str, host: str, path: str, session: str | None) -> Fault | None:
        """The first fault that strikes this request, counted as struck."""
        for fault in self._armed:
            if fault.strikes(method, host, path, session):
                fault.struck += 1
                return fault
        return None

    def take_inner(self, method: str, host: str, path: str) -> Fault | None:
        """The first fault that strikes a request which one service makes of another, such as a deployment's PUTs.

        Only one that names a path and says what the answer is: there is no connection of the caller's to break.
        """
        for fault in self._armed:
            answers = fault.kind in (Kind.STATUS, Kind.OPERATION_FAILS) and fault.path != "*"
            if answers and fault.session is None and fault.strikes(method, host, path, None):
                fault.struck += 1
                return fault
        return None


def _matches(value: str, pattern: str) -> bool:
    return fnmatchcase(value.lower(), pattern.lower())
