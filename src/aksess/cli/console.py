"""Where words go: data to stdout, talk to stderr. The only file of the product that writes to either."""

import contextlib
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO

from aksess.errors import AksessError


@dataclass
class Console:
    """The terminal as one command sees it. Implements `Progress`."""

    environment: Mapping[str, str]
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    _said: str = ""

    def data(self, text: str) -> None:
        """What the caller asked for."""
        self.stdout.write(text if text.endswith("\n") else text + "\n")
        self.stdout.flush()

    def output(self, content: bytes) -> None:
        """What a command elsewhere wrote, byte for byte."""
        binary = getattr(self.stdout, "buffer", None)
        if binary is None:
            self.stdout.write(content.decode(errors="replace"))
        else:
            binary.write(content)
        self.stdout.flush()

    def given(self) -> bytes:
        """All that comes in."""
        binary = getattr(self.stdin, "buffer", None)
        return bytes(binary.read()) if binary is not None else self.stdin.read().encode()

    def stage(self, text: str, *, usually: float | None = None) -> None:
        """Said once, however often the stage is entered again before another one."""
        if text == self._said:
            return
        self._said = text
        usual = f" (usually {_duration(usually)})" if usually else ""
        self._talk(f"{self._dim('·')} {printable(text)}{usual}")

    def note(self, text: str) -> None:
        self._talk(f"{self._dim('!')} {printable(text)}")

    def done(self, text: str) -> None:
        self._talk(f"{self._dim('✓' if self._unicode else '+')} {printable(text)}")

    def error(self, fault: AksessError) -> None:
        """Code, sentence, next step: always these three, always in this order."""
        self._talk(f"error [{fault.code}]: {printable(fault.sentence)}")
        self._talk(f"  next: {printable(fault.next_step)}")

    def asks(self, question: str) -> bool:
        """A yes typed on a terminal; anything else, or no terminal, is a no."""
        if not (self.stdin.isatty() and self.stderr.isatty()):
            return False
        self.stderr.write(f"{question} [y/N] ")
        self.stderr.flush()
        # The event loop's own handler would only note the signal and leave the question standing.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return self.stdin.readline().strip().lower() in ("y", "yes")
        except KeyboardInterrupt:
            return False
        finally:
            signal.signal(signal.SIGINT, before)

    @property
    def colourful(self) -> bool:
        return (
            self.stderr.isatty() and not self.environment.get("NO_COLOR") and self.environment.get("TERM", "") != "dumb"
        )

    @property
    def _unicode(self) -> bool:
        return (getattr(self.stderr, "encoding", "") or "").lower().startswith("utf")

    def _dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.colourful else text

    def _talk(self, line: str) -> None:
        """A terminal that is gone must not stop the closing of what was opened (S4)."""
        with contextlib.suppress(OSError, ValueError):
            self._write(line)

    def _write(self, line: str) -> None:
        self.stderr.write(line + "\n")
        self.stderr.flush()


def printable(text: str) -> str:
    """Names and messages come from outside: no control character of theirs reaches the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
