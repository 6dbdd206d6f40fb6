"""aksess leases: who may reach a cluster, until when and why, and which entries nobody accounts for."""

from collections.abc import Sequence
from typing import Any

import click

from aksess.cli.options import cluster_options, ledger_option, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.shown import LEASE_COLUMNS, lease_data, lease_row
from aksess.cli.work import at_work
from aksess.leases.model import Lease
from aksess.leases.standing import Standing, known_standing
from aksess.ranges import SEALED, read_entry
from aksess.session import ClusterName


@click.command("leases")
@cluster_options
@click.option("--all", "ended_too", is_flag=True, help="Ended leases as well, as far back as the ledger goes.")
@ledger_option
@output_option
@click.pass_obj
async def command(
    app: App,
    *,
    cluster: ClusterName,
    ended_too: bool,
    ledger: str | None,
    form: str,
) -> int:
    """List the leases on a cluster and every other entry of its authorized ranges."""
    async with at_work(app, ledger) as session:
        found = await session.cluster(await session.find(cluster))
        everything = await session.keeper.ledger.leases(found.id)
        leases = sorted(
            (one for one in everything if ended_too or not (one.ended and one.settled)), key=lambda one: one.created
        )
        leased = {one.address for one in everything if one.added and not one.settled}
        foreign = [entry for entry in found.ranges if read_entry(entry) not in leased]
        rows = [lease_row(one, session.clock.now()) for one in leases]
        network = await known_standing(session.facts.records, found.id)
        rows += [_network_row(entry, network) or _foreign_row(entry, everything) for entry in foreign]
        data = {
            "cluster": str(found.id),
            "authorizedRanges": list(found.ranges),
            "leases": [lease_data(one) for one in leases],
            "foreign": foreign,
            "network": _network_data(network),
        }
        empty = "no leases; this cluster is private, authorized ranges do not exist there"
        if not found.private:
            empty = "no leases, and no authorized ranges: this API server is open to the whole internet"
        show(Result(data, LEASE_COLUMNS, rows, empty), form, app.console)
    return 0


def _network_data(network: Standing | None) -> dict[str, Any] | None:
    if network is None:
        return None
    return {"id": network.network, "addresses": list(map(str, network.entries)), "added": list(map(str, network.added))}


def _network_row(entry: str, network: Standing | None) -> tuple[str, ...] | None:
    """An entry without an end, which `aksess vnet` keeps."""
    if network is None or read_entry(entry) not in network.entries:
        return None
    name = network.network.rpartition("/")[2]
    return (entry, network.holder.name, "network", "-", f"Cloud Shell network {name}: aksess vnet status", "-")


def _foreign_row(entry: str, known: Sequence[Lease]) -> tuple[str, ...]:
    """An entry nobody holds. One that an ended lease once added may have come back with a failed operation."""
    network = read_entry(entry)
    if network == SEALED:
        return (entry, "-", "seal", "-", "admits nobody from outside", "-")
    left = [lease for lease in known if lease.ended and lease.added and lease.address == network]
    if not left:
        return (entry, "-", "foreign", "-", "not added by aksess", "-")
    last = max(left, key=lambda lease: lease.ends)
    return (entry, last.holder.name, "left?", "ended", f"listed anew, or left: revoke --lease {last.id}", last.id)
