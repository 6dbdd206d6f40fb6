"""A person's terminal beside a world: the verbs as real processes, in real time."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Terminal:
    """A person's terminal: where `aksess-sim` is typed."""

    runtime: Path
    more: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "AKSESS_SIM_STATE"}
        return {**kept, "XDG_RUNTIME_DIR": str(self.runtime), **self.more}

    def type(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "aksess_sim", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=30)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "aksess_sim", *words]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True)

    def told(self, *words: str) -> Any:
        done = self.type(*words, "-o", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
