"""Long-running operations: followed as Azure allows, never faster than it asks.

Terminal words arrive with HTTP 200 even for a failure (recorded behaviour); anything else means keep looking. Where
there is no operation to ask but only a Location, the HTTP status is the word: 202 means keep looking (ARM reference,
asynchronous operations).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aksess.azure.arm import Arm, Reply
from aksess.azure.pipeline import retry_after
from aksess.clock import Clock
from aksess.errors import AzureBusy, AzureRefused, AzureUnreachable, NotFound, RightsMissing

PATIENCE_SECONDS = 600.0
"""Without an answer about an operation: after that nobody is there to tell."""
UNTOLD_SECONDS = 5.0
"""Between looks when Azure names no Retry-After: far below its bucket of two a second (AKS quotas page)."""


class Outcome(StrEnum):
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    CANCELED = "Canceled"
    UNTOLD = "untold"
    """Azure does not say how it ended."""


@dataclass(frozen=True)
class Operation:
    """An accepted change: where to follow it (a signed address, never to be logged), and when to look first."""

    address: str | None
    first_look: float
    by_status: bool = False
    """The address is that of a result, and only the HTTP status tells whether it is there."""

    @classmethod
    def of(cls, reply: Reply) -> "Operation":
        if address := reply.headers.get("Azure-AsyncOperation"):
            return cls(address, next_look(reply.headers))
        location = reply.headers.get("Location") if reply.status == 202 else None
        return cls(location, next_look(reply.headers), by_status=location is not None)


@dataclass(frozen=True)
class Ended:
    outcome: Outcome
    reason: str = ""


async def follow(arm: Arm, operation: Operation, clock: Clock) -> Ended:
    """Until the operation ends. A look that fails in passing is repeated, for as long as is worth it; errors:
    NotSignedIn."""
    await clock.sleep(operation.first_look)
    if operation.address is None:
        return Ended(Outcome.SUCCEEDED)
    answered = clock.monotonic()
    while True:
        wait = UNTOLD_SECONDS
        try:
            reply = await arm.send("GET", operation.address, {})
        except (AzureBusy, AzureUnreachable) as fault:
            if clock.monotonic() - answered > PATIENCE_SECONDS:
                return Ended(Outcome.UNTOLD, fault.sentence)
            wait = getattr(fault, "retry_after", None) or wait
        except (AzureRefused, RightsMissing) as fault:
            # The change was accepted; that its progress may not be read says nothing about it. Its result may be a no.
            told = operation.by_status and isinstance(fault, AzureRefused) and not isinstance(fault, NotFound)
            return Ended(Outcome.FAILED if told else Outcome.UNTOLD, fault.sentence)
        else:
            if ended := _by_status(reply) if operation.by_status else _ended(reply):
                return ended
            wait, answered = next_look(reply.headers), clock.monotonic()
        await clock.sleep(wait)


def next_look(headers: Mapping[str, str]) -> float:
    """Seconds until the next look; a missing or zero header means our own measure."""
    return retry_after(headers) or UNTOLD_SECONDS


def _by_status(reply: Reply) -> Ended | None:
    return None if reply.status == 202 else Ended(Outcome.SUCCEEDED)


def _ended(reply: Reply) -> Ended | None:
    status = str(reply.body.get("status", "")).lower()
    for outcome in Outcome:
        if status == outcome.lower():
            error = reply.body.get("error") or {}
            return Ended(outcome, f"{error.get('code', '')}: {error.get('message', '')}".strip(": "))
    return None
