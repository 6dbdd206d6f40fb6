"""`aksess-sim shell`: an interactive simulated Cloud Shell."""

import asyncio
import sys
from pathlib import Path

import click

from aksess_sim.cli.inside import Shell, Wish, open_shell, run_in
from aksess_sim.cli.options import shell_options, world_options


@click.command()
@shell_options
@world_options
def shell(person: str, address: str | None, network: str | None, file: Path | None, speed: float | None) -> None:
    """Open bash in a simulated Cloud Shell; `exit` leaves it, its HOME goes with it."""
    sys.exit(asyncio.run(_interact(Wish(person, address, network, file, speed))))


async def _interact(wish: Wish) -> int:
    async with open_shell(wish) as opened:
        caller = opened.session.caller
        place = f" in {caller.network}" if caller.network else ""
        click.echo(
            f"simulated Cloud Shell of {caller.person}, seen from {caller.address}{place}; nothing here is real Azure",
            err=True,
        )
        return await run_in(opened, ["bash", "--rcfile", str(_settings(opened)), "-i"])


def _settings(opened: Shell) -> Path:
    """bash's start file: a prompt that cannot be mistaken for a real shell's."""
    caller = opened.session.caller
    file = opened.home / ".bashrc"
    file.write_text(f"PS1='[simulated] {caller.person}@{caller.address}:\\w\\$ '\n")
    return file
