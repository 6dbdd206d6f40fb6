"""Runs a command inside a simulated Cloud Shell: joins the world that is up, or holds one for as long as it takes."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from aksess_sim.cli import problems
from aksess_sim.cli.control_client import ask
from aksess_sim.cli.options import DEFAULT_SPEED
from aksess_sim.cli.standing import state_directory
from aksess_sim.cli.state import VARIABLE, StateDirectory, WorldRecord
from aksess_sim.cloudshell import Session, inherited
from aksess_sim.internet.caller import Caller


@dataclass(frozen=True)
class Wish:
    """What shell is wanted, and in which world: a file or a speed asks for a world of its own."""

    person: str
    address: str | None
    network: str | None
    file: Path | None
    speed: float | None

    @property
    def own_world(self) -> bool:
        """Whether the world that is up will not do."""
        return self.file is not None or self.speed is not None


@dataclass(frozen=True)
class Shell:
    """An open simulated shell."""

    session: Session
    environment: dict[str, str]
    home: Path


@asynccontextmanager
async def open_shell(wish: Wish) -> AsyncIterator[Shell]:
    """A shell with a fresh private HOME, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="aksess-sim-", ignore_cleanup_errors=True) as directory:
        private = Path(directory)
        async with _world(wish, StateDirectory(private / "state")) as (state, record):
            session = await asyncio.to_thread(_join, record, wish)
            home = private / "home"
            home.mkdir(mode=0o700)
            told = session.environment(ca_file=Path(record.ca_file), home=home)
            yield Shell(session, {**inherited(os.environ), **told, VARIABLE: str(state.path)}, home)


@asynccontextmanager
async def _world(wish: Wish, own: StateDirectory) -> AsyncIterator[tuple[StateDirectory, WorldRecord]]:
    common = state_directory()
    up = None if wish.own_world else common.find()
    if up:
        yield common, up
        return
    from aksess_sim.cli.holding import Plan, held_world

    async with held_world(Plan(wish.file, wish.speed or DEFAULT_SPEED), own) as held:
        yield own, held.record


def _join(record: WorldRecord, wish: Wish) -> Session:
    """Ask the control host, which may live in this very process: in a thread, so that it can answer."""
    wanted = {"person": wish.person, "address": wish.address, "network": wish.network}
    told = ask(record, "POST", "/sessions", wanted)
    caller = Caller(told["session"], told["person"], IPv4Address(told["address"]), told["network"])
    return Session(caller, told["password"], told["proxy_port"], told["tenant_id"], told["location"])


async def run_in(shell: Shell, command: Sequence[str]) -> int:
    """Run a command in the shell; its exit code, 128 + N when signal N ended it. Raises CannotRun."""
    relay = _Relay()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, relay.pass_on, number)
    try:
        child = await asyncio.create_subprocess_exec(*command, env=shell.environment)
    except FileNotFoundError as error:
        raise problems.NoSuchCommand(command[0], error) from error
    except OSError as error:
        raise problems.CannotRun(command[0], error) from error
    relay.begin(child)
    code = await child.wait()
    return 128 - code if code < 0 else code


class _Relay:
    """Hands signals to the command, those too that come while it starts."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._early: list[signal.Signals] = []

    def begin(self, child: asyncio.subprocess.Process) -> None:
        """The command has started."""
        self._child = child
        for number in self._early:
            self.pass_on(number)

    def pass_on(self, number: signal.Signals) -> None:
        """Hand it on, unless the terminal has sent it to the command already."""
        if self._child is None:
            self._early.append(number)
        elif self._child.returncode is None and not (number is signal.SIGINT and _in_foreground()):
            self._child.send_signal(number)


def _in_foreground() -> bool:
    """Whether this process group is the one a terminal's Ctrl-C goes to."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
