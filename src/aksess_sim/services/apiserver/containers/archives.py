"""tar, as `kubectl cp` runs it in a container: `tar xf -` takes files, `tar cf - PATH` gives them, member by member.

What it understands: ustar, and the pax and GNU headers for long names; files and directories. Anything else in an
archive is passed over with a word about it, as these containers have no links.
"""

import posixpath
import re
import tarfile
from dataclasses import dataclass

from aksess_sim.services.apiserver.containers.files import Directory, File, FileSystem
from aksess_sim.services.apiserver.containers.process import Process, Program
from aksess_sim.services.apiserver.containers.streams import CHUNK, Nothing, Sink, Source

_BLOCK = tarfile.BLOCKSIZE
_LONGEST_HEADER = 64 * 1024
_END = bytes(2 * _BLOCK)


class _NoArchive(Exception):
    """What came in is no tar archive."""


@dataclass(frozen=True)
class _Orders:
    """The command line: `-xmf - -C DIR`, `cf - PATH ...` and their like."""

    extracts: bool
    archive: str
    directory: str
    names: list[str]


async def _tar(process: Process) -> int:
    orders = _orders(process)
    files = process.container.files
    try:
        if orders.extracts:
            source = process.stdin if orders.archive == "-" else files.source(process.path(orders.archive))
            await _Extraction(process, files, source, process.path(orders.directory)).run()
        else:
            sink = process.stdout if orders.archive == "-" else files.sink(process.path(orders.archive))
            await _create(process, orders, sink)
    except (_NoArchive, tarfile.HeaderError) as error:
        await process.complain(str(error))
        return 1
    return 0


def _orders(process: Process) -> _Orders:
    extracts, archive, directory, names = False, "-", ".", list[str]()
    words = iter(process.arguments)
    for number, word in enumerate(words):
        if word == "-C":
            directory = next(words, ".")
        elif not word.startswith("--") and (word.startswith("-") or number == 0) and word != "-":
            extracts = extracts or "x" in word
            archive = next(words, "-") if "f" in word else archive
        elif not word.startswith("--"):
            names.append(word)
    return _Orders(extracts, archive, directory, names)


async def _exactly(source: Source, count: int) -> bytes:
    """So many bytes, fewer only at the end."""
    data = bytearray()
    while len(data) < count and (chunk := await source.read(count - len(data))):
        data += chunk
    return bytes(data)


@dataclass
class _Extraction:
    """Takes one archive apart while it comes in."""

    process: Process
    files: FileSystem
    source: Source
    directory: str

    async def run(self) -> None:
        told: dict[str, str] = {}
        while len(header := await _exactly(self.source, _BLOCK)) == _BLOCK and any(header):
            member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
            if member.type in (tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
                told |= await self._told(member)
                continue
            await self._member(member, told.get("path", member.name), int(told.get("size", member.size)))
            told = {}
        if header and len(header) < _BLOCK:
            raise _NoArchive("short read")
        while await self.source.read():
            pass

    async def _told(self, member: tarfile.TarInfo) -> dict[str, str]:
        """What a header in front says of the next member: its long name, its size."""
        if member.size > _LONGEST_HEADER:
            raise _NoArchive("a header of unreasonable length")
        body = (await _exactly(self.source, _padded(member.size)))[: member.size].decode(errors="surrogateescape")
        if member.type == tarfile.GNUTYPE_LONGNAME:
            return {"path": body.rstrip("\0")}
        return dict(re.findall(r"^\d+ ([^=\n]+)=(.*)$", body, re.MULTILINE))

    async def _member(self, member: tarfile.TarInfo, name: str, size: int) -> None:
        inside = posixpath.normpath(posixpath.join("/", name)).lstrip("/")
        path = posixpath.join(self.directory, inside).rstrip("/") or "/"
        changed = int(member.mtime)
        sink: Sink = Nothing()
        if member.isdir():
            self.files.make_directory(path, member.mode, changed)
        elif member.isreg():
            self.files.make_directory(posixpath.dirname(path))
            sink = self.files.sink(path, mode=member.mode, changed=changed)
        else:
            await self.process.complain(f"{name}: links and devices are not kept here")
        left = size
        while left and (chunk := await self.source.read(min(left, CHUNK))):
            await sink.write(chunk)
            left -= len(chunk)
        if left or len(await _exactly(self.source, _padded(size) - size)) < _padded(size) - size:
            raise _NoArchive("short read")


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


async def _create(process: Process, orders: _Orders, sink: Sink) -> None:
    files = process.container.files
    base = process.path(orders.directory)
    for name in orders.names:
        start = posixpath.normpath(posixpath.join(base, name)).replace("//", "/")
        if name.startswith("/"):
            await process.complain("removing leading '/' from member names")
        for path, node in files.below(start):
            shown = posixpath.join(name, posixpath.relpath(path, start)).removesuffix("/.").lstrip("/") or "."
            await _give(files, shown, path, node, sink)
    await sink.write(_END)


async def _give(files: FileSystem, name: str, path: str, node: File | Directory, sink: Sink) -> None:
    member = tarfile.TarInfo(name)
    member.mode, member.mtime, member.uname, member.gname = node.mode, node.changed, "root", "root"
    member.type = tarfile.DIRTYPE if isinstance(node, Directory) else tarfile.REGTYPE
    member.size = len(node.content) if isinstance(node, File) else 0
    source = files.source(path) if member.size else Nothing()
    await sink.write(member.tobuf(tarfile.PAX_FORMAT))
    left = member.size
    while left and (chunk := await source.read(min(left, CHUNK))):
        await sink.write(chunk)
        left -= len(chunk)
    await sink.write(bytes(_padded(member.size) - member.size))


PROGRAMS: dict[str, Program] = {"tar": _tar}
