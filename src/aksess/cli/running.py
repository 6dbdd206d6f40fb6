"""Runs one command in an event loop of its own and turns errors into exit codes. Every error of ours ends here; bugs
keep their traceback."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aksess.cli.app import INTERRUPTED, Called, call
from aksess.cli.console import Console
from aksess.cli.signals import Signals
from aksess.clock import Clock
from aksess.errors import AksessError
from aksess.settings import masked, wants_debug


@dataclass
class App:
    """What a command gets: the console it speaks to and the clock it lives by."""

    console: Console
    new_clock: Callable[[], Clock] = field(default=Clock)
    signals: Signals = field(init=False)

    def __post_init__(self) -> None:
        self.signals = Signals(self.console)

    @classmethod
    def of_this_process(cls) -> Self:
        return cls(Console(os.environ))


async def run(argv: Sequence[str], app: App) -> int:
    """One command from its words to its exit code."""
    called = call(argv, lambda: app, app.console.stderr)
    return called if isinstance(called, int) else await finish(called, app.console)


async def finish(called: Called, console: Console) -> int:
    try:
        return int(await called or 0)
    except AksessError as fault:
        return _tell(fault, console)


def _tell(fault: AksessError, console: Console) -> int:
    """The error, and the one it hides: what was left open must not cover why."""
    hidden = fault.__context__
    if isinstance(hidden, AksessError) and hidden is not fault.__cause__:
        console.error(hidden)
    console.error(fault)
    if wants_debug(console.environment):
        logging.getLogger("aksess").error("", exc_info=fault)
    return fault.exit_code


class _Masking(logging.Formatter):
    """Tracebacks quote what libraries say, the proxy's address and its password among it (S8)."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def run_to_the_end(called: Called, app: App) -> int:
    """In a new event loop, with this process's streams and signals."""
    # What libraries log is told by our errors, once; without a handler Python would print it beside them.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    if wants_debug(os.environ):
        talk = logging.StreamHandler(sys.stderr)
        talk.setFormatter(_Masking("%(asctime)s %(name)s %(message)s"))
        logging.basicConfig(handlers=[talk])
        logging.getLogger("aksess").setLevel(logging.DEBUG)
    with asyncio.Runner() as runner:
        return runner.run(_with_signals(called, app))


async def _with_signals(called: Called, app: App) -> int:
    task: asyncio.Task[Any] | None = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    try:
        with app.signals.installed(task):
            return await finish(called, app.console)
    except asyncio.CancelledError:
        return 128 + app.signals.caught[0] if app.signals.caught else INTERRUPTED
