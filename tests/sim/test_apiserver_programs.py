"""The programs in containers: streams in, streams out, an exit code; a shell that joins them, and tar."""

import io
import tarfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.services.apiserver.containers import programs
from aksess_sim.services.apiserver.containers.container import Container
from aksess_sim.services.apiserver.containers.files import FileSystem
from aksess_sim.services.apiserver.containers.process import Process
from aksess_sim.world.clock import WorldClock

MIB = 1024 * 1024
NULL_DIGEST = "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58"
"""SHA-256 of a mebibyte of zeros."""


@dataclass
class Result:
    """How a command ended."""

    code: int
    out: bytes
    err: str


@dataclass
class Kept:
    """A sink that keeps what is written."""

    data: bytearray = field(default_factory=bytearray)

    async def write(self, data: bytes) -> None:
        self.data += data


@dataclass
class Given:
    """A source that gives what there is in pieces of its own."""

    data: bytes
    place: int = 0

    async def read(self, most: int = 1000) -> bytes:
        chunk = self.data[self.place : self.place + min(most, 1000)]
        self.place += len(chunk)
        return chunk


Run = Callable[..., Coroutine[Any, Any, Result]]


@pytest_asyncio.fixture
async def files() -> FileSystem:
    return FileSystem(room=2 * MIB)


@pytest_asyncio.fixture
async def run(files: FileSystem) -> Run:
    return runner(files)


def runner(files: FileSystem) -> Run:
    """Runs commands in a container of these files."""
    containers = [{"name": "main", "env": [{"name": "COLOUR", "value": "blue"}]}]
    pod = {"metadata": {"name": "one"}, "spec": {"containers": containers}}
    container = Container(pod, "main", WorldClock(60), files)

    async def run(*command: str, stdin: bytes = b"") -> Result:
        out, err = Kept(), Kept()
        code = await programs.run(Process(container, list(command), Given(stdin), out, err))
        return Result(code, bytes(out.data), err.data.decode())

    return run


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("echo a; echo -n b", "a\nb"),
        ("echo 'a;  b' \"c|d\" e\\ f", "a;  b c|d e f\n"),
        ("echo $COLOUR ${COLOUR}s '$COLOUR' \"$NONE\" $NONE end", "blue blues $COLOUR  end\n"),
        ("false; echo $?; true && echo yes || echo no", "1\nyes\n"),
        ("false && echo yes || echo no", "no\n"),
        ("false && echo a; echo b # not this; echo c", "b\n"),
        ("echo a#b", "a#b\n"),
        ("cd /tmp; pwd; cd ..; pwd", "/tmp\n/\n"),
        ("head -c 1M /dev/zero | sha256sum", f"{NULL_DIGEST}  -\n"),
        ("cat /dev/zero | head -c 3 | wc -c", "3\n"),
        ("head -c 1M /dev/urandom | wc -c", "1048576\n"),
        ("head -c 20M /dev/zero | tail -n 1 | wc -c", "425984\n"),
        ("echo one > /tmp/f; echo two >> /tmp/f; cat < /tmp/f", "one\ntwo\n"),
        ("nope 2> /tmp/e; cat /tmp/e", "sh: nope: not found\n"),
        ("nope 2>&1 | wc -l", "1\n"),
        ("echo a | sh -c 'cat; echo b'", "a\nb\n"),
        ("mkdir -p /data/x; echo 1 > /data/y; ls /data; rm -r /data; ls /data", "x\ny\n"),
        ("test -d /tmp && test ! ; test -f /tmp || echo no file", "no file\n"),
        ("[ -d /etc ] && echo there", "there\n"),
        ("echo a |\n", ""),
        ("printenv COLOUR; hostname; whoami; uname", "blue\none\nroot\nLinux\n"),
    ],
)
async def test_scripts(run: Run, script: str, output: str) -> None:
    assert (await run("sh", "-c", script)).out.decode() == output


@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        ("exit 3", 3, ""),
        ("false; exit", 1, ""),
        ("nope", 127, "sh: nope: not found\n"),
        ("echo a >&2", 0, "a\n"),
        ("nope | true", 0, "sh: nope: not found\n"),
        ("echo 'a", 2, "sh: syntax error: unterminated quoted string\n"),
        ("echo a | ; b", 2, 'sh: syntax error: unexpected ";"\n'),
        ("echo a && ", 2, "sh: syntax error: unexpected end of file\n"),
        ("echo a > ", 2, "sh: syntax error: unexpected end of file\n"),
        ("cat /none", 1, "cat: /none: No such file or directory\n"),
        ("cat /tmp", 1, "cat: /tmp: Is a directory\n"),
        ("echo a > /none/b", 1, "sh: can't open /none/b: No such file or directory\n"),
        ("cd /none", 2, "sh: cd: can't cd to /none: No such file or directory\n"),
        ("echo 'sh < /tmp/f' > /tmp/f; sh < /tmp/f", 2, "sh: can't fork\n"),
        ("tail -c 1G /dev/zero", 1, "tail: Cannot allocate memory\n"),
        ("tail -n 1000000 /dev/zero", 1, "tail: Cannot allocate memory\n"),
        ("head -c 3M /dev/zero > /tmp/big", 1, "head: /tmp/big: No space left on device\n"),
    ],
)
async def test_how_scripts_fail(run: Run, script: str, code: int, told: str) -> None:
    result = await run("sh", "-c", script)
    assert (result.code, result.err) == (code, told)


_SCRAPS = ["echo a", "cat", "sh -c", "'", '"', "$?", "${A", "|", "&&", "||", ";", ">", "2>&1", "<", "/tmp", "#", "\n"]
_SCRAPS += ["head -c 9" + "9" * 5000, "sleep 1" + "0" * 400, "exit", "exit 9" + "9" * 5000, "cd", "tar xf", "[", "\\"]


@given(script=st.lists(st.sampled_from(_SCRAPS) | st.text(max_size=4), max_size=8).map(" ".join))
async def test_any_script_comes_to_an_end(script: str) -> None:
    result = await runner(FileSystem())("sh", "-c", script)
    assert 0 <= result.code < 256


@pytest.mark.parametrize(
    ("command", "stdin", "output"),
    [
        ("cat", b"a\xff\0b", b"a\xff\0b"),
        ("cat - /dev/null", b"x", b"x"),
        ("wc", b"one two\nthree" + b"x" * 3000, b"1 3 3013\n"),
        ("wc -l", b"a\nb\n", b"2\n"),
        ("wc -c", b"x" * 5000, b"5000\n"),
        ("sha256sum", bytes(MIB), f"{NULL_DIGEST}  -\n".encode()),
        ("md5sum", b"", b"d41d8cd98f00b204e9800998ecf8427e  -\n"),
        ("head -c 4", b"abcdef", b"abcd"),
        ("head -n 2", b"a\nb\nc\n", b"a\nb\n"),
        ("head -1", b"a\nb\n", b"a\n"),
        ("tail -c 4", b"x" * 3000 + b"abcd", b"abcd"),
        ("tail -c+2001", b"x" * 2000 + b"abcd", b"abcd"),
        ("tail -c 0", b"abcd", b""),
        ("tail -n 1", b"a\nb\nc", b"c"),
        ("tail -n 1", b"a\nb\rc", b"b\rc"),
        ("sh", b"echo a\nexit 2\necho b\n", b"a\n"),
    ],
)
async def test_reading(run: Run, command: str, stdin: bytes, output: bytes) -> None:
    assert (await run(*command.split(), stdin=stdin)).out == output


async def test_sleep_takes_world_seconds(run: Run) -> None:
    clock = WorldClock(60)
    assert (await run("sleep", "2m")).code == 0
    assert clock.elapsed() == pytest.approx(120)
    assert (await run("sleep", "soon")).err == "sleep: invalid number\n"


def archive(members: dict[str, bytes], form: int) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w", format=form) as made:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o640
            made.addfile(member, io.BytesIO(content))
    return kept.getvalue()


LONG = f"{'d' * 120}/{'é' * 70}"


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
async def test_tar_takes_and_gives(run: Run, files: FileSystem, form: int) -> None:
    members = {"a.txt": b"a" * 700, "sub/empty": b"", "sub/block": b"b" * 512}
    if form != tarfile.USTAR_FORMAT:
        members[LONG] = b"long"
    taken = await run("tar", "-xmf", "-", "-C", "/tmp", stdin=archive(members, form))
    assert (taken.code, taken.err) == (0, "")
    assert (await run("cat", "/tmp/a.txt")).out == b"a" * 700
    given = await run("tar", "cf", "-", "/tmp")
    assert given.err == "tar: removing leading '/' from member names\n"
    with tarfile.open(fileobj=io.BytesIO(given.out)) as back:
        found = {member.name: back.extractfile(member) for member in back if member.isreg()}
        assert {name: file.read() for name, file in found.items() if file} == {
            f"tmp/{name}": content for name, content in members.items()
        }
        assert back.getmember("tmp/a.txt").mode == 0o640
        assert back.getmember("tmp/sub").isdir()


async def test_tar_keeps_inside_its_directory(run: Run, files: FileSystem) -> None:
    await run("tar", "xf", "-", "-C", "/tmp", stdin=archive({"../../etc/x": b"1", "/abs": b"2"}, tarfile.PAX_FORMAT))
    assert files.names("/etc") == []
    assert (await run("ls", "/tmp")).out == b"abs\netc\n"


async def test_what_tar_refuses(run: Run, files: FileSystem) -> None:
    whole = archive({"a": b"x" * 2000}, tarfile.PAX_FORMAT)
    assert (await run("tar", "xf", "-", stdin=whole[:1000])).err == "tar: short read\n"
    assert (await run("tar", "xf", "-", stdin=whole[:100])).err == "tar: short read\n"
    assert (await run("tar", "xf", "-", stdin=b"no archive" * 100)).err == "tar: invalid header\n"
    full = await run("tar", "xf", "-", "-C", "/tmp", stdin=archive({"big": bytes(3 * MIB)}, tarfile.PAX_FORMAT))
    assert full.err == "tar: /tmp/big: No space left on device\n"
    assert (await run("tar", "cf", "-", "none")).err == "tar: /none: No such file or directory\n"


async def test_links_are_passed_over_aloud(run: Run, files: FileSystem) -> None:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as made:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
    result = await run("tar", "xf", "-", stdin=kept.getvalue())
    assert (result.code, result.err) == (0, "tar: link: links and devices are not kept here\n")
    assert files.find("/link") is None
