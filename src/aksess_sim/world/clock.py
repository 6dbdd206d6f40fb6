"""The world's time: durations are scaled, dates are not.

At speed 60 an operation of 90 seconds takes 1.5, while dates stay those of the wall clock, so that real clients with
clocks of their own agree about token lifetimes. Everything is measured on the event loop's clock: a loop with virtual
time gives a world with virtual time. Nothing else in this package may ask the time or sleep.
"""

import asyncio
from datetime import UTC, datetime, timedelta


class WorldClock:
    """Construct it inside a running event loop; `speed` is world seconds per real second, above zero."""

    def __init__(self, speed: float = 1.0, start: datetime | None = None) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above zero, not {speed}")
        self.speed = speed
        self._loop = asyncio.get_running_loop()
        self._born = self._loop.time()
        self._start = start or datetime.now(UTC)

    def now(self) -> datetime:
        """The date here (aware, UTC): unscaled."""
        return self._start + timedelta(seconds=self._loop.time() - self._born)

    def elapsed(self) -> float:
        """World seconds since the world began: scaled."""
        return (self._loop.time() - self._born) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait so many world seconds."""
        await asyncio.sleep(self.real_seconds(seconds))

    def real_seconds(self, seconds: float) -> float:
        """What so many world seconds are on the callers' clocks."""
        return seconds / self.speed


def iso(moment: datetime) -> str:
    """A date as Azure writes it: UTC, with a `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
