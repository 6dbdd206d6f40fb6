"""`aksess-sim run`: one command in a simulated Cloud Shell."""

import asyncio
import sys
from pathlib import Path

import click

from aksess_sim.cli.inside import Wish, open_shell, run_in
from aksess_sim.cli.options import shell_options, world_options


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@shell_options
@world_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(
    *,
    person: str,
    address: str | None,
    network: str | None,
    file: Path | None,
    speed: float | None,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND in a simulated Cloud Shell and return its exit code.

    It joins the world that is up. Without one, or with --world or --speed, it has a world of its own, for as long as
    the command takes.
    """
    sys.exit(asyncio.run(_run(Wish(person, address, network, file, speed), command)))


async def _run(wish: Wish, command: tuple[str, ...]) -> int:
    async with open_shell(wish) as shell:
        return await run_in(shell, command)
