"""Time: the only place that asks it or sleeps, so that tests can own it.

Dates follow Azure's clock, not this machine's: leases are compared by many machines, and a wall clock that is wrong or
jumps must not lengthen or cut one. Durations come from the event loop's monotonic clock.
"""

import asyncio
from datetime import UTC, datetime, timedelta

DRIFT = timedelta(seconds=2)
"""HTTP dates have whole seconds; only a larger difference is a difference."""


class Clock:
    """Construct it inside a running event loop."""

    def __init__(self, start: datetime | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._anchor = (start or datetime.now(UTC), self._loop.time())

    def now(self) -> datetime:
        """The date (aware, UTC), as Azure last told it plus the time since."""
        date, at = self._anchor
        return date + timedelta(seconds=self._loop.time() - at)

    def follow(self, azure_date: datetime) -> timedelta:
        """Take Azure's date where ours differs; returns how far ours was off (zero when it was not)."""
        difference = azure_date - self.now()
        if abs(difference) <= DRIFT:
            return timedelta()
        self._anchor = (azure_date, self._loop.time())
        return difference

    def monotonic(self) -> float:
        """Seconds, for measuring."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def sleep_until_set(self, event: asyncio.Event, seconds: float) -> bool:
        """Sleep, but wake at once when `event` is set; returns whether it is."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        return True
