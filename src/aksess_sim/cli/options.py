"""Options that several verbs share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

DEFAULT_SPEED = 20.0
"""World seconds per second, unless told: fast enough to try things, slow enough to see them."""

Verb = TypeVar("Verb", bound=Callable[..., Any])


def _speed(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and value <= 0:
        raise click.BadParameter("it must be above zero")
    return value


def world_options(verb: Verb) -> Verb:
    """`--world FILE` and `--speed N`; both None when not given."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    about_speed = f"World seconds per second ({DEFAULT_SPEED:g}): a cluster update of 90 takes 90/N."
    verb = click.option("--speed", type=float, metavar="N", callback=_speed, help=about_speed)(verb)
    about_world = "A world file instead of the default world."
    return click.option("--world", "file", type=file, metavar="FILE", help=about_world)(verb)


def shell_options(verb: Verb) -> Verb:
    """`--as`, `--from` and `--network`."""
    verb = click.option("--network", metavar="VNET/SUBNET", help="The subnet it is put into by force.")(verb)
    verb = click.option("--from", "address", metavar="ADDRESS", help="Its egress address; random without.")(verb)
    return click.option("--as", "person", metavar="PERSON", default="ada", show_default=True, help="Who it is.")(verb)


def output_option(verb: Verb) -> Verb:
    """`-o table|json`."""
    choice = click.Choice(["table", "json"])
    return click.option("-o", "--output", type=choice, default="table", show_default=True, help="How to print.")(verb)
