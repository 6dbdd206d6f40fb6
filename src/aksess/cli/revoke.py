"""aksess revoke: end leases now: one's own, one by id, or everybody's on this cluster."""

from dataclasses import dataclass

import click

from aksess.cli.options import cluster_options, ledger_option, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.shown import LEASE_COLUMNS, lease_data, lease_row
from aksess.cli.work import at_work
from aksess.errors import BadInput
from aksess.leases.model import Lease
from aksess.ranges import lease_range
from aksess.session import ClusterName, Session


@dataclass(frozen=True)
class Which:
    """The leases meant."""

    id: str | None
    address: str | None
    everybody: bool


@click.command("revoke")
@cluster_options
@click.option("--lease", metavar="ID", help="The lease of this id, whoever holds it.")
@click.option("--ip", "address", metavar="ADDRESS", help="The leases on this address, whoever holds them.")
@click.option("--all", "everybody", is_flag=True, help="Every lease on this cluster.")
@ledger_option
@click.option("--dry-run", is_flag=True, help="Print what would be ended and end nothing.")
@output_option
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    lease: str | None,
    address: str | None,
    everybody: bool,
    ledger: str | None,
    dry_run: bool,
    form: str,
) -> int:
    """End your leases on a cluster (or those named) and take their addresses out of the list."""
    async with at_work(app, ledger) as session:
        found = (await session.cluster(await session.find(cluster))).id
        known = await session.keeper.ledger.leases(found)
        meant = await _meant(session, known, Which(lease, address, everybody))
        if not dry_run and meant:
            app.console.stage(f"ending {len(meant)} lease{'s' if len(meant) > 1 else ''} on {found.name}", usually=5)
            meant = await session.leasing.end(meant)
        rows = [lease_row(one, session.clock.now()) for one in meant]
        data = {"cluster": str(found), "leases": [lease_data(one) for one in meant], "dryRun": dry_run}
        show(Result(data, LEASE_COLUMNS, rows, "no lease of yours is open here"), form, app.console)
    return 0


async def _meant(session: Session, known: list[Lease], which: Which) -> list[Lease]:
    """By id also a lease that has ended: what it left behind may still be listed. Errors: BadInput."""
    if which.id:
        chosen = [one for one in known if one.id == which.id]
        if not chosen:
            raise BadInput(f"there is no lease `{which.id}`", "list them: aksess leases --all", code="lease-unknown")
        return chosen
    unfinished = sorted((one for one in known if not one.settled), key=lambda one: one.created)
    if which.address is not None:
        address = lease_range(which.address, widest_prefix=8)
        return [one for one in unfinished if one.address == address]
    if which.everybody:
        return unfinished
    caller = await session.identity()
    return [one for one in unfinished if one.holder.object_id == caller.object_id]
