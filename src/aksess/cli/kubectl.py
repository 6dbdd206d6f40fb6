"""aksess kubectl: one kubectl command through a way of its own; the short form of `connect -- kubectl …`."""

from dataclasses import replace

import click

from aksess.cli.connect import hand_over, look
from aksess.cli.options import LeaseOptions, WayOptions, cluster_options, lease_options, way_options
from aksess.cli.running import App
from aksess.cli.work import at_work, wishes_of
from aksess.session import ClusterName


@click.command("kubectl", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@cluster_options
@way_options
@lease_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, required=True, metavar="VERB [ARGS...]")
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    way: WayOptions,
    lease: LeaseOptions,
    arguments: tuple[str, ...],
) -> int:
    """Run one kubectl command and return its exit code.

    What stands before the verb is aksess's (-n names the cluster), what stands behind it is kubectl's (-n names the
    namespace).
    """
    async with at_work(app, lease.ledger) as session:
        run = ("kubectl", *arguments)
        wishes = replace(wishes_of(session, lease, way), command=run)
        facts = await look(app, session, cluster, wishes)
        return await hand_over(app, session, facts, wishes, run)
