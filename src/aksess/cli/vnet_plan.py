"""aksess vnet plan: what a network for Cloud Shell would be, before anything is made."""

import json
from pathlib import Path

import click

from aksess.cli.options import NetworkOptions, cluster_options, network_options, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.vnet_plan_shown import plan_data, plan_text
from aksess.cli.work import at_work
from aksess.errors import BadInput
from aksess.session import ClusterName
from aksess.vnet.diagram import as_svg
from aksess.vnet.template import template
from aksess.vnet.wishes import command_again

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("plan")
@cluster_options
@network_options
@click.option("--out", type=FILE, metavar="FILE", help="Write the ARM template, literal and commented, to this file.")
@click.option("--diagram", type=FILE, metavar="FILE", help="Draw the picture as SVG into this file.")
@output_option
@click.pass_obj
async def command(
    app: App, *, cluster: ClusterName, network: NetworkOptions, out: Path | None, diagram: Path | None, form: str
) -> int:
    """Show what a network for Cloud Shell would be: what is made, changed and assigned, a picture of it, what it costs
    a month, who must do what by hand, and which rights you lack. Nothing is changed."""
    async with at_work(app) as session:
        found = await session.find(cluster)
        wishes = await session.networks.wishes(found, **vars(network))
        app.console.stage(f"looking at {found.name} and the networks around it")
        plan = await session.networks.plan(found, wishes)
        app.console.stage("asking for prices")
        cost = await session.networks.cost(plan)
        if out is not None:
            _write(out, json.dumps(template(plan), indent=2) + "\n")
        if diagram is not None:
            _write(diagram, as_svg(plan))
        if form == "table":
            app.console.data(plan_text(plan, cost))
        else:
            show(Result(plan_data(plan, cost), (), ()), form, app.console)
        for path, what in ((out, "the template"), (diagram, "the picture")):
            if path is not None:
                app.console.done(f"{what} is in {path}")
        made = "everything stands as planned"
        app.console.done(made if plan.done else f"to make it so: {command_again(found, wishes)}")
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise BadInput(
            f"{path} cannot be written: {fault.strerror}", "name a file in a folder of yours", code="file-unwritable"
        ) from fault
