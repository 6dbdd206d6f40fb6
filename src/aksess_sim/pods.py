"""The pods in which commands run: what they are given, what they leave, and the real ones, made of a shell here.

A real pod is `sh` in a scratch directory on this machine, as whoever holds the world, with the programs on their PATH
and nothing else of their environment. When it ends, however it ends, its processes and its directory are gone.
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

PROCESSES = Path("/proc")
ROUNDS = 20
LAST_BYTES_WITHIN = 1.0
"""Seconds for what is still in the pipe when every process has gone."""


@dataclass(frozen=True)
class Work:
    """What a pod is made for. `name` is its own in all the world: `command-` and the command's id."""

    name: str
    command: str
    files: Mapping[str, bytes]
    """By path below the directory that the command starts in."""
    kubeconfig: str = field(repr=False)
    proxy: str = field(repr=False)
    """The way out of the pod, with the password of a session that stands in the cluster."""
    most_output: int
    """Bytes that are kept; what follows is read and dropped."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: 128 + N when signal N ended it; both output streams in one."""

    exit_code: int
    output: bytes


class Pods(Protocol):
    """Whatever carries out commands; tests have their own."""

    async def run(self, work: Work) -> Ended:
        """Run it to its end; cancelled, leave nothing behind. Raises OSError when it cannot even begin."""
        ...


class LocalPods:
    """Real ones. Not for an event loop with virtual time: they are processes."""

    async def run(self, work: Work) -> Ended:
        """See `Pods`."""
        with tempfile.TemporaryDirectory(prefix="aksess-sim-pod-", ignore_cleanup_errors=True) as directory:
            room = _Room(Path(directory))
            room.furnish(work)
            return await _run(work, room)


@dataclass(frozen=True)
class _Room:
    """A pod's scratch directory, private to whoever holds the world."""

    path: Path

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def script(self) -> Path:
        """The command as a file: an argument could not be as long, and could hold no NUL."""
        return self.path / "command.sh"

    def furnish(self, work: Work) -> None:
        self.files.mkdir()
        (self.path / "home").mkdir()
        for name, content in work.files.items():
            target = self.files / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (self.path / "kubeconfig").write_text(work.kubeconfig)
        self.script.write_bytes(work.command.encode(errors="replace"))

    def environment(self, work: Work) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self.path / "home"),
            "TMPDIR": str(self.path),
            "KUBECONFIG": str(self.path / "kubeconfig"),
            "HOSTNAME": work.name,
            "HTTPS_PROXY": work.proxy,
            "https_proxy": work.proxy,
        }


class _Output(asyncio.Protocol):
    """Keeps the beginning of what comes."""

    def __init__(self, most: int) -> None:
        self.kept = bytearray()
        self.closed = asyncio.Event()
        self._most = most

    def data_received(self, data: bytes) -> None:
        self.kept += data[: self._most - len(self.kept)]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.closed.set()


async def _run(work: Work, room: _Room) -> Ended:
    """The pipe is our own: with asyncio's, the shell's end is not told as long as a child of it holds the pipe."""
    reading, writing = os.pipe()
    output = _Output(work.most_output)
    reader = os.fdopen(reading, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: output, reader)
    try:
        with os.fdopen(writing, "wb") as writer:
            shell = await asyncio.create_subprocess_exec(
                "sh",
                str(room.script),
                cwd=room.files,
                env=room.environment(work),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writer,
                stderr=writer,
                start_new_session=True,
            )
        code = await _end_of(shell, work.name)
        with suppress(TimeoutError):
            await asyncio.wait_for(output.closed.wait(), LAST_BYTES_WITHIN)
    finally:
        transport.close()
    return Ended(128 - code if code < 0 else code, bytes(output.kept))


async def _end_of(shell: asyncio.subprocess.Process, name: str) -> int:
    """A container ends with its first process, and takes all others with it."""
    try:
        return await shell.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        await _end_strays(name)
        await shell.wait()


async def _end_strays(name: str) -> None:
    """In rounds: one may start another just before its end."""
    for _ in range(ROUNDS):
        strays = list(_strays(name))
        if not strays:
            return
        for stray in strays:
            with suppress(ProcessLookupError):
                os.kill(stray, signal.SIGKILL)
        await asyncio.sleep(0.01)


def _strays(name: str) -> Iterator[int]:
    """Processes that left the shell's group; their environment tells whose they are (where the kernel shows it)."""
    mark = f"HOSTNAME={name}".encode()
    for process in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                yield int(process.name)
