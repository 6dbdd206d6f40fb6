"""aksess sweep: finish what ended leases left behind, whoever they belonged to."""

import click

from aksess.cli.options import cluster_options, ledger_option, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.shown import LEASE_COLUMNS, lease_data, lease_row
from aksess.cli.work import at_work
from aksess.session import ClusterName


@click.command("sweep")
@cluster_options
@ledger_option
@click.option("--dry-run", is_flag=True, help="Print what would be taken out and change nothing.")
@output_option
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    ledger: str | None,
    dry_run: bool,
    form: str,
) -> int:
    """Expire the leases that are over and take their addresses out of the list. Safe to run twice, and by two."""
    async with at_work(app, ledger) as session:
        found = await session.cluster(await session.find(cluster))
        app.console.stage(f"sweeping {found.id.name}", usually=5)
        swept = await (session.keeper.would_sweep(found) if dry_run else session.keeper.sweep(found))
        data = {
            "cluster": str(found.id),
            "ended": [lease_data(one) for one in swept.ended],
            "removed": list(swept.removed),
            "listed": list(swept.listed),
            "dryRun": dry_run,
        }
        rows = [lease_row(one, session.clock.now()) for one in swept.ended]
        show(Result(data, LEASE_COLUMNS, rows, "no lease was left over"), form, app.console)
        for entry in swept.removed:
            app.console.done(f"{entry} {'would be' if dry_run else 'was'} taken out of the list")
        for entry in swept.listed:
            app.console.done(f"{entry} {'would be' if dry_run else 'was'} put into the list: a lease holds it")
    return 0
