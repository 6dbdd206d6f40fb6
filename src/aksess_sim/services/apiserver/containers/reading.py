"""Programs that read: what comes in goes through a chunk at a time, however much it is."""

import errno
import hashlib
import os
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from aksess_sim.services.apiserver.containers.process import Process, Program
from aksess_sim.services.apiserver.containers.streams import CHUNK, Nothing, Sink, Source, copy

_UNITS = {"": 1, "k": 1024, "K": 1024, "M": 1024**2, "G": 1024**3}
_LONGEST_LINE = 1024**2
"""Bytes after which a line counts as ended."""
_MEMORY = 16 * 1024**2
"""Bytes that a program may keep; more is "Cannot allocate memory"."""


async def _cat(process: Process) -> int:
    for _, source in _inputs(process, process.arguments):
        await copy(source, process.stdout)
    return 0


def _inputs(process: Process, names: list[str]) -> list[tuple[str, Source]]:
    """What the command line names, `-` and nothing at all being standard input."""
    given = [name for name in names if name == "-" or not name.startswith("-")]
    return [
        (name, process.stdin if name == "-" else process.container.files.source(process.path(name)))
        for name in given or ["-"]
    ]


async def _chunks(source: Source) -> AsyncIterator[bytes]:
    while chunk := await source.read():
        yield chunk


async def _lines(source: Source) -> AsyncIterator[bytes]:
    begun = b""
    async for chunk in _chunks(source):
        *whole, begun = (begun + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(begun) > _LONGEST_LINE:
            yield begun
            begun = b""
    if begun:
        yield begun


def _digest(algorithm: Callable[[], Any]) -> Program:
    async def program(process: Process) -> int:
        for name, source in _inputs(process, process.arguments):
            digest = algorithm()
            async for chunk in _chunks(source):
                digest.update(chunk)
            await process.say(f"{digest.hexdigest()}  {name}\n")
        return 0

    return program


async def _wc(process: Process) -> int:
    asked = "".join(word[1:] for word in process.arguments if word.startswith("-") and word != "-") or "lwc"
    for name, source in _inputs(process, process.arguments):
        counts, inside = dict.fromkeys("lwc", 0), False
        async for chunk in _chunks(source):
            counts["l"] += chunk.count(b"\n")
            counts["c"] += len(chunk)
            if "w" in asked:
                begins_inside = inside and not chunk[:1].isspace()
                counts["w"] += len(chunk.split()) - begins_inside
                inside = not chunk[-1:].isspace()
        shown = [str(counts[key]) for key in "lwc" if key in asked]
        await process.say(" ".join(shown + ([name] if name != "-" else [])) + "\n")
    return 0


async def _head(process: Process) -> int:
    unit, told, names = _asked(process.arguments)
    for _, source in _inputs(process, names):
        if unit == "c":
            await _first(source, process.stdout, _number(told))
            continue
        left = _number(told)
        async for line in _lines(source):
            if left <= 0:
                break
            await process.stdout.write(line)
            left -= 1
    return 0


async def _first(source: Source, sink: Sink, count: int) -> None:
    while count > 0 and (chunk := await source.read(min(count, CHUNK))):
        await sink.write(chunk)
        count -= len(chunk)


async def _tail(process: Process) -> int:
    """The last lines or bytes; `-c +N` everything from the N-th byte on, as kubectl cp goes on after a break."""
    unit, told, names = _asked(process.arguments)
    for _, source in _inputs(process, names):
        if told.startswith("+") and unit == "c":
            await _first(source, Nothing(), _number(told) - 1)
            await copy(source, process.stdout)
        elif unit == "c":
            await process.stdout.write(await _last_bytes(source, _number(told)))
        else:
            await process.stdout.write(await _last_lines(source, _number(told)))
    return 0


async def _last_bytes(source: Source, count: int) -> bytes:
    kept = bytearray()
    async for chunk in _chunks(source):
        kept += chunk
        del kept[: max(0, len(kept) - count)]
        _afford(len(kept))
    return bytes(kept)


async def _last_lines(source: Source, count: int) -> bytes:
    lines, held = deque[bytes](), 0
    async for line in _lines(source):
        lines.append(line)
        held += len(line)
        while len(lines) > count:
            held -= len(lines.popleft())
        _afford(held)
    return b"".join(lines)


def _afford(held: int) -> None:
    """Raise when a program keeps too much to itself."""
    if held > _MEMORY:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))


def _asked(arguments: list[str]) -> tuple[str, str, list[str]]:
    """Unit (`c` or `n`), number and files of `-c N`, `-cN`, `-n N` or `-N`; ten lines when nothing is said."""
    unit, told, names = "n", "10", []
    words = iter(arguments)
    for word in words:
        if word[:2] in ("-c", "-n"):
            unit, told = word[1], word[2:] or next(words, "")
        elif re.fullmatch(r"-\d+", word):
            unit, told = "n", word[1:]
        else:
            names.append(word)
    return unit, told, names


def _number(text: str) -> int:
    found = re.fullmatch(r"\+?(\d+)([kKMG]?)", text)
    return int(found[1]) * _UNITS[found[2]] if found else 0


PROGRAMS: dict[str, Program] = {
    "cat": _cat,
    "head": _head,
    "md5sum": _digest(lambda: hashlib.md5(usedforsecurity=False)),
    "sha256sum": _digest(hashlib.sha256),
    "tail": _tail,
    "wc": _wc,
}
