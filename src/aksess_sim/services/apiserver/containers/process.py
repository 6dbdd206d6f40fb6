"""One running program: where it runs, what it was told, its three streams."""

import posixpath
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aksess_sim.services.apiserver.containers.container import Container
from aksess_sim.services.apiserver.containers.streams import Sink, Source
from aksess_sim.services.apiserver.containers.terminal import Terminal

NOT_FOUND = 127


@dataclass(frozen=True)
class Process:
    """What a program is given; its exit code is what it returns."""

    container: Container
    command: list[str]
    stdin: Source
    stdout: Sink
    stderr: Sink
    directory: str = "/"
    terminal: Terminal | None = None
    """The terminal behind the streams, where there is one."""
    depth: int = 0
    """Shells around it."""

    @property
    def arguments(self) -> list[str]:
        """What follows the program's name."""
        return self.command[1:]

    def path(self, name: str) -> str:
        """The absolute path of what the command line calls so."""
        return posixpath.normpath(posixpath.join(self.directory, name)).replace("//", "/")

    async def say(self, text: str) -> None:
        """Write text to standard output."""
        await self.stdout.write(text.encode())

    async def complain(self, text: str) -> None:
        """Write a line to standard error, under the program's name."""
        await self.stderr.write(f"{posixpath.basename(self.command[0])}: {text}\n".encode())


Program = Callable[[Process], Awaitable[int]]
