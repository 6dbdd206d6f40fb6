"""The options several commands share, each defined once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
_PARTS = re.compile(r"(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")


class Duration(click.ParamType[timedelta]):
    """`90s`, `30m`, `2h`, `1h30m`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = _PARTS.fullmatch(str(value))
        if not value or found is None:
            self.fail(f"`{value}` is not a duration; write it like 90s, 30m, 2h or 1h30m", param, ctx)
        try:
            return timedelta(**{unit: int(number or 0) for unit, number in found.groupdict().items()})
        except (OverflowError, ValueError):
            self.fail(f"`{value}` is longer than any duration can be", param, ctx)


def cluster_options(command: F) -> F:
    """Which cluster: as az names it, by resource id, by AKSESS_CLUSTER or by `aksess use`."""
    for option in (
        click.option("--subscription", metavar="ID", help="The subscription to look in."),
        click.option(
            "-n", "--name", metavar="NAME", help="The cluster: its name, GROUP/NAME, or its full resource id."
        ),
        click.option("-g", "--resource-group", "group", metavar="GROUP", help="Its resource group."),
    ):
        command = option(command)
    return command


def output_option(command: F) -> F:
    return click.option(
        "-o",
        "--output",
        "form",
        type=click.Choice(["table", "json", "yaml"]),
        default="table",
        show_default=True,
        help="How to print the result.",
    )(command)


def lease_options(command: F) -> F:
    """What a lease is asked for."""
    for option in (
        click.option(
            "--ledger",
            type=click.Choice(["deployments", "local"]),
            help="Where the lease is recorded; local: on this machine only.",
        ),
        click.option("--reason", default="", metavar="TEXT", help="Why; kept in the ledger for whoever asks later."),
        click.option(
            "--for", "lasts", type=Duration(), default="30m", show_default=True, help="How long the lease lasts."
        ),
        click.option("--ip", "address", metavar="ADDRESS", help="The address to lease, instead of looking for it."),
    ):
        command = option(command)
    return command


def lock_down_options(command: F) -> F:
    """S2: only on purpose."""
    for option in (
        click.option("--yes", is_flag=True, help="Answer the question of --lock-down beforehand."),
        click.option(
            "--lock-down",
            is_flag=True,
            help="Turn an API server that is open to the world into a listed one, for good.",
        ),
    ):
        command = option(command)
    return command
