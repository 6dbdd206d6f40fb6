"""aksess allow: a lease without a shell, for people and jobs that end it themselves."""

from dataclasses import replace
from typing import Any

import click

from aksess.cli.connect import look
from aksess.cli.options import (
    LeaseOptions,
    LockDown,
    cluster_options,
    lease_options,
    lock_down_options,
    output_option,
)
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.shown import LEASE_COLUMNS, lease_data, lease_row
from aksess.cli.work import at_work, confirm_lock_down, wishes_of
from aksess.routes.base import Facts, RouteName
from aksess.routes.leasing import Allowed
from aksess.session import ClusterName, Session


@click.command("allow")
@cluster_options
@lease_options
@lock_down_options
@click.option("--dry-run", is_flag=True, help="Print the list as it would become and change nothing.")
@output_option
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    lease: LeaseOptions,
    lock_down: LockDown,
    dry_run: bool,
    form: str,
) -> int:
    """Lease this shell's address (or --ip) a place in the authorized ranges, until --for is over or `revoke`."""
    async with at_work(app, lease.ledger) as session:
        wishes = replace(wishes_of(session, lease, lock_down=lock_down.lock_down), via=RouteName.ALLOWLIST)
        facts = await look(app, session, cluster, wishes)
        session.route(session.plan(facts, wishes), wishes)
        if dry_run:
            before, after = list(facts.cluster.ranges), await session.leasing.would_list(facts, wishes)
            show(_planned(facts, before, after), form, app.console)
            return 0
        confirm_lock_down(app, facts, wishes, yes=lock_down.yes)
        began = session.clock.monotonic()
        allowed = await session.leasing.allow(facts, wishes)
        _say(app, allowed, session.clock.monotonic() - began)
        show(_allowed(session, allowed), form, app.console)
    return 0


def _say(app: App, allowed: Allowed, took: float) -> None:
    if allowed.answered is None:
        address = allowed.lease.address
        app.console.done(f"{address} is listed after {took:.1f} s (Azure's word: it is not this shell's address)")
    else:
        app.console.done(f"proven open after {took:.1f} s: the API server answered {allowed.answered}")


def _allowed(session: Session, allowed: Allowed) -> Result:
    data: dict[str, Any] = {"lease": lease_data(allowed.lease), "proven": allowed.answered is not None}
    return Result(data, LEASE_COLUMNS, [lease_row(allowed.lease, session.clock.now())])


def _planned(facts: Facts, before: list[str], after: list[str]) -> Result:
    data = {"cluster": str(facts.cluster.id), "before": before, "after": after}
    rows = [(entry, "stays" if entry in after else "goes") for entry in before]
    rows += [(entry, "comes") for entry in after if entry not in before]
    return Result(data, ("range", "change"), rows)
