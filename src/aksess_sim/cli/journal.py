"""`aksess-sim journal`: what was asked of the world that is up."""

import json
from urllib.parse import urlencode

import click

from aksess_sim.cli.control_client import ask
from aksess_sim.cli.options import output_option
from aksess_sim.cli.standing import world_up


@click.command()
@click.option("--method", default="", help="Only this method; CONNECT is the proxy's, START a shell in a network.")
@click.option("--host", default="", help="Only this host.")
@click.option("--path", default="", help="Only paths that contain this.")
@output_option
def journal(method: str, host: str, path: str, output: str) -> None:
    """Show requests and connects in order; no header, body or signature is ever in it."""
    query = urlencode({"method": method.upper(), "host": host, "path": path})
    entries = ask(world_up(), "GET", f"/journal?{query}")
    if output == "json":
        click.echo(json.dumps(entries, indent=2))
        return
    for entry in entries:
        took = "" if entry["seconds"] is None else f"{entry['seconds']:.2f}s"
        answer = entry["status"] or "cut"
        why = f"  {entry['detail']}" if entry["detail"] else ""
        words = [f"{entry['elapsed']:9.2f}", f"{entry['person'] or '-':8}", f"{answer!s:>4} {took:>8}"]
        click.echo(" ".join([*words, f"{entry['method']:7} {entry['host']}{entry['path']}{why}"]))
