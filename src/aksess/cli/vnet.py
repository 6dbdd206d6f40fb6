"""aksess vnet: a network that Cloud Shell itself stands in. Only registers the commands below it."""

import click

from aksess.cli.app import Lazy

COMMANDS = {
    "plan": "What it would be: pieces, picture, cost, what is by hand; changes nothing.",
    "apply": "Make the planned network, or what is missing of it.",
    "status": "Each link of the chain from your Cloud Shell to the API server.",
    "remove": "Take away what aksess made, and say what stays.",
}


@click.group("vnet", cls=Lazy, lines=COMMANDS, modules="aksess.cli.vnet_")
def command() -> None:
    """A network that Cloud Shell itself stands in: it reaches private API servers directly, and public ones from one
    fixed address."""
