"""aksess leases: who may reach a cluster, until when and why, and which entries nobody accounts for."""

import click

from aksess.cli.options import cluster_options, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.shown import LEASE_COLUMNS, lease_data, lease_row
from aksess.cli.work import at_work, typed
from aksess.ranges import read_entry


@click.command("leases")
@cluster_options
@click.option("--all", "ended_too", is_flag=True, help="Ended leases as well, as far back as the ledger goes.")
@click.option("--ledger", type=click.Choice(["deployments", "local"]), help="Where the leases are recorded.")
@output_option
@click.pass_obj
async def command(
    app: App,
    *,
    group: str | None,
    name: str | None,
    subscription: str | None,
    ended_too: bool,
    ledger: str | None,
    form: str,
) -> int:
    """List the leases on a cluster and every other entry of its authorized ranges."""
    async with at_work(app, ledger) as session:
        cluster = await session.cluster(await session.find(typed(group, name, subscription)))
        everything = await session.keeper.ledger.leases(cluster.id)
        leases = sorted(
            (one for one in everything if ended_too or not (one.ended and one.settled)), key=lambda one: one.created
        )
        leased = {one.address for one in everything if one.added and not one.settled}
        foreign = [entry for entry in cluster.ranges if read_entry(entry) not in leased]
        rows = [lease_row(one, session.clock.now()) for one in leases]
        rows += [(entry, "-", "foreign", "-", "not added by aksess", "-") for entry in foreign]
        data = {
            "cluster": str(cluster.id),
            "authorizedRanges": list(cluster.ranges),
            "leases": [lease_data(one) for one in leases],
            "foreign": foreign,
        }
        empty = "no leases, and no authorized ranges: this API server is open to the whole internet"
        show(Result(data, LEASE_COLUMNS, rows, empty), form, app.console)
    return 0
