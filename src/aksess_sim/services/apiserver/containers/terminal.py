"""A terminal between a client and what runs in a container: echo, line editing, Ctrl-C and Ctrl-D.

What is typed ahead is echoed when somebody reads it, as shells that edit their own lines do it.
"""

import asyncio
import codecs
from collections.abc import Coroutine
from typing import Any

from aksess_sim.services.apiserver.containers.streams import CHUNK, Pipe, Sink, Source

INTERRUPTED = 130
_CTRL_C, _CTRL_D = "\x03", "\x04"


class Terminal:
    """Source and sink of the programs on it; `listen` must run beside them."""

    def __init__(self, keyboard: Source, screen: Sink) -> None:
        self._keyboard = keyboard
        self._screen = screen
        self._typed = Pipe()
        self._letters = codecs.getincrementaldecoder("utf-8")(errors="ignore")
        self._line = b""
        self._foreground: asyncio.Task[int] | None = None

    async def listen(self) -> None:
        """Take what is typed until the client closes its input; Ctrl-C ends what runs in the foreground."""
        while data := await self._keyboard.read():
            before, interrupt, after = data.rpartition(_CTRL_C.encode())
            if interrupt and self._foreground is not None:
                self._foreground.cancel()
            else:
                await self._typed.write(before + interrupt)
            await self._typed.write(after)
        self._typed.end()

    async def in_foreground(self, work: Coroutine[Any, Any, int]) -> int:
        """Let a program run until it ends or Ctrl-C ends it; its exit code."""
        async with asyncio.TaskGroup() as tasks:
            self._foreground = task = tasks.create_task(work, name="foreground program")
            task.add_done_callback(lambda _: setattr(self, "_foreground", None))
        if not task.cancelled():
            return task.result()
        await self._show("^C\n")
        return INTERRUPTED

    async def read(self, most: int = CHUNK) -> bytes:
        """See `Source`: a line when it has been entered."""
        if not self._line:
            self._line = (await self.read_line() or "").encode()
        part, self._line = self._line[:most], self._line[most:]
        return part

    async def write(self, data: bytes) -> None:
        """See `Sink`: lines begin at the left."""
        await self._screen.write(data.replace(b"\n", b"\r\n"))

    async def read_line(self) -> str | None:
        """One line with its end, edited while it is typed; empty after Ctrl-C, None at Ctrl-D or the client's end."""
        line = ""
        while byte := await self._typed.read(1):
            letter = self._letters.decode(byte)
            if not letter:
                continue
            if letter in "\r\n":
                await self._show("\n")
                return f"{line}\n"
            if letter == _CTRL_C:
                await self._show("^C\n")
                return "\n"
            if letter == _CTRL_D and not line:
                return None
            line = await self._edited(line, letter)
        return line or None

    async def _edited(self, line: str, letter: str) -> str:
        if letter in "\x7f\b":
            if line:
                await self._show("\b \b")
            return line[:-1]
        if not letter.isprintable():
            return line
        await self._show(letter)
        return line + letter

    async def _show(self, text: str) -> None:
        await self.write(text.encode())
