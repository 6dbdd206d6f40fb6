"""What the commands about clusters do alike: open a session, find the cluster, read the wishes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aksess.cli.options import LeaseOptions, WayOptions
from aksess.cli.running import App
from aksess.errors import RouteRefused
from aksess.leases.keeper import check_length
from aksess.ranges import lease_range
from aksess.routes.base import Facts, RouteName, Wishes
from aksess.session import Session, open_session
from aksess.settings import Settings


@asynccontextmanager
async def at_work(app: App, ledger: str | None = None) -> AsyncIterator[Session]:
    """A session with this command's environment; `ledger` overrides the settings."""
    settings = Settings.from_environment(app.console.environment)
    if ledger:
        settings = replace(settings, ledger=ledger)
    async with open_session(settings, app.console, app.new_clock()) as session:
        yield session


def wishes_of(
    session: Session,
    lease: LeaseOptions,
    way: WayOptions | None = None,
    *,
    lock_down: bool = False,
    wait: bool = False,
) -> Wishes:
    """Errors: BadInput for an address or a time that cannot be leased."""
    way = way or WayOptions()
    via = way.via or (RouteName.BASTION if way.bastion else None)
    check_length(lease.lasts)
    return Wishes(
        via=RouteName(via) if via else None,
        bastion=way.bastion,
        port=way.port,
        address=lease_range(lease.address, session.settings.widest_prefix) if lease.address is not None else None,
        lasts=lease.lasts,
        reason=lease.reason,
        lock_down=lock_down,
        wait=wait,
    )


def confirm_lock_down(app: App, facts: Facts, wishes: Wishes, *, yes: bool) -> None:
    """S2: show who will be shut out, and ask. Errors: RouteRefused without a yes."""
    if not wishes.lock_down or facts.cluster.ranges:
        return
    nodes = facts.node_egress
    app.console.note(f"`{facts.cluster.id.name}` is open to the whole internet; locking it down shuts out everyone")
    if nodes is not None and nodes.automatic:
        app.console.note("but this lease and the cluster's own nodes, which Azure admits by itself")
    elif nodes is not None:
        app.console.note(f"but this lease and the nodes' addresses ({nodes.kind}): {', '.join(nodes.addresses)}")
    if yes or app.console.asks("lock it down?"):
        return
    raise RouteRefused(
        "the API server was left open, nothing was changed", "answer yes, or give --yes", code="lock-down-unconfirmed"
    )
