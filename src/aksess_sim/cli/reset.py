"""`aksess-sim reset`: begin the world anew."""

import click

from aksess_sim.cli.control_client import ask
from aksess_sim.cli.standing import world_up


@click.command()
def reset() -> None:
    """Begin the world anew from its file: clusters, operations, journal and faults; open shells stay."""
    ask(world_up(), "POST", "/reset")
    click.echo("the world begins anew")
