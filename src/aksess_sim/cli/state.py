"""Where the world that is up can be found: one directory only its owner can read, with a lock and a state file.

The lock is held by the process that holds the world and falls with it, however it ends: a lock that can be taken means
that no world is up, whatever the file says.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from aksess_sim.cli import problems

VARIABLE = "AKSESS_SIM_STATE"
"""Set inside a simulated shell, whose HOME is another one."""


@dataclass(frozen=True)
class WorldRecord:
    """How to reach the world that is up."""

    pid: int
    control: str
    """The control host's address, `http://127.0.0.1:PORT`."""
    token: str
    """Its bearer token; a secret."""
    proxy_port: int
    ca_file: str
    world_file: str | None
    speed: float


class StateDirectory:
    """One directory, one world at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "StateDirectory":
        """The directory of the person who asks (XDG base directory specification)."""
        if told := environ.get(VARIABLE):
            return cls(Path(told))
        if runtime := environ.get("XDG_RUNTIME_DIR"):
            return cls(Path(runtime) / "aksess-sim")
        state = environ.get("XDG_STATE_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".local/state"
        return cls(Path(state) / "aksess-sim")

    @property
    def ca_file(self) -> Path:
        """The authority that simulated shells trust."""
        return self.path / "ca.pem"

    @property
    def log_file(self) -> Path:
        """What a world in the background says."""
        return self.path / "world.log"

    def log(self) -> BinaryIO:
        """The log file, emptied and open for writing."""
        self._make()
        return self._open_private(self.log_file)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the one who holds the world; raises WorldIsUp when somebody else is."""
        self._make()
        with self._open_private(self._lock) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                record = self._read()
                raise problems.WorldIsUp(record.pid if record else None) from None
            try:
                yield
            finally:
                self._record.unlink(missing_ok=True)

    def write(self, record: WorldRecord, ca_pem: bytes) -> None:
        """Say where the world is; whoever reads the file finds all of it or none."""
        self._write_private(self.ca_file, ca_pem)
        draft = self.path / "world.json.new"
        self._write_private(draft, json.dumps(asdict(record)).encode())
        draft.replace(self._record)

    def find(self) -> WorldRecord | None:
        """The world that is up, None when there is none."""
        if not self._record.exists():
            return None
        with self._lock.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._read()
        return None

    def wait_until_gone(self) -> None:
        """Return when the world that was up holds the lock no more."""
        with self._lock.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)

    def _make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def _write_private(self, path: Path, content: bytes) -> None:
        with self._open_private(path) as file:
            file.write(content)

    def _open_private(self, path: Path) -> BinaryIO:
        """A file that nobody else can read at any moment."""
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")

    def _read(self) -> WorldRecord | None:
        try:
            return WorldRecord(**json.loads(self._record.read_text()))
        except FileNotFoundError:
            return None

    @property
    def _lock(self) -> Path:
        return self.path / "lock"

    @property
    def _record(self) -> Path:
        return self.path / "world.json"
