"""A simulated Azure for one measurement, and commands run in its Cloud Shells."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
CLIENTS = ROOT / ".venv-clients" / "bin"
ARTICLE = ROOT / "tests" / "clients" / "article.sh"
"""The article's script, word by word."""


@dataclass(frozen=True)
class Ran:
    """One finished command."""

    code: int
    seconds: float
    output: str


@dataclass(frozen=True)
class SimulatedWorld:
    """Holds the environment in which `aksess-sim` finds its world."""

    environment: dict[str, str]

    def start(self, *command: str, address: str | None = None) -> "subprocess.Popen[str]":
        """A command in a Cloud Shell of its own."""
        where = ["--from", address] if address else []
        return subprocess.Popen(
            [str(BIN / "aksess-sim"), "run", "--as", "ada", *where, "--", *command],
            env=self.environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *command: str, address: str | None = None) -> Ran:
        began = time.monotonic()
        process = self.start(*command, address=address)
        output, _ = process.communicate()
        return Ran(process.returncode, time.monotonic() - began, output)

    def ask(self, *words: str) -> Any:
        """What the world says of itself, as data."""
        found = subprocess.run(
            [str(BIN / "aksess-sim"), *words, "-o", "json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(found.stdout)


@contextmanager
def simulated_world(*, speed: float) -> Iterator[SimulatedWorld]:
    """The default world at this speed, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="aksess-bench-") as folder:
        path = f"{BIN}{os.pathsep}{CLIENTS}{os.pathsep}{os.environ.get('PATH', '')}"
        environment = {**os.environ, "XDG_RUNTIME_DIR": folder, "PATH": path}
        command = [str(BIN / "aksess-sim"), "up", "--background", "--speed", str(speed)]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        try:
            yield SimulatedWorld(environment)
        finally:
            subprocess.run([str(BIN / "aksess-sim"), "down"], env=environment, check=True, stdout=subprocess.DEVNULL)
