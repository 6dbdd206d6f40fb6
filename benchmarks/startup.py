"""How long the commands take to begin, against az's."""

import os
import subprocess
import time
from collections.abc import Sequence

from benchmarks.table import Row
from benchmarks.world import BIN, CLIENTS, simulated_world

RUNS = 7
INSIDE = "benchmarks/reads.py"


def measure() -> list[Row]:
    """Each pair of commands in turn, so that both meet the same noise."""
    az, aksess = str(CLIENTS / "az"), str(BIN / "aksess")
    rows = [
        _pair("--version", [aksess, "--version"], [az, "version"], "az version"),
        _pair("--help", [aksess, "--help"], [az, "version"], "az version"),
    ]
    with simulated_world(speed=20) as world:
        found = world.run("bash", "-c", f"az login --identity -o none && python3 {INSIDE} {RUNS}")
    pairs = [line.split() for line in found.output.splitlines()]
    rows.append(
        Row("two ARM reads, cold", [float(a) for a, _ in pairs], [float(b) for _, b in pairs], "az aks show (one)")
    )
    return rows


def _pair(what: str, ours: Sequence[str], theirs: Sequence[str], peer: str) -> Row:
    mine, other = [], []
    for _ in range(RUNS):
        mine.append(_seconds(ours))
        other.append(_seconds(theirs))
    return Row(what, mine, other, peer)


def _seconds(command: Sequence[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, env=os.environ, check=True, capture_output=True)
    return time.monotonic() - began
