"""The options several commands share, each defined once; a command gets each group as one value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

import click

from aksess.routes.base import RouteName
from aksess.session import ClusterName

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


@dataclass(frozen=True)
class LeaseOptions:
    """What a lease is asked for, as typed."""

    address: str | None
    lasts: timedelta
    reason: str
    ledger: str | None


@dataclass(frozen=True)
class LockDown:
    """Whether an open API server may be turned into a listed one, and whether that was confirmed beforehand."""

    lock_down: bool = False
    yes: bool = False


@dataclass(frozen=True)
class WayOptions:
    """Which route, and what is particular to one."""

    via: str | None = None
    bastion: str = ""
    port: int = 0


@dataclass(frozen=True)
class NetworkOptions:
    """What a Cloud Shell network is wished to be, as typed."""

    private: bool = False
    public: bool = False
    network: str | None = None
    address_space: str | None = None
    location: str | None = None
    nat: bool = False
    principal: str | None = None


def _group(keyword: str, record: type[Any], *options: Callable[[F], F]) -> Callable[[F], F]:
    """A decorator that adds these options, and hands the command one `record` of their values as `keyword`."""
    names = [field.name for field in fields(record)]

    def decorate(command: F) -> F:
        @wraps(command)
        def filled(*arguments: Any, **given: Any) -> Any:
            gathered = record(**{name: given.pop(name) for name in names})
            return command(*arguments, **{keyword: gathered}, **given)

        decorated: Any = filled
        for option in reversed(options):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


cluster_options = _group(
    "cluster",
    ClusterName,
    click.option("-g", "--resource-group", "group", metavar="GROUP", help="Its resource group."),
    click.option("-n", "--name", metavar="NAME", help="The cluster: its name, GROUP/NAME, or its full resource id."),
    click.option("--subscription", metavar="ID", help="The subscription to look in."),
)
"""Which cluster: as az names it, by resource id, by AKSESS_CLUSTER or by `aksess use`."""

way_options = _group(
    "way",
    WayOptions,
    click.option("--via", type=click.Choice([name.value for name in RouteName]), help="This route and no other."),
    click.option(
        "--bastion", default="", metavar="ID", help="The Azure Bastion to go through: its name, GROUP/NAME, or full id."
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=0,
        metavar="PORT",
        help="The loopback port of a tunnel, for tools that keep it; otherwise a free one.",
    ),
)
"""Which way to take."""

lease_options = _group(
    "lease",
    LeaseOptions,
    click.option("--ip", "address", metavar="ADDRESS", help="The address to lease, instead of looking for it."),
    click.option("--for", "lasts", type=Duration(), default="30m", show_default=True, help="How long the lease lasts."),
    click.option("--reason", default="", metavar="TEXT", help="Why; kept in the ledger for whoever asks later."),
    click.option(
        "--ledger",
        type=click.Choice(["deployments", "local"]),
        help="Where the lease is recorded; local: on this machine only.",
    ),
)
"""What a lease is asked for."""

lock_down_options = _group(
    "lock_down",
    LockDown,
    click.option(
        "--lock-down",
        is_flag=True,
        help="Turn an API server that is open to the world into a listed one, for good.",
    ),
    click.option("--yes", is_flag=True, help="Answer the question of --lock-down beforehand."),
)
"""S2: only on purpose."""


network_options = _group(
    "network",
    NetworkOptions,
    click.option("--private", is_flag=True, help="For a private API server; what suits the cluster is the default."),
    click.option("--public", is_flag=True, help="For a public API server, through one fixed address."),
    click.option(
        "--vnet",
        "network",
        metavar="ID",
        help="A virtual network to use, instead of one of its own: its name, GROUP/NAME, or full id.",
    ),
    click.option(
        "--address-space", metavar="RANGE", help="Its addresses, such as 10.7.0.0/24; otherwise a free range."
    ),
    click.option("--location", metavar="REGION", help="Its region; otherwise the cluster's."),
    click.option("--nat", is_flag=True, help="A fixed address to leave from, for a private API server too."),
    click.option(
        "--principal",
        metavar="OBJECT-ID",
        help="The Azure Container Instance Service in this tenant, for those who may not ask Microsoft Graph.",
    ),
)
"""What a Cloud Shell network is wished to be."""


def ledger_option(command: F) -> F:
    return click.option("--ledger", type=click.Choice(["deployments", "local"]), help="Where the leases are recorded.")(
        command
    )


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
