"""Command Invoke: Azure runs a command in a pod of the cluster, and keeps its result (REST reference, Run Command).

A command is sent once and never repeated by itself: it may have run although no answer came. It cannot be called back.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aksess.azure.arm import Arm, Json
from aksess.azure.clusters import API_VERSION
from aksess.azure.command_refusals import refused, unknown
from aksess.azure.ids import ClusterId
from aksess.azure.pipeline import retry_after
from aksess.clock import Clock
from aksess.errors import AzureBusy, AzureRefused, AzureUnreachable
from aksess.settings import Secret

RUN_ACTION = "Microsoft.ContainerService/managedClusters/runcommand/action"
READ_ACTION = "Microsoft.ContainerService/managedClusters/commandResults/read"
START_SECONDS = 150.0
"""Azure answers when the pod has started; it waits 60 s for a node and 30 s for the container (azure-cli#27776)."""
FIRST_LOOK, LONGEST_LOOK, GROWTH = 0.15, 5.0, 1.5
"""Seconds between looks when Azure names no Retry-After: most commands take less than one, and az waits five. Azure's
bucket holds 60 looks and gets one a second (AKS quotas page)."""
_ID = re.compile(r"commandResults/([\w-]{1,64})(?:[/?]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class CommandResult:
    """A command as Azure shows it. `state` in lower case: Azure's own documents spell it both ways."""

    id: str
    state: str
    exit_code: int | None = None
    logs: str = ""
    """Both output streams, as they were written; the first 512 kB."""
    reason: str = ""
    """Why it could not run to its end."""
    started: str = ""
    finished: str = ""

    @property
    def running(self) -> bool:
        return not self.ended

    @property
    def ended(self) -> bool:
        return self.state in ("succeeded", "failed", "canceled")

    @classmethod
    def of(cls, id: str, body: Json) -> "CommandResult":  # noqa: A002 - Azure's own word
        properties: dict[str, Any] = body.get("properties") or {}
        code = properties.get("exitCode")
        return cls(
            id=id,
            state=str(properties.get("provisioningState") or "running").lower(),
            exit_code=code if isinstance(code, int) else None,
            logs=str(properties.get("logs") or ""),
            reason=str(properties.get("reason") or ""),
            started=str(properties.get("startedAt") or ""),
            finished=str(properties.get("finishedAt") or ""),
        )


class Commands:
    """The runCommand calls of ARM. Errors: those of `refusals.py` and `command_refusals.py`."""

    def __init__(self, arm: Arm, clock: Clock) -> None:
        self._arm = arm
        self._clock = clock

    async def begin(self, cluster: ClusterId, line: str, context: str, token: Secret | None) -> CommandResult:
        """Once the pod has started. `context`: attached files, a zip in base64; `token`: for Entra clusters."""
        body: Json = {"command": line, "context": context}
        if token is not None:
            body["clusterToken"] = token.reveal()
        params = {"api-version": API_VERSION}
        try:
            reply = await self._arm.send(
                "POST", f"{cluster.path}/runCommand", params, body, retry=False, patience=START_SECONDS
            )
        except AzureRefused as refusal:
            raise refused(cluster.name, refusal) from refusal
        except AzureUnreachable as fault:
            raise unknown(fault) from fault
        found = _ID.search(reply.headers.get("Location", ""))
        return CommandResult.of(found[1] if found else str(reply.body.get("id", "")), reply.body)

    async def look(self, cluster: ClusterId, id: str) -> CommandResult:  # noqa: A002 - Azure's own word
        """Errors: NotFound for an id that Azure does not know, or no longer."""
        return (await self._look(cluster, id))[0]

    async def follow(self, cluster: ClusterId, begun: CommandResult) -> AsyncIterator[CommandResult]:
        """One after the other until it has ended, which is the last. A look that fails in passing is repeated."""
        seen, wait = begun, FIRST_LOOK
        while not seen.ended:
            asked = None
            await self._clock.sleep(wait)
            try:
                seen, asked = await self._look(cluster, begun.id)
            except (AzureBusy, AzureUnreachable) as fault:
                asked = getattr(fault, "retry_after", None)
            wait = asked or min(wait * GROWTH, LONGEST_LOOK)
            yield seen

    async def _look(self, cluster: ClusterId, id: str) -> tuple[CommandResult, float | None]:  # noqa: A002 - Azure's
        address = f"{cluster.path}/commandResults/{id}"
        reply = await self._arm.send("GET", address, {"api-version": API_VERSION})
        return CommandResult.of(id, reply.body), retry_after(reply.headers)


def is_id(text: str) -> bool:
    """Whether it can stand in a path (Azure's ids are 32 hexadecimal digits)."""
    return bool(re.fullmatch(r"[\w-]{1,64}", text, re.ASCII))
