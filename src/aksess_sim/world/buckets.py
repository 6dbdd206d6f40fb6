"""Token buckets, as Azure throttles with: a burst, and a steady refill in world time."""

from aksess_sim.world.clock import WorldClock

_ROUNDING = 1e-6
"""Sums of fractions fall short of a whole token by less than this; a wait that was told must be enough."""


class Bucket:
    """Holds at most `burst` tokens, gains `per_second` world-second; starts full."""

    def __init__(self, clock: WorldClock, burst: int, per_second: float) -> None:
        self._clock = clock
        self._burst = burst
        self._per_second = per_second
        self._level = float(burst)
        self._as_of = clock.elapsed()

    @property
    def remaining(self) -> int:
        """Whole tokens there are to take."""
        self._refill()
        return int(self._level)

    def take(self) -> float:
        """Take one token and return 0.0, or take none and return the world seconds until there is one."""
        self._refill()
        if self._level >= 1 - _ROUNDING:
            self._level = max(0.0, self._level - 1)
            return 0.0
        return (1 - self._level) / self._per_second

    def _refill(self) -> None:
        now = self._clock.elapsed()
        self._level = min(self._burst, self._level + (now - self._as_of) * self._per_second)
        self._as_of = now
