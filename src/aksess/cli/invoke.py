"""aksess invoke: one command inside the cluster, with the local files it names; no network path is needed."""

from collections.abc import Sequence
from typing import Any

import click

from aksess.attachments.parcel import Parcel
from aksess.cli.connect import look
from aksess.cli.in_cluster import command_data, run_in_cluster, run_whole, wrapping
from aksess.cli.invoke_result import command as result
from aksess.cli.options import cluster_options, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.work import at_work
from aksess.errors import BadInput
from aksess.routes.base import RouteName, Runner, Wishes
from aksess.routes.invoke_rules import refuse_talk
from aksess.routes.invoke_verbs import only_reads
from aksess.session import ClusterName


class OrResult(click.Command):
    """`aksess invoke result ID` is a command of its own; a program named `result` is run with `-- result`."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args[:1] == ["result"]:
            context: click.Context = result.make_context(f"{info_name} result", args[1:], parent, **extra)
            return context
        return super().make_context(info_name, args, parent, **extra)


@click.command("invoke", cls=OrResult, context_settings={"allow_interspersed_args": False})
@cluster_options
@click.option("--attach", multiple=True, metavar="PATH", help="A file or folder to take along; may be repeated.")
@click.option("--full", is_flag=True, help="Fetch all of the output, packed; Azure itself keeps 512 kB.")
@click.option("--repeat", is_flag=True, help="With --full: the command may run again for what did not fit.")
@click.option("--detach", is_flag=True, help="Print the command's id as soon as it runs, and leave it to itself.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent and send nothing.")
@output_option
@click.argument("run", nargs=-1, type=click.UNPROCESSED, metavar="[--] CMD...")
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    attach: tuple[str, ...],
    full: bool,
    repeat: bool,
    detach: bool,
    dry_run: bool,
    form: str,
    run: tuple[str, ...],
) -> int:
    """Run one command inside the cluster and return its exit code; `aksess invoke result ID` asks for it later.

    Several words arrive exactly as typed; one word is a line for the shell there: 'kubectl get pods | wc -l'. Files
    that kubectl and helm are told to read are taken along.
    """
    async with at_work(app) as session:
        parcel = session.parcel(_sendable(run), attach, app.console.given)
        if dry_run:
            show(_planned(app, parcel), form, app.console)
            return 0
        wishes = Wishes(via=RouteName.INVOKE, command=run)
        facts = await look(app, session, cluster, wishes)
        found = str(facts.cluster.id)
        async with session.runner(facts, wishes) as runner:
            if detach:
                return await _leave(app, runner, wrapping(parcel) if full else parcel, found, form)
            if full:
                return await run_whole(app, runner, parcel, found, again=repeat or only_reads(run), form=form)
            return await run_in_cluster(app, runner, parcel, found, form)


def _sendable(run: Sequence[str]) -> Sequence[str]:
    """Refused without a look at any cluster: nothing to run, and what needs somebody at this end."""
    if not run:
        raise BadInput("there is no command to run", "give it: aksess invoke -n NAME -- CMD", code="no-command")
    if fault := refuse_talk(run):
        raise fault
    return run


async def _leave(app: App, runner: Runner, parcel: Parcel, cluster: str, form: str) -> int:
    begun = await runner.begin(parcel)
    app.console.done(f"it runs; its result: {runner.later(begun.id)}")
    if form == "table":
        app.console.data(begun.id)
    else:
        show(Result(command_data(cluster, begun), (), ()), form, app.console)
    return 0


def _planned(app: App, parcel: Parcel) -> Result:
    app.console.stage(f"would run: {parcel.line}")
    files = [(name, len(content)) for name, content in sorted(parcel.files.items())]
    data: dict[str, Any] = {
        "line": parcel.line,
        "files": [{"path": name, "bytes": size} for name, size in files],
        "packedBytes": len(parcel.context),
    }
    return Result(data, ("file", "bytes"), [(name, str(size)) for name, size in files], "no file goes along")
