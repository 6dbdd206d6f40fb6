"""aksess vnet remove: take away what aksess made for a cluster, in order, and say what stays."""

import click

from aksess.cli.options import NetworkOptions, cluster_options, network_options, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.vnet_shown import GONE_COLUMNS, gone_data, gone_row
from aksess.cli.work import at_work
from aksess.errors import BadInput, ClusterUnknown, RouteRefused
from aksess.session import ClusterName, Session
from aksess.vnet.chain import Seen
from aksess.vnet.model import Wishes
from aksess.vnet.remove import Fate, Gone, check_gone
from aksess.vnet.wishes import Target

BESIDE = "az resource list --tag aksess=vnet -o table"


@click.command("remove")
@cluster_options
@network_options
@click.option("--dry-run", is_flag=True, help="Print what would be removed, and remove nothing.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@click.option(
    "--reset-my-shell", is_flag=True, help="Only let your own next Cloud Shell start outside again (undocumented)."
)
@output_option
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    network: NetworkOptions,
    dry_run: bool,
    yes: bool,
    reset_my_shell: bool,
    form: str,
) -> int:
    """Take away the network that was applied for a cluster: only what aksess made, the cluster's own list first."""
    async with at_work(app) as session:
        if reset_my_shell:
            again = "again" if await session.networks.reset_my_shell() else "(as it did already)"
            app.console.done(f"your next Cloud Shell starts outside {again}")
            return 0
        found = await session.find(cluster)
        wishes = await session.networks.wishes(found, **vars(network))
        app.console.stage(f"looking at the network for {found.name}")
        try:
            seen = await _seen(app, session, found, wishes)
        except BadInput as fault:
            if fault.code != "network-unknown" or network.network:
                raise
            gone = await _lost(app, session, found, dry_run=dry_run, yes=yes)
        else:
            gone = await session.networks.remove(seen, dry_run=True)
            if not dry_run and gone:
                _confirm(app, gone, yes=yes)
                gone = await session.networks.remove(seen)
        data = {"cluster": str(found), "gone": [gone_data(one) for one in gone], "dryRun": dry_run}
        show(Result(data, GONE_COLUMNS, [gone_row(one) for one in gone], "nothing of it is there"), form, app.console)
        check_gone(gone)
    return 0


async def _seen(app: App, session: Session, cluster: Target, wishes: Wishes) -> Seen:
    try:
        return await session.networks.seen(cluster, wishes)
    except ClusterUnknown:
        app.console.note(f"`{cluster.name}` is gone, or you may not see it: looking for what was made for it")
        return await session.networks.left_behind(cluster, wishes)


async def _lost(app: App, session: Session, cluster: Target, *, dry_run: bool, yes: bool) -> list[Gone]:
    """The network was somebody's own, and they have deleted it."""
    gone = await session.networks.forget_lost(cluster, dry_run=True)
    app.console.note("the network that was applied is gone; what stood beside it is found by: " + BESIDE)
    if dry_run or not gone:
        return gone
    _confirm(app, gone, yes=yes)
    return await session.networks.forget_lost(cluster)


def _confirm(app: App, gone: list[Gone], *, yes: bool) -> None:
    """What goes is shown before it is asked about. Errors: RouteRefused without a yes."""
    going = [gone_row(one) for one in gone if one.fate is Fate.REMOVED]
    for what, _, name, _ in going:
        app.console.note(f"removes {what}: {name}")
    count = len(going)
    if not yes and not app.console.asks(f"remove these {count} resources?"):
        raise RouteRefused("nothing was removed", "answer yes, or give --yes", code="remove-unconfirmed")
