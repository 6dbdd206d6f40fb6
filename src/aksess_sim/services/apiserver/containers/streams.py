"""Bytes on their way between a client and the programs of a container, a chunk at a time and never many of them.

A writer waits until its reader has made room: whoever stalls, stalls the other end, and nothing piles up between.
"""

import asyncio
from collections import deque
from typing import Protocol

CHUNK = 32 * 1024
"""Bytes that go at a time, as Go's io.Copy moves them through a kubelet."""


class Source(Protocol):
    """Where bytes come from."""

    async def read(self, most: int = CHUNK) -> bytes:
        """Some bytes, at most so many, as soon as there are any; none means that it has ended."""
        ...


class Sink(Protocol):
    """Where bytes go."""

    async def write(self, data: bytes) -> None:
        """Hand over; waits for room. Raises BrokenPipeError when nobody will ever read it."""
        ...


class Pipe:
    """A source and a sink in one, holding little more than `most` bytes."""

    def __init__(self, most: int = 8 * CHUNK) -> None:
        self._most = most
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._ended = False
        self._abandoned = False
        self._changed = asyncio.Event()

    async def read(self, most: int = CHUNK) -> bytes:
        """See `Source`."""
        while not self._chunks:
            if self._ended:
                return b""
            await self._change()
        chunk = self._chunks.popleft()
        if len(chunk) > most:
            self._chunks.appendleft(chunk[most:])
            chunk = chunk[:most]
        self._held -= len(chunk)
        self._changed.set()
        return chunk

    async def write(self, data: bytes) -> None:
        """See `Sink`."""
        while self._held >= self._most and not self._abandoned:
            await self._change()
        if self._abandoned or self._ended:
            raise BrokenPipeError
        if data:
            self._chunks.append(data)
            self._held += len(data)
            self._changed.set()

    def end(self) -> None:
        """Nothing more will be written; what is held can still be read."""
        self._ended = True
        self._changed.set()

    def abandon(self) -> None:
        """Nobody will read any more: writers are told, what is held is dropped."""
        self._abandoned = True
        self._chunks.clear()
        self._held = 0
        self.end()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class Nothing:
    """A source that has ended, and a sink that swallows: /dev/null."""

    async def read(self, most: int = CHUNK) -> bytes:
        """See `Source`."""
        del most
        return b""

    async def write(self, data: bytes) -> None:
        """See `Sink`."""


async def read_line(source: Source) -> bytes:
    """One line with its end, byte by byte as a shell does it, so that what follows is left for others."""
    line = bytearray()
    while not line.endswith(b"\n") and (letter := await source.read(1)):
        line += letter
    return bytes(line)


async def copy(source: Source, sink: Sink) -> None:
    """Everything, until the source ends."""
    while chunk := await source.read():
        await sink.write(chunk)
