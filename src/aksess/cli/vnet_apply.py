"""aksess vnet apply: make the planned network, or what is missing of it. Running it twice changes nothing."""

from collections.abc import Sequence
from typing import Any

import click

from aksess.cli.options import NetworkOptions, cluster_options, network_options, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.vnet_shown import CHANGE_COLUMNS, LINK_COLUMNS, change_data, change_row, link_data, link_row
from aksess.cli.work import at_work
from aksess.errors import RouteRefused
from aksess.leases.standing import Standing
from aksess.session import ClusterName
from aksess.vnet.apply import Foreseen
from aksess.vnet.chain import Health, Link, chain
from aksess.vnet.model import Plan

VERBS = {"Create": "creates", "Modify": "modifies", "Deploy": "deploys", "Delete": "deletes"}
"""Azure's words for what becomes of a resource, as said about it."""


@click.command("apply")
@cluster_options
@network_options
@click.option("--set-my-shell", is_flag=True, help="Let your own Cloud Shell start in it from now on (undocumented).")
@click.option("--dry-run", is_flag=True, help="Print what would change, as Azure foresees it, and change nothing.")
@click.option("--yes", is_flag=True, help="Make the changes without asking.")
@output_option
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    network: NetworkOptions,
    set_my_shell: bool,
    dry_run: bool,
    yes: bool,
    form: str,
) -> int:
    """Make the network that `aksess vnet plan` shows, after asking Azure what would change.

    It can be interrupted at any time: the next run finishes what was begun.
    """
    async with at_work(app) as session:
        found = await session.find(cluster)
        wishes = await session.networks.wishes(found, **vars(network))
        app.console.stage(f"looking at {found.name} and the networks around it")
        plan = await session.networks.to_apply(found, wishes)
        for note in plan.notes:
            app.console.note(note)
        changes = await session.networks.foresee(plan)
        if dry_run:
            show(_foreseen(plan, changes), form, app.console)
            return 0
        _confirm(app, plan, changes, yes=yes)
        applied = await session.networks.apply(plan)
        if set_my_shell and await session.networks.set_my_shell(plan):
            app.console.done("your next Cloud Shell starts in this network (by a setting that Azure documents nowhere)")
        links = chain(await session.networks.seen(found, wishes))
        show(_applied(plan, changes, applied, links), form, app.console)
        _last_words(app, plan, links)
    return 0


def _head(plan: Plan) -> dict[str, Any]:
    return {"cluster": str(plan.cluster), "network": plan.network, "variant": plan.variant.value}


def _applied(plan: Plan, changes: list[Foreseen], applied: Standing, links: Sequence[Link]) -> Result:
    data: dict[str, Any] = {
        **_head(plan),
        "registered": list(plan.registrations),
        "changed": [change_data(one) for one in changes],
        "admitted": [str(one) for one in applied.entries],
        "chain": [link_data(one) for one in links],
    }
    return Result(data, LINK_COLUMNS, [link_row(one) for one in links])


def _foreseen(plan: Plan, changes: list[Foreseen]) -> Result:
    told = [change_data(one) for one in changes]
    data = {**_head(plan), "registers": list(plan.registrations), "changes": told, "dryRun": True}
    return Result(data, CHANGE_COLUMNS, [change_row(one) for one in changes], "nothing would change")


def _confirm(app: App, plan: Plan, changes: list[Foreseen], *, yes: bool) -> None:
    """What changes costs money: it is shown, and asked about. Errors: RouteRefused without a yes."""
    if not changes and not plan.registrations:
        app.console.done("everything stands as planned")
        return
    for namespace in plan.registrations:
        app.console.note(f"registers {namespace} in the subscription")
    for change in changes:
        what, kind, differs = change_row(change)
        app.console.note(f"{VERBS.get(kind, kind)} {what}" + (f" ({differs})" if change.fields else ""))
    if not yes and not app.console.asks(f"make these {len(changes)} changes?"):
        raise RouteRefused("nothing was changed", "answer yes, or give --yes", code="apply-unconfirmed")


def _last_words(app: App, plan: Plan, links: tuple[Link, ...]) -> None:
    """What is left is a person's own: their settings, and a new shell."""
    open_links = [link for link in links if link.health is Health.BROKEN]
    for link in open_links:
        app.console.note(f"{link.name}: {link.sentence}; {link.mend}")
    if any("settings" in link.name for link in open_links):
        for errand in plan.errands:
            app.console.note(f"{errand.who}: {errand.what}: {errand.how}")
