"""`aksess-sim up`: hold a world until it is told to end."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import click

from aksess_sim.cli import problems
from aksess_sim.cli.options import DEFAULT_SPEED, output_option, world_options
from aksess_sim.cli.standing import state_directory
from aksess_sim.cli.state import StateDirectory, WorldRecord


@click.command()
@world_options
@click.option("--background", is_flag=True, help="Return as soon as the world is up.")
@output_option
def up(file: Path | None, speed: float | None, background: bool, output: str) -> None:
    """Hold a world for several shells, until `aksess-sim down`, Ctrl-C or a reboot."""
    state = state_directory()
    if background:
        _say(_started(file, speed or DEFAULT_SPEED, state), output)
    else:
        asyncio.run(_hold(file, speed or DEFAULT_SPEED, state, output))


async def _hold(file: Path | None, speed: float, state: StateDirectory, output: str) -> None:
    from aksess_sim.cli.holding import Plan, held_world

    async with held_world(Plan(file, speed), state) as held:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, held.stopped.set)
        _say(held.record, output)
        await held.stopped.wait()


def _started(file: Path | None, speed: float, state: StateDirectory) -> WorldRecord:
    """A process of its own that holds the world; its one line on stdout says that it is up."""
    if there := state.find():
        raise problems.WorldIsUp(there.pid)
    arguments = ["up", "--output", "json", "--speed", str(speed)]
    if file:
        arguments += ["--world", str(file.absolute())]
    with state.log() as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "aksess_sim", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert child.stdout is not None  # noqa: S101 - narrows the type of a pipe asked for above
    with child.stdout:
        up_now = child.stdout.readline()
    if not up_now:
        click.echo(state.log_file.read_text(), err=True, nl=False)
        raise SystemExit(child.wait())
    child.returncode = 0  # it lives on by intention, so Python need not warn that it does
    if record := state.find():
        return record
    raise problems.WorldIsSilent("the world ended as soon as it was up")


def _say(record: WorldRecord, output: str) -> None:
    """Where it is, without the secret: who may know that reads the state file."""
    if output == "json":
        shown = {"version": 1, "pid": record.pid, "proxy": f"127.0.0.1:{record.proxy_port}", "ca_file": record.ca_file}
        click.echo(json.dumps(shown | {"control": record.control, "speed": record.speed, "world": record.world_file}))
    else:
        name = record.world_file or "the default world"
        click.echo(f"{name} is up at speed {record.speed:g} (process {record.pid}); enter it with `aksess-sim shell`")
