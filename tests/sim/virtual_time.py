"""An event loop whose time jumps: when nothing is left to do now, it is at once the next thing's time.

What never comes is told with a RuntimeError, again and again until the loop is closed. pytest's own time limit is no
help there: it strikes once, property tests take it for a finding and try again, and nothing limits a fixture's end.
"""

import asyncio
import selectors
import time
from collections.abc import Mapping
from typing import Any

END_OF_TIME = 180 * 86_400.0
"""Virtual seconds. From 2**24 on, a float adds no nanosecond, asyncio's resolution: due timers would never be run."""
PATIENCE = 120.0
"""Real seconds without a jump: longer than pytest lets a test run."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: reports that so many seconds may be skipped. Loopback sockets are ready as soon as written to."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0
        self._jumped = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        now = time.monotonic()
        left = self._jumped + PATIENCE - now
        ready = super().select(max(0.0, left) if timeout is None else 0)
        if left <= 0 or (timeout is None and not ready):
            self._jumped = time.monotonic() - 0.9 * PATIENCE  # a moment to clear up in
            raise RuntimeError("no virtual time passes: something is always busy, or waits for what nobody does")
        if not ready and timeout:
            if self.skipped + timeout > END_OF_TIME:
                raise RuntimeError("half a year of virtual time has passed: something is waited for in vain")
            self.skipped += timeout
            self._jumped = now
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Real sockets, virtual time, starting at zero; not for tests with threads or subprocesses."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.skipped


LOOP_FACTORIES: Mapping[str, Any] = {"virtual": VirtualTimeLoop}
