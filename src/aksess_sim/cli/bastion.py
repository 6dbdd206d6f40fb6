"""`aksess-sim bastion`: the Bastion hosts of the world that is up, their sessions, and maintenance."""

import json
from typing import Any

import click

from aksess_sim.cli.control_client import ask
from aksess_sim.cli.options import output_option
from aksess_sim.cli.standing import world_up


@click.command()
@click.argument("verb", type=click.Choice(["list", "restart"]), default="list")
@click.argument("name", required=False)
@output_option
def bastion(verb: str, name: str | None, output: str) -> None:
    """Show every Bastion host with its sessions, or restart the host NAME as maintenance does.

    \b
    waiting      granted, the websocket not opened yet
    live         the websocket is open
    orphaned     the websocket is over, and nobody has deleted the session: it still counts
    opened       websockets that were ever opened
    deleted      sessions their owners deleted
    left behind  those orphaned now, and those given up since the world began
    """
    record = world_up()
    if (verb == "restart") != (name is not None):
        raise click.UsageError("`restart` takes the NAME of a host, `list` takes none")
    if verb == "restart":
        hosts = [ask(record, "POST", "/bastions/restart", {"name": name})]
    else:
        hosts = ask(record, "GET", "/status")["bastions"]
    if output == "json":
        click.echo(json.dumps(hosts, indent=2))
        return
    for host in hosts:
        click.echo(f"{host['group']}/{host['name']} ({host['sku']}): {_words(host)}")


def _words(host: dict[str, Any]) -> str:
    if not host["tunnels"]:
        return "no native clients"
    if not host["available"]:
        return "not available"
    now = f"{host['live']} live, {host['waiting']} waiting, {host['orphaned']} orphaned of {host['capacity']}"
    return f"{now}; {host['opened']} opened, {host['deleted']} deleted, {host['left_behind']} left behind"
