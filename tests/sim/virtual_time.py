"""An event loop whose time jumps: when nothing is left to do now, it is at once the next thing's time."""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: reports that so many seconds may be skipped. Loopback sockets are ready as soon as written to."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready and timeout > 0:
            self.skipped += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Real sockets, virtual time, starting at zero; not for tests with threads or subprocesses."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.skipped


LOOP_FACTORIES: Mapping[str, Any] = {"virtual": VirtualTimeLoop}
