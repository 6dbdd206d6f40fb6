"""Does a TCP connect succeed from where this caller stands? Asked of the world anew at every attempt.

A shell in Microsoft's own network sees public names and is seen from its egress address; a shell in a virtual network
also sees the private names linked to it and whatever is peered with it. A pod always reaches its own API server.
"""

from enum import Enum, auto

from aksess_sim.internet.caller import Caller
from aksess_sim.internet.names import PUBLIC
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.networks import vnet_of
from aksess_sim.world.state import World

HTTPS = 443


class Reach(Enum):
    """What becomes of a connect."""

    OPEN = auto()
    UNRESOLVED = auto()
    """The name means nothing from here."""
    REFUSED = auto()
    """Somebody answers, and nothing listens on that port."""
    SILENT = auto()
    """Nobody answers: filtered, or a private address without a way to it."""


def reach(world: World, caller: Caller, host: str, port: int) -> Reach:
    """What becomes of a connect from `caller` to `host` (lower case) at this moment of the world."""
    if caller.network and not _stands(world, caller.network):
        return Reach.SILENT
    if host in PUBLIC:
        return Reach.OPEN if port == HTTPS else Reach.REFUSED
    if world.bastions.by_host(host):
        return Reach.OPEN if port == HTTPS else Reach.REFUSED
    cluster = world.cluster_by_host(host)
    if cluster is None or not cluster.running:
        return Reach.UNRESOLVED
    answer = _api_server(world, caller, cluster, host)
    return Reach.REFUSED if answer is Reach.OPEN and port != HTTPS else answer


def _stands(world: World, network: str) -> bool:
    """Whether the subnet a shell stands in is still there."""
    try:
        world.networks.subnet_named(network)
    except KeyError:
        return False
    return True


def _api_server(world: World, caller: Caller, cluster: Cluster, host: str) -> Reach:
    """A stopped cluster's names are gone (AKS docs start-stop-cluster), so this is about running ones."""
    if caller.cluster == cluster.id:
        return Reach.OPEN
    vnet = vnet_of(world.networks.subnet_named(caller.network)) if caller.network else None
    private_name = host == str(cluster.body["properties"].get("privateFQDN", "")).lower()
    if private_name and (vnet is None or world.networks.resolve(host, vnet) is None):
        return Reach.UNRESOLVED
    if private_name or cluster.private:
        return Reach.OPEN if vnet and _leads_to(world, vnet, cluster) else Reach.SILENT
    return Reach.OPEN if cluster.admits(caller.address) else Reach.SILENT


def _leads_to(world: World, vnet: str, cluster: Cluster) -> bool:
    home = cluster.subnet_id
    return home is not None and world.networks.connected(vnet, vnet_of(home))
