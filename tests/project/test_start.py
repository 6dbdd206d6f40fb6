"""The door, as a process: it answers, passes exit codes on, and imports nothing heavy for what needs nothing heavy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aksess import __version__
from project.sources import ROOT

HEAVY = ("asyncio", "aiohttp", "azure", "yaml", "ssl", "rich")


def aksess(*words: str, home: Path, module: str = "aksess") -> "subprocess.CompletedProcess[str]":
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-W", "error", "-m", module, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


def test_the_version(tmp_path: Path) -> None:
    told = aksess("--version", home=tmp_path)
    assert (told.returncode, told.stdout, told.stderr) == (0, f"aksess {__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["frobnicate"], 2, "No such command 'frobnicate'"),
        (["leases"], 2, "error [no-cluster]: no cluster is named"),
        (["leases", "-n", "bad name"], 2, "error [bad-input]"),
        (["use"], 0, ""),
    ],
)
def test_exit_codes_reach_the_shell(tmp_path: Path, words: list[str], code: int, says: str) -> None:
    told = aksess(*words, home=tmp_path)
    assert (told.returncode, says in told.stderr, "Traceback" in told.stderr) == (code, True, False), told


@pytest.mark.parametrize("words", ["'--version'", "'--help'"])
def test_what_needs_no_network_imports_none(tmp_path: Path, words: str) -> None:
    probe = (
        f"import sys; sys.argv = ['aksess', {words}]\n"
        "from aksess.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"sys.stderr.write(' '.join(name for name in {HEAVY} if name in sys.modules))\n"
    )
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run([sys.executable, "-c", probe], env=environment, capture_output=True, text=True, check=True)
    assert told.stderr == ""
