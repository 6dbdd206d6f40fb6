"""aksess connect: a working kubectl on one cluster, for as long as a shell, a command or this process lives."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from aksess.cli.in_cluster import run_in_cluster
from aksess.cli.options import (
    LeaseOptions,
    LockDown,
    WayOptions,
    cluster_options,
    lease_options,
    lock_down_options,
    output_option,
    way_options,
)
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.shown import verdict_data, verdict_row
from aksess.cli.work import at_work, confirm_lock_down, wishes_of
from aksess.errors import BadInput
from aksess.routes.base import Endpoint, Facts, Wishes
from aksess.session import ClusterName, Session
from aksess.settings import LEASE_LONGEST


@click.command("connect")
@cluster_options
@way_options
@lease_options
@lock_down_options
@click.option("--wait", is_flag=True, help="When closing, wait until the API server is proven shut.")
@click.option("--explain", is_flag=True, help="Print every route's verdict and open nothing.")
@click.option("--dry-run", is_flag=True, help="Print what would be opened and open nothing.")
@click.option("--print-kubeconfig", is_flag=True, help="Print a kubeconfig's path and hold the way until Ctrl-C.")
@output_option
@click.argument("run", nargs=-1, type=click.UNPROCESSED, metavar="[-- CMD...]")
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    way: WayOptions,
    lease: LeaseOptions,
    lock_down: LockDown,
    wait: bool,
    explain: bool,
    dry_run: bool,
    print_kubeconfig: bool,
    form: str,
    run: tuple[str, ...],
) -> int:
    """Open the narrowest way to a cluster, prove it, and close it behind you.

    With a command after `--` it runs that command and returns its exit code; with --print-kubeconfig it holds the way
    open for other tools; otherwise it opens a shell whose kubectl works.
    """
    if print_kubeconfig and run:
        raise BadInput(
            "a kubeconfig is held for other tools, a command runs by itself; one of them", "leave one of the two out"
        )
    async with at_work(app, lease.ledger) as session:
        wishes = wishes_of(session, lease, way, lock_down=lock_down.lock_down, wait=wait)
        wishes = replace(wishes, command=() if print_kubeconfig else run)
        told = explain or dry_run
        facts = await look(app, session, cluster, wishes, every_route=told)
        if told:
            return _explain(app, session, facts, wishes, form)
        session.route(session.plan(facts, wishes), wishes)
        confirm_lock_down(app, facts, wishes, yes=lock_down.yes)
        return await hand_over(app, session, facts, wishes, run, hold=print_kubeconfig)


async def look(app: App, session: Session, cluster: ClusterName, wishes: Wishes, *, every_route: bool = False) -> Facts:
    """The facts about the cluster that was typed: for the routes that are wished for, or for every route."""
    found = await session.find(cluster)
    app.console.stage(f"looking at {found.name} in {found.group}")
    return await session.facts.gather(found, wishes, every_route=every_route)


async def hand_over(
    app: App, session: Session, facts: Facts, wishes: Wishes, run: Sequence[str], *, hold: bool = False
) -> int:
    """Open, prove, give the caller a kubectl that works, close; or have the command run inside the cluster."""
    began = session.clock.monotonic()
    async with session.access(facts, wishes) as access:
        if not isinstance(access, Endpoint):
            return await run_in_cluster(app, access, session.parcel(run, (), app.console.given), str(facts.cluster.id))
        with session.kubeconfig_file(access) as kubeconfig:
            app.console.done(_opened(facts, access, session.clock.monotonic() - began))
            if hold:
                app.console.data(str(kubeconfig))
                app.console.stage("holding the way open; end it with Ctrl-C")
                await asyncio.Event().wait()
            variables = session.variables(access) | child_variables(kubeconfig, facts, access)
            if run:
                return await session.run(run, variables, app.signals)
            return await session.run_shell(variables, kubeconfig.parent, _sign(facts, access), app.signals)


def _explain(app: App, session: Session, facts: Facts, wishes: Wishes, form: str) -> int:
    """Every route's verdict; then, as the real run would, the refusal when none can be opened."""
    made = session.plan(facts, wishes)
    data = {
        "cluster": str(facts.cluster.id),
        "order": [name.value for name in made.order],
        "routes": [verdict_data(one) for one in made.verdicts],
    }
    rows = [verdict_row(one) for one in made.verdicts]
    show(Result(data, ("route", "usable", "opens in", "why"), rows), form, app.console)
    session.route(made, wishes)
    return 0


def _opened(facts: Facts, access: Endpoint, took: float) -> str:
    text = f"{facts.cluster.id.name} is open ({access.route}; proven: the API server answered {access.proof.status}"
    if access.lease is None:
        return f"{text}; nothing was changed)"
    until = f"{access.lease.created + LEASE_LONGEST:%H:%M} UTC"
    return f"{text} after {took:.1f} s; {access.lease.address} leased, renewed while in use until {until} at most)"


def child_variables(kubeconfig: Path, facts: Facts, access: Endpoint) -> dict[str, str]:
    """What a command or a shell gets beside the caller's environment: its own kubeconfig, and facts for scripts."""
    ends = access.lease.created + LEASE_LONGEST if access.lease else None
    return {
        "KUBECONFIG": str(kubeconfig),
        "AKSESS_OPEN": str(facts.cluster.id),
        "AKSESS_ROUTE": access.route.value,
        "AKSESS_ENDS": f"{ends:%Y-%m-%dT%H:%M:%SZ}" if ends else "",
        "AKSESS_ENDS_EPOCH": f"{ends.timestamp():.0f}" if ends else "",
    }


def _sign(facts: Facts, access: Endpoint) -> str:
    return f"{facts.cluster.id.name} via {access.route}"
