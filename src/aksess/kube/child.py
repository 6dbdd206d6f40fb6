"""Run the person's command on the person's terminal, and give back its exit code.

The child shares the terminal and its signals: Ctrl-C reaches it first-hand, so this process must only outlive it.
Signals that reach this process alone are passed on.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from aksess.errors import BadInput

GRACE_SECONDS = 3.0


class Lender(Protocol):
    """Whoever owns this process's signals."""

    def lent(self, to: Callable[[int], None]) -> AbstractContextManager[None]:
        """Until it is left, signals go to `to`."""


async def run_child(command: Sequence[str], environment: Mapping[str, str], signals: Lender) -> int:
    """Its exit code, as a shell reports it (128 + n for a signal). Errors: BadInput when it cannot be started."""
    try:
        child = await asyncio.create_subprocess_exec(*command, env=dict(environment))
    except (OSError, ValueError) as fault:
        raise BadInput(
            f"`{command[0]}` cannot be started: {getattr(fault, 'strerror', None) or fault}",
            "check that it is installed and on PATH",
            code="command-not-found",
        ) from fault

    def pass_on(number: int) -> None:
        if child.returncode is None and not (number == signal.SIGINT and _has_terminal()):
            child.send_signal(number)
            if number == signal.SIGTERM:
                # An interactive shell ignores SIGTERM; a terminal that goes away is what it listens to.
                asyncio.get_running_loop().call_later(GRACE_SECONDS, _end, child, signal.SIGHUP)
                asyncio.get_running_loop().call_later(2 * GRACE_SECONDS, _end, child, signal.SIGKILL)

    with signals.lent(pass_on):
        try:
            code = await child.wait()
        except asyncio.CancelledError:
            child.terminate()
            await child.wait()
            raise
    return code if code >= 0 else 128 - code


def _end(child: asyncio.subprocess.Process, number: int) -> None:
    if child.returncode is None:
        child.send_signal(number)


def _has_terminal() -> bool:
    """Whether a terminal's Ctrl-C reaches the child by itself, whatever stdin is."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
