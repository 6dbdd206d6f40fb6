"""Signals: the first ends the command, which closes what it opened; while a child holds the terminal they are its."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aksess.progress import Progress

WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """One per command. Not installed (in tests), it lends all the same and catches nothing."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lent: Callable[[int], None] | None = None
        self.caught: list[int] = []

    @contextmanager
    def installed(self, task: asyncio.Task[Any]) -> Iterator[None]:
        """From now on a signal cancels the task: once to end it, again to end its closing."""
        loop = asyncio.get_running_loop()
        for number in WATCHED:
            loop.add_signal_handler(number, self._arrived, number, task)
        try:
            yield
        finally:
            for number in WATCHED:
                loop.remove_signal_handler(number)

    @contextmanager
    def lent(self, to: Callable[[int], None]) -> Iterator[None]:
        """While a child runs, signals are passed to it and end nothing here."""
        self._lent = to
        try:
            yield
        finally:
            self._lent = None

    def _arrived(self, number: int, task: asyncio.Task[Any]) -> None:
        if self._lent is not None:
            self._lent(number)
            return
        self.caught.append(number)
        task.cancel()
        if len(self.caught) == 1:
            self._progress.note("stopping; closing what was opened (once more leaves that to the next sweep)")
