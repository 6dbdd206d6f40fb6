"""A person's own Cloud Shell settings: in which network their next shell starts.

The address is what the portal itself calls; that the network can be set here is documented nowhere (seen in
Azure/CloudShell#366 and in the open source of Azure's Cosmos DB explorer). So it is done only when told to, with
everything else in the settings kept as it is.
"""

import copy
from dataclasses import dataclass

from aksess.azure.arm import Arm, Json
from aksess.azure.resource_ids import same
from aksess.errors import NotFound

PATH = "/providers/Microsoft.Portal/userSettings/cloudconsole"
API_VERSION = "2023-02-01-preview"
ISOLATED, DEFAULT = "Isolated", "Default"


@dataclass(frozen=True)
class ShellSettings:
    """The settings as Azure gave them; `{}` for a person who has none yet."""

    body: Json

    @property
    def isolated(self) -> bool:
        return str(self._properties.get("networkType", "")).lower() == ISOLATED.lower()

    @property
    def profile(self) -> str:
        """The network profile the next shell starts in; empty for none."""
        return str(self._network.get("networkProfileResourceId") or "") if self.isolated else ""

    @property
    def relay(self) -> str:
        return str(self._network.get("relayNamespaceResourceId") or "") if self.isolated else ""

    @property
    def mounted(self) -> bool:
        """It keeps a home folder in a file share, which a network cuts off unless the share is in it."""
        return bool(self._properties.get("storageProfile")) and not self._ephemeral

    def names(self, profile: str, relay: str) -> bool:
        return same(self.profile, profile) and same(self.relay, relay)

    def inside(self, profile: str, relay: str, location: str, subscription: str) -> Json:
        """The body that lets the next shell start in this network."""
        body = self._copied()
        properties = {
            "preferredOsType": "Linux",
            "preferredShellType": "bash",
            "terminalSettings": {"fontSize": "Medium", "fontStyle": "monospace"},
            "userSubscription": subscription,
            **body["properties"],
        }
        network = {"networkProfileResourceId": profile, "relayNamespaceResourceId": relay, "location": location}
        # A share that was mounted from outside cannot be reached from inside: such a shell would not start.
        properties |= {"preferredLocation": location, "networkType": ISOLATED, "sessionType": "Ephemeral"}
        return {"properties": properties | {"vnetSettings": network}}

    def outside(self) -> Json:
        """The body that lets the next shell start in Microsoft's own network again."""
        body = self._copied()
        body["properties"].pop("vnetSettings", None)
        return {"properties": body["properties"] | {"networkType": DEFAULT}}

    def _copied(self) -> Json:
        return {"properties": copy.deepcopy(self._properties)}

    @property
    def _properties(self) -> Json:
        return self.body.get("properties") or {}

    @property
    def _network(self) -> Json:
        return self._properties.get("vnetSettings") or {}

    @property
    def _ephemeral(self) -> bool:
        return str(self._properties.get("sessionType", "")).lower() == "ephemeral"


class UserSettings:
    """Those of whoever is signed in; nobody else's can be read. Errors: those of `refusals.py`."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def read(self) -> ShellSettings:
        try:
            return ShellSettings(await self._arm.get(PATH, API_VERSION))
        except NotFound:
            return ShellSettings({})

    async def write(self, body: Json) -> ShellSettings:
        reply = await self._arm.send("PUT", PATH, {"api-version": API_VERSION}, body)
        return ShellSettings(reply.body)
