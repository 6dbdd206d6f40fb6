"""Any ARM resource by its id, as raw JSON: read, list, write, delete. The api-version of each type is known here alone.

What is not there is None; what may not be read is RightsMissing: the two must never look the same.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from aksess.azure.arm import Arm, Json
from aksess.azure.operations import Ended, Operation, Outcome, follow
from aksess.azure.resource_ids import type_of
from aksess.clock import Clock
from aksess.errors import NotFound

NETWORK = "2024-05-01"
VERSIONS = {
    "microsoft.network/privatednszones": "2020-06-01",
    "microsoft.network": NETWORK,
    "microsoft.relay": "2021-11-01",
    "microsoft.storage": "2023-05-01",
    "microsoft.authorization": "2022-04-01",
    "microsoft.containerservice": "2026-06-01",
    "microsoft.resources": "2022-09-01",
}
"""The longest beginning of a type's name that is listed; those of zones, relay and roles as in the official quickstart
(azure-quickstart-templates, demos/cloud-shell-vnet)."""
SETTLED = ("succeeded", "failed", "canceled", "")
LOOK_SECONDS = 3.0


def version_of(kind: str) -> str:
    """The api-version for a type such as `Microsoft.Network/natGateways`. Errors: KeyError for a foreign provider."""
    wanted = kind.lower()
    found = [one for one in VERSIONS if wanted == one or wanted.startswith(f"{one}/")]
    return VERSIONS[max(found, key=len, default=wanted)]


class Resources:
    """Errors: those of `refusals.py`."""

    def __init__(self, arm: Arm, clock: Clock) -> None:
        self._arm = arm
        self._clock = clock

    async def read(self, id: str) -> Json | None:  # noqa: A002 - ARM's own word
        """None when it, its group or its parent is not there."""
        try:
            return await self._arm.get(id, version_of(type_of(id)))
        except NotFound:
            return None

    async def listed(self, scope: str, kind: str, **params: str) -> list[Json]:
        """Every resource of a type below a subscription, a group or (for its children) a resource; none when the scope
        is not there."""
        try:
            return [one async for one in self._pages(scope, kind, params)]
        except NotFound:
            return []

    async def write(self, id: str, body: Json) -> Ended:  # noqa: A002 - ARM's own word
        """One PUT, sent once, and followed to its end."""
        version = version_of(type_of(id))
        reply = await self._arm.send("PUT", id, {"api-version": version}, body, retry=False)
        ended = await follow(self._arm, Operation.of(reply), self._clock)
        return await self._at_rest(id) if ended.outcome is Outcome.SUCCEEDED else ended

    async def delete(self, id: str) -> Ended:  # noqa: A002 - ARM's own word
        """To its end; what is not there is deleted already."""
        try:
            reply = await self._arm.send("DELETE", id, {"api-version": version_of(type_of(id))})
        except NotFound:
            return Ended(Outcome.SUCCEEDED)
        if reply.status != 202 and "Azure-AsyncOperation" not in reply.headers:
            return Ended(Outcome.SUCCEEDED)
        return await follow(self._arm, Operation.of(reply), self._clock)

    async def _at_rest(self, id: str) -> Ended:  # noqa: A002 - ARM's own word
        """Providers that name no operation tell by the resource itself how it goes."""
        while True:
            state = state_of(await self.read(id) or {})
            if state.lower() in SETTLED or state.lower() in ("created", "active"):
                failed = state.lower() in ("failed", "canceled")
                return Ended(Outcome.FAILED if failed else Outcome.SUCCEEDED, state if failed else "")
            await self._clock.sleep(LOOK_SECONDS)

    async def _pages(self, scope: str, kind: str, params: Mapping[str, str]) -> AsyncIterator[Json]:
        inside = type_of(scope).lower()
        below = (
            f"/{kind[len(inside) + 1 :]}" if inside and kind.lower().startswith(f"{inside}/") else f"/providers/{kind}"
        )
        async for one in self._arm.items(scope + below, version_of(kind), **params):
            yield one


def state_of(body: Mapping[str, Any]) -> str:
    """`provisioningState`, empty where a type has none."""
    return str((body.get("properties") or {}).get("provisioningState") or "")
