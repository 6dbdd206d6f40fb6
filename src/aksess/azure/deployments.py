"""Deployment records with an empty template: free, visible to `az deployment group list`, kept by Azure.

They deploy nothing. What they say is in their tags (values of at most 256 characters, REST reference, Tags).
"""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

from aksess.azure.arm import Arm, Json
from aksess.azure.ids import ClusterId
from aksess.clock import Clock
from aksess.errors import AzureBusy, Conflict, NotFound

API_VERSION = "2025-04-01"
WRITE_ACTION = "Microsoft.Resources/deployments/write"
VALUE_LIMIT = 256
_EMPTY = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [],
}
_ACTIVE_TRIES, _ACTIVE_WAIT = 30, 1.0


class Deployments:
    """The deployment records of a cluster's resource group. Errors: those of `refusals.py`."""

    def __init__(self, arm: Arm, clock: Clock) -> None:
        self._arm = arm
        self._clock = clock

    async def write(self, cluster: ClusterId, name: str, tags: Mapping[str, str]) -> None:
        """Create or overwrite one record; waits while Azure still runs the previous write of the same name."""
        body: Json = {
            "tags": {key: value[:VALUE_LIMIT] for key, value in tags.items()},
            "properties": {"mode": "Incremental", "template": _EMPTY, "parameters": {}},
        }
        for _ in range(_ACTIVE_TRIES):
            try:
                await self._arm.send("PUT", self._path(cluster, name), {"api-version": API_VERSION}, body)
            except Conflict as conflict:
                if conflict.azure_code != "DeploymentActive":
                    raise
                await self._clock.sleep(_ACTIVE_WAIT)
            else:
                return
        raise AzureBusy(f"the deployment record {name} stays active", "try again in a minute", code="ledger-busy")

    async def read(self, cluster: ClusterId, name: str) -> Json | None:
        """One record; None when there is none."""
        try:
            return await self._arm.get(self._path(cluster, name), API_VERSION)
        except NotFound:
            return None

    def every(self, cluster: ClusterId) -> AsyncIterator[Json]:
        """Every record of the resource group, others' deployments included (Azure keeps at most 800)."""
        return self._arm.items(f"{cluster.group_path}/providers/Microsoft.Resources/deployments", API_VERSION)

    @staticmethod
    def _path(cluster: ClusterId, name: str) -> str:
        return f"{cluster.group_path}/providers/Microsoft.Resources/deployments/{quote(name, safe='')}"
