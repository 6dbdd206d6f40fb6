"""aksess vnet status: each link of the chain from a person's Cloud Shell to the API server, checked and named."""

import click

from aksess.cli.options import NetworkOptions, cluster_options, network_options, output_option
from aksess.cli.output import Result, show
from aksess.cli.running import App
from aksess.cli.vnet_shown import LINK_COLUMNS, check_chain, link_data, link_row
from aksess.cli.work import at_work
from aksess.session import ClusterName
from aksess.vnet.chain import chain


@click.command("status")
@cluster_options
@network_options
@output_option
@click.pass_obj
async def command(app: App, *, cluster: ClusterName, network: NetworkOptions, form: str) -> int:
    """Check each link of the chain, from wherever you stand; what is broken is named, with what mends it.

    Exit code 79 when a link is broken.
    """
    async with at_work(app) as session:
        found = await session.find(cluster)
        wishes = await session.networks.wishes(found, **vars(network))
        app.console.stage(f"looking at the network for {found.name}")
        seen = await session.networks.seen(found, wishes)
        links = chain(seen)
        data = {
            "cluster": str(found),
            "network": seen.plan.network,
            "variant": seen.plan.variant.value,
            "inside": seen.inside,
            "chain": [link_data(one) for one in links],
        }
        show(Result(data, LINK_COLUMNS, [link_row(one) for one in links]), form, app.console)
        check_chain(seen, links)
    return 0
