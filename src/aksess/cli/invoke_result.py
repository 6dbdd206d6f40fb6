"""aksess invoke result: what became of a command that runs, or ran, inside the cluster."""

import click

from aksess.cli.in_cluster import tell, wait_for, written_by
from aksess.cli.options import cluster_options, output_option
from aksess.cli.running import App
from aksess.cli.work import at_work
from aksess.errors import StillRunning
from aksess.session import ClusterName


@click.command("result")
@cluster_options
@click.option("--wait", is_flag=True, help="Wait until it has ended.")
@output_option
@click.argument("id", metavar="ID")
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    wait: bool,
    form: str,
    id: str,  # noqa: A002 - Azure's own word
) -> int:
    """Print what a command wrote and return its exit code, from any shell; it needs only the command's id."""
    async with at_work(app) as session:
        found = await session.find(cluster)
        runner = session.invoke.runner(found)
        ran = await runner.look(id)
        if ran.running and not wait:
            raise StillRunning(f"command {id} still runs", f"wait for it: {runner.later(id)}")
        ran = await wait_for(app, runner, ran)
        return tell(app, str(found), ran, written_by(ran), form)
