"""`aksess-sim fault`: arm a misbehaviour, list those that are armed, or disarm them."""

from typing import Any

import click

from aksess_sim.cli.control_client import ask
from aksess_sim.cli.standing import world_up
from aksess_sim.faults import Kind


@click.command()
@click.argument("name", type=click.Choice([*(kind.value for kind in Kind), "list", "clear"]))
@click.option("--host", help="Only this host (a glob).")
@click.option("--method", help="Only this method; CONNECT strikes the way to the host.")
@click.option("--path", help="Only this path (a glob).")
@click.option("--session", help="Only this shell.")
@click.option("--count", type=click.IntRange(min=0), help="How many requests it strikes (1); 0 is all.")
@click.option("--status", type=click.IntRange(200, 599), help="For status: the HTTP status (503).")
@click.option("--code", help="For status and operation-fails: Azure's error code.")
@click.option("--message", help="For status and operation-fails: the sentence.")
@click.option("--body", help="For status: the body as it stands, instead of an ARM error.")
@click.option("--header", "headers", multiple=True, metavar="NAME=VALUE", help="For status: a header of the answer.")
@click.option("--seconds", type=click.FloatRange(min=0), help="For slow: world seconds (5).")
def fault(name: str, headers: tuple[str, ...], count: int | None, **wanted: Any) -> None:
    """Let the fault NAME strike what comes next.

    \b
    status           an answer of its own, an error unless told; the service never sees the request
    cut              the connection breaks before the service sees the request
    cut-after        the service does it, the answer is lost
    slow             the service sees the request later
    hang             no answer, ever
    operation-fails  the cluster operation that the request starts ends Failed
    list, clear      show what is armed, disarm it all
    """
    record = world_up()
    if name == "clear":
        ask(record, "DELETE", "/faults")
    elif name == "list":
        for armed in ask(record, "GET", "/faults"):
            click.echo(_words(armed))
    else:
        given = {key: value for key, value in wanted.items() if value is not None}
        if headers:
            given["headers"] = _headers(headers)
        if count is not None:
            given["count"] = count or None
        click.echo(_words(ask(record, "POST", "/faults", {"kind": name, **given})))


def _headers(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [header.partition("=") for header in given]
    if wrong := next((name for name, equals, _ in pairs if not equals), None):
        raise click.BadParameter(f"`{wrong}` is not NAME=VALUE", param_hint="--header")
    return {name: value for name, _, value in pairs}


def _words(armed: dict[str, Any]) -> str:
    times = "always" if armed["count"] is None else f"{armed['count'] - armed['struck']} times"
    return f"{armed['kind']}: {armed['method']} {armed['host']}{armed['path']} ({times})"
