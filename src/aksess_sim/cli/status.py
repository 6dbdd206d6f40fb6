"""`aksess-sim status`: the world that is up, and what its API servers really enforce."""

import json
from typing import Any

import click

from aksess_sim.cli.control_client import ask
from aksess_sim.cli.options import output_option
from aksess_sim.cli.standing import world_up


@click.command()
@output_option
def status(output: str) -> None:
    """Show clusters, with the ranges ARM shows and those that are enforced, Bastion hosts and the open shells."""
    record = world_up()
    told = ask(record, "GET", "/status")
    if output == "json":
        place = {"version": 1, "pid": record.pid, "proxy": f"127.0.0.1:{record.proxy_port}", "ca_file": record.ca_file}
        click.echo(json.dumps(place | told, indent=2))
        return
    click.echo(f"process {record.pid}, speed {told['speed']:g}, {told['elapsed']:.0f} world seconds old")
    for cluster in told["clusters"]:
        click.echo(f"  {cluster['group']}/{cluster['name']:<10} {_words(cluster)}")
    for host in told["bastions"]:
        carried = f"{host['live']} live, {host['orphaned']} orphaned" if host["tunnels"] else "no native clients"
        click.echo(f"  {host['group']}/{host['name']:<10} Bastion {host['sku']}: {carried}")
    for shell in told["sessions"]:
        place_of = f" in {shell['network']}" if shell["network"] else ""
        click.echo(f"  shell {shell['session']}: {shell['person']} from {shell['address']}{place_of}")


def _words(cluster: dict[str, Any]) -> str:
    """One cluster in a line; what ARM shows is told apart only where it is not in force."""
    if not cluster["running"]:
        return "stopped"
    if cluster["private"]:
        return "private"
    enforced = ", ".join(cluster["enforced"]) or "everyone"
    pending = cluster["ranges"] != cluster["enforced"]
    shown = f" (ARM shows {', '.join(cluster['ranges']) or 'none'}, {cluster['state']})" if pending else ""
    return f"admits {enforced}{shown}"
