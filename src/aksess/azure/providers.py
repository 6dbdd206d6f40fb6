"""Resource providers of a subscription: who is registered, and asking for it. Asking for it takes minutes (Azure
resource providers and types); the state is what the subscription itself shows."""

from aksess.azure.arm import Arm
from aksess.clock import Clock
from aksess.errors import AksessError, AzureBusy

API_VERSION = "2021-04-01"
LOOK_SECONDS, PATIENCE_SECONDS = 5.0, 600.0


class Providers:
    """Errors: those of `refusals.py`."""

    def __init__(self, arm: Arm, clock: Clock) -> None:
        self._arm = arm
        self._clock = clock

    async def states(self, subscription: str) -> dict[str, str]:
        """By lower-case namespace, `Registered`, `NotRegistered`, `Registering`...; empty when it may not be read."""
        try:
            path = f"/subscriptions/{subscription}/providers"
            found = [one async for one in self._arm.items(path, API_VERSION)]
        except AksessError:
            return {}
        return {str(one.get("namespace", "")).lower(): str(one.get("registrationState", "")) for one in found}

    async def register(self, subscription: str, namespace: str) -> None:
        """Ask for it and wait until it is so. Errors: RightsMissing, AzureBusy after ten minutes."""
        path = f"/subscriptions/{subscription}/providers/{namespace}"
        params = {"api-version": API_VERSION}
        state = (await self._arm.send("POST", f"{path}/register", params)).body.get("registrationState")
        began = self._clock.monotonic()
        while str(state).lower() != "registered":
            if self._clock.monotonic() - began > PATIENCE_SECONDS:
                raise AzureBusy(
                    f"{namespace} is still `{state}` after {PATIENCE_SECONDS / 60:.0f} minutes",
                    f"look again later: az provider show -n {namespace} --query registrationState",
                    code="provider-pending",
                )
            await self._clock.sleep(LOOK_SECONDS)
            state = (await self._arm.get(path, API_VERSION)).get("registrationState")
