"""aksess kubectl: one kubectl command through a way of its own; the short form of `connect -- kubectl …`."""

from dataclasses import replace
from datetime import timedelta

import click

from aksess.cli.connect import hand_over, look
from aksess.cli.options import cluster_options, lease_options
from aksess.cli.running import App
from aksess.cli.work import at_work, typed, wishes_of
from aksess.routes.base import RouteName


@click.command("kubectl", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@cluster_options
@click.option("--via", type=click.Choice([name.value for name in RouteName]), help="This route and no other.")
@lease_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, required=True, metavar="VERB [ARGS...]")
@click.pass_obj
async def command(
    app: App,
    *,
    group: str | None,
    name: str | None,
    subscription: str | None,
    via: str | None,
    ledger: str | None,
    address: str | None,
    lasts: timedelta,
    reason: str,
    arguments: tuple[str, ...],
) -> int:
    """Run one kubectl command and return its exit code.

    What stands before the verb is aksess's (-n names the cluster), what stands behind it is kubectl's (-n names the
    namespace).
    """
    async with at_work(app, ledger) as session:
        run = ("kubectl", *arguments)
        wishes = replace(wishes_of(session, via=via, address=address, lasts=lasts, reason=reason), command=run)
        facts = await look(app, session, typed(group, name, subscription), wishes)
        return await hand_over(app, session, facts, wishes, run)
