"""A container's files: in memory, few megabytes, gone with the pod.

Every error is an OSError with the number and the path a real file system would give.
"""

import asyncio
import errno
import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from aksess_sim.services.apiserver.containers.streams import CHUNK, Nothing, Sink, Source

ROOM = 64 * 1024 * 1024
"""Bytes that the files of one container may hold; more is "No space left on device"."""
_DIRECTORIES = ("bin", "dev", "etc", "home", "lib", "proc", "root", "run", "sbin", "sys", "tmp", "usr", "var")


@dataclass
class File:
    """A regular file; `changed` in seconds since 1970."""

    content: bytearray = field(default_factory=bytearray)
    mode: int = 0o644
    changed: int = 0


@dataclass
class Directory:
    """A directory; what is in it is known by the paths of the others."""

    mode: int = 0o755
    changed: int = 0


class FileSystem:
    """Files and directories by absolute path."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._nodes: dict[str, File | Directory] = {"/": Directory()}
        for name in _DIRECTORIES:
            self._nodes[f"/{name}"] = Directory()

    def find(self, path: str) -> File | Directory | None:
        """What is at an absolute path."""
        return self._nodes.get(path)

    def names(self, path: str) -> list[str]:
        """The names in a directory, in order."""
        self._directory(path, path)
        return sorted(posixpath.basename(one) for one in self._nodes if one != "/" and posixpath.dirname(one) == path)

    def below(self, path: str) -> Iterator[tuple[str, File | Directory]]:
        """A file, or a directory and everything in it, parents first."""
        if path not in self._nodes:
            raise _error(errno.ENOENT, path)
        inside = path.rstrip("/") + "/"
        for one in sorted(self._nodes):
            if one == path or one.startswith(inside):
                yield one, self._nodes[one]

    def source(self, path: str) -> Source:
        """What is in a file or comes out of a device."""
        if path in _DEVICES:
            return _DEVICES[path]
        node = self._nodes.get(path)
        if not isinstance(node, File):
            raise _error(errno.EISDIR if node else errno.ENOENT, path)
        return _FileSource(node)

    def sink(self, path: str, *, append: bool = False, mode: int = 0o644, changed: int = 0) -> Sink:
        """A file to be written, from its beginning or its end."""
        if path in _DEVICES:
            return Nothing()
        self._directory(posixpath.dirname(path), path)
        node = self._nodes.get(path)
        if isinstance(node, Directory):
            raise _error(errno.EISDIR, path)
        if node is None or not append:
            node = self._nodes[path] = File(mode=mode, changed=changed)
        return _FileSink(self, node, path)

    def make_directory(self, path: str, mode: int = 0o755, changed: int = 0) -> None:
        """A directory, and those above it; one that is there already stays as it is."""
        node = self._nodes.get(path)
        if isinstance(node, File):
            raise _error(errno.EEXIST, path)
        if node is None:
            self.make_directory(posixpath.dirname(path))
            self._nodes[path] = Directory(mode, changed)

    def remove(self, path: str) -> None:
        """A file, or a directory with all that is in it."""
        for one, _node in list(self.below(path)):
            del self._nodes[one]

    def make_room(self, path: str, more: int) -> None:
        """Raise when so many bytes more do not fit."""
        if more + sum(len(node.content) for node in self._nodes.values() if isinstance(node, File)) > self._room:
            raise _error(errno.ENOSPC, path)

    def _directory(self, path: str, asked: str) -> None:
        """Raise when this is no directory, for somebody who asked for another path."""
        node = self._nodes.get(path)
        if not isinstance(node, Directory):
            raise _error(errno.ENOTDIR if node else errno.ENOENT, asked)


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)


@dataclass
class _FileSource:
    file: File
    place: int = 0

    async def read(self, most: int = CHUNK) -> bytes:
        await asyncio.sleep(0)  # see _Zeros
        chunk = bytes(self.file.content[self.place : self.place + most])
        self.place += len(chunk)
        return chunk


@dataclass(frozen=True)
class _FileSink:
    files: FileSystem
    file: File
    path: str

    async def write(self, data: bytes) -> None:
        self.files.make_room(self.path, len(data))
        self.file.content += data


class _Zeros:
    _CHUNK = bytes(CHUNK)

    async def read(self, most: int = CHUNK) -> bytes:
        await asyncio.sleep(0)  # it never waits, and others must have their turn
        return self._CHUNK if most >= CHUNK else bytes(most)


class _Noise:
    async def read(self, most: int = CHUNK) -> bytes:
        await asyncio.sleep(0)
        return os.urandom(min(most, CHUNK))


_DEVICES: dict[str, Source] = {
    "/dev/null": Nothing(),
    "/dev/zero": _Zeros(),
    "/dev/random": _Noise(),
    "/dev/urandom": _Noise(),
}
