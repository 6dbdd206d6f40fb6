"""aksess vnet remove: take away what aksess made for a cluster, in order, and say what stays."""

import click

from aksess.cli.options import NetworkOptions, cluster_options, network_options, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.vnet_shown import GONE_COLUMNS, gone_data, gone_row
from aksess.cli.work import at_work
from aksess.errors import ClusterUnknown, RouteRefused
from aksess.session import ClusterName
from aksess.vnet.remove import check_gone


@click.command("remove")
@cluster_options
@network_options
@click.option("--dry-run", is_flag=True, help="Print what would be removed, and remove nothing.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@output_option
@click.pass_obj
async def command(
    app: App, *, cluster: ClusterName, network: NetworkOptions, dry_run: bool, yes: bool, form: str
) -> int:
    """Take away the network that was applied for a cluster: only what aksess made, the cluster's own list first."""
    async with at_work(app) as session:
        found = await session.find(cluster)
        wishes = await session.networks.wishes(found, **vars(network))
        app.console.stage(f"looking at the network for {found.name}")
        try:
            seen = await session.networks.seen(found, wishes)
        except ClusterUnknown:
            app.console.note(f"`{found.name}` is gone, or you may not see it: looking for what was made for it")
            seen = await session.networks.left_behind(found, wishes)
        gone = await session.networks.remove(seen, dry_run=True)
        if not dry_run and gone:
            _confirm(app, len([one for one in gone if one.fate.value == "removed"]), yes=yes)
            gone = await session.networks.remove(seen)
        data = {"cluster": str(found), "network": seen.plan.network, "gone": [gone_data(one) for one in gone]}
        rows = [gone_row(one) for one in gone]
        show(Result({**data, "dryRun": dry_run}, GONE_COLUMNS, rows, "nothing of it is there"), form, app.console)
        check_gone(gone)
    return 0


def _confirm(app: App, count: int, *, yes: bool) -> None:
    """Errors: RouteRefused without a yes."""
    if not yes and not app.console.asks(f"remove these {count} resources?"):
        raise RouteRefused("nothing was removed", "answer yes, or give --yes", code="remove-unconfirmed")
