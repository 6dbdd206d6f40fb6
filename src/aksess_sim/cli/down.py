"""`aksess-sim down`: end the world that is up."""

import click

from aksess_sim.cli.control_client import ask
from aksess_sim.cli.standing import state_directory, world_up


@click.command()
def down() -> None:
    """End the world that is up; its shells stay open but reach nothing any more."""
    record = world_up()
    ask(record, "POST", "/stop")
    state_directory().wait_until_gone()
    click.echo(f"the world of process {record.pid} has ended")
