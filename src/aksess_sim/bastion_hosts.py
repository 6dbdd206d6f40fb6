"""A Bastion host of the world in its internet: its application, and where its machines stand when they connect.

It joins the world to the host's public side, which knows no cluster's name and no way to it.
"""

from collections.abc import Callable
from dataclasses import replace

from aiohttp import web

from aksess_sim.internet.caller import CALLER, Caller
from aksess_sim.internet.dialing import Dialled, Unreached, dial
from aksess_sim.internet.gateway import Gateway
from aksess_sim.internet.reachability import HTTPS, Reach
from aksess_sim.services.bastion import app
from aksess_sim.world.bastions import Bastion
from aksess_sim.world.state import World


def bastion_host(world: World, bastion: Bastion, gateway: Callable[[], Gateway]) -> web.Application:
    """The application of one host.

    A cluster is connected to by the name that resolves most widely: its public one, else its private one
    (mspnp/aks-baseline#450: the private zone's link matters when the public name is switched off).
    """

    def connect(target: str, protocol: Dialled) -> app.Connection:
        cluster = world.clusters.get(target.lower())
        if cluster is None:
            raise Unreached(Reach.UNRESOLVED)
        name = cluster.hosts[0].lower()
        return dial(gateway(), _machine(world, bastion), name, HTTPS, protocol, through=bastion.name)

    return app.application(world, bastion, connect)


def _machine(world: World, bastion: Bastion) -> Caller:
    """Who a cluster sees: the shell's session, but at the host's place in the world."""
    caller = replace(CALLER.get(), network=bastion.subnet_id, cluster=None)
    return replace(caller, address=world.networks.address_of(bastion.public_ip_id)) if bastion.public_ip_id else caller
