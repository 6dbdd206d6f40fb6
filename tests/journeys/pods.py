"""Pods for a stage: a real shell over the attached files, run in no virtual time at all, or what a test scripts."""

import asyncio
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from aksess_sim.pods import Ended, Work


@dataclass
class ShellPods:
    """Keeps what it was given. `takes` are the seconds of virtual time a command runs; `programs` stand on its PATH."""

    takes: float = 0.0
    programs: Path | None = None
    seen: list[Work] = field(default_factory=list)

    async def run(self, work: Work) -> Ended:
        self.seen.append(work)
        await asyncio.sleep(self.takes)
        with tempfile.TemporaryDirectory(prefix="aksess-test-pod-") as folder:
            for name, content in work.files.items():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / name).write_bytes(content)
            ended = self._shell(work.command, folder)
        return Ended(ended.returncode, ended.stdout[: work.most_output])

    def _shell(self, command: str, folder: str) -> "subprocess.CompletedProcess[bytes]":
        """Blocking, so that virtual time stands still meanwhile."""
        path = os.pathsep.join([*([str(self.programs)] if self.programs else []), os.defpath])
        return subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env={"PATH": path, "TMPDIR": folder, "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )

    @property
    def lines(self) -> list[str]:
        """What was run, in order."""
        return [one.command for one in self.seen]
