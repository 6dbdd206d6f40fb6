"""The tunnel's data path beside raw TCP, the same websocket with no tunnel, and az's way, all in one run.

    python -m benchmarks.tunnel

Each is a process of its own that leads to the same far end, in another; the ways take turns, so that all meet the same
noise. Processor time is that of the way's own process.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import trustme

from benchmarks import tunnel_load as load
from benchmarks.world import CLIENTS, ROOT

ROUNDS = 7
COUNT = 256 * load.MIB
STALLED = 512 * load.MIB
GIB = 1 << 30
CONNECTIONS = 100
EACH = 2 * load.MIB
TICKS = os.sysconf("SC_CLK_TCK")
FIGURES = (
    ("upload", "MiB/s"),
    ("its processor time", "s/GiB"),
    ("download", "MiB/s"),
    ("its processor time", "s/GiB"),
    ("round trip", "us"),
    ("set-up, to the first byte back", "ms"),
    (f"{CONNECTIONS} connections at once, {EACH // load.MIB} MiB each", "s"),
)
MEMORY = (
    "most memory, idle",
    f"{STALLED // load.MIB} MiB each way, the reader stalled",
    f"{CONNECTIONS} connections at once",
)
WAYS = ("raw TCP", "websocket alone", "az's way", "aksess")


@dataclass(frozen=True)
class Way:
    """A process that carries bytes from a port to the far end; None for raw TCP."""

    port: int
    process: int | None

    def measure(self) -> list[float]:
        """In the order of `FIGURES`."""
        began = self._busy()
        upload = load.upload(self.port, COUNT)
        between = self._busy()
        download = load.download(self.port, COUNT)
        ended = self._busy()
        return [
            upload,
            (between - began) * GIB / COUNT,
            download,
            (ended - between) * GIB / COUNT,
            load.round_trip(self.port),
            load.opening(self.port),
            load.together(self.port, CONNECTIONS, EACH),
        ]

    def memory(self) -> list[float]:
        """MiB, in the order of `MEMORY`; ask it of a fresh process."""
        load.download(self.port, load.MIB)
        found = [self._most()]
        load.stalled(self.port, STALLED)
        found.append(self._most())
        load.together(self.port, CONNECTIONS, EACH)
        return [*found, self._most()]

    def _busy(self) -> float:
        if self.process is None:
            return 0.0
        fields = Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def _most(self) -> float:
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure() -> list[str]:
    """The lines of a table."""
    began, foreign = time.monotonic(), _foreign()
    with _far_end() as (url, plain, authority):
        ours = [sys.executable, "-m", "benchmarks.tunnel_ours", url, authority]
        peer = [str(CLIENTS / "python"), str(ROOT / "benchmarks" / "tunnel_peer.py"), url, authority]
        direct = [sys.executable, "-m", "benchmarks.tunnel_direct", url, authority]
        figures = _rounds(plain, direct, peer, ours)
        memories = [_memory(peer), _memory(ours)]
    others = (_foreign() - foreign) / (time.monotonic() - began)
    shown = [[f"{one:.{0 if one >= 50 else 2}f}" if one else "-" for one in map(median, way)] for way in figures]
    lines = [
        f"the tunnel: medians of {ROUNDS} rounds, {COUNT // load.MIB} MiB each way, frames of 4096 bytes",
        f"(others kept {others:.2f} of {os.cpu_count()} processors busy meanwhile)",
        _line("", [*WAYS, "aksess / az", "in each round", "unit"]),
    ]
    for number, (what, unit) in enumerate(FIGURES):
        theirs, mine = figures[2][number], figures[3][number]
        each = [ours_then / theirs_then for ours_then, theirs_then in zip(mine, theirs, strict=True)]
        ratios = [f"{median(mine) / median(theirs):.2f}", f"{min(each):.2f}-{max(each):.2f}"]
        lines.append(_line(what, [*(way[number] for way in shown), *ratios, unit]))
    for what, az, aksess in zip(MEMORY, *memories, strict=True):
        lines.append(_line(what, ["-", "-", f"{az:.0f}", f"{aksess:.0f}", f"{aksess / az:.2f}", "once", "MiB"]))
    return lines


def _rounds(
    plain: int, direct: Sequence[str], peer: Sequence[str], ours: Sequence[str]
) -> list[list[tuple[float, ...]]]:
    """Every round of every figure of every way, in the order of `WAYS`."""
    with ExitStack() as stack:
        alone, theirs, mine = (stack.enter_context(_started(command)) for command in (direct, peer, ours))
        ways = [Way(plain, None), *(Way(int(one.stdout.readline()), one.pid) for one in (theirs, mine) if one.stdout)]
        found: list[list[list[float]]] = [[] for _ in WAYS]
        for _ in range(ROUNDS):
            for place, way in zip((0, 2, 3), ways, strict=True):
                found[place].append(way.measure())
            found[1].append(_ask(alone))
    return [list(zip(*rounds, strict=True)) for rounds in found]


def _foreign() -> float:
    """Seconds of processor time that went to anything but us and what we started and waited for."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split(maxsplit=9)[1:8])
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return (user + nice + system + sum(interrupts)) / TICKS - sum(one.ru_utime + one.ru_stime for one in spent)


def _ask(direct: "subprocess.Popen[str]") -> list[float]:
    assert direct.stdin is not None
    assert direct.stdout is not None
    print(COUNT, CONNECTIONS, EACH, file=direct.stdin, flush=True)
    figures = [float(word) for word in direct.stdout.readline().split()]
    for processor in (1, 3):
        figures[processor] *= GIB / COUNT
    return figures


def _memory(command: Sequence[str]) -> list[float]:
    with _started(command) as process:
        assert process.stdout is not None
        return Way(int(process.stdout.readline()), process.pid).memory()


@contextmanager
def _far_end() -> Iterator[tuple[str, int, str]]:
    """The websocket's address, the plain port, and the file of the authority to trust."""
    with tempfile.TemporaryDirectory(prefix="aksess-bench-") as folder:
        authority, certificate = Path(folder) / "ca.pem", Path(folder) / "far.pem"
        made = trustme.CA()
        made.cert_pem.write_to_path(str(authority))
        made.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
        with _started([sys.executable, "-m", "benchmarks.tunnel_far_end", str(certificate)]) as process:
            assert process.stdout is not None
            websocket, plain = process.stdout.readline().split()
            yield f"wss://127.0.0.1:{websocket}/way?node=a", int(plain), str(authority)


@contextmanager
def _started(command: Sequence[str]) -> Iterator["subprocess.Popen[str]"]:
    """A process that goes when the block ends."""
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _line(what: str, cells: Sequence[str]) -> str:
    return what.ljust(46) + "".join(cell.rjust(16) for cell in cells)


if __name__ == "__main__":
    print("\n".join(measure()))
