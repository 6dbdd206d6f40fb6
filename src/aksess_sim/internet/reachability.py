"""Does a TCP connect succeed from where this caller stands? Asked of the world anew at every attempt.

A shell in Microsoft's own network sees public names and is seen from its egress address; a shell in a virtual network
also sees the private names linked to it and whatever is peered with it. A pod always reaches its own API server.
"""

from enum import Enum, auto
from ipaddress import IPv4Address

from aksess_sim.internet.caller import Caller
from aksess_sim.internet.names import PUBLIC
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.filtering import lets_out
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
    if caller.network is None:
        return _unfiltered(world, caller, None, host, port)
    subnet = _subnet_standing(world, caller.network)
    if subnet is None:
        return Reach.SILENT
    answer = _unfiltered(world, caller, vnet_of(subnet), host, port)
    # Names are resolved beside all security groups, by an address of Azure's own.
    heard = answer is Reach.UNRESOLVED or lets_out(world.networks, subnet, _private_address(world, host))
    return answer if heard else Reach.SILENT


def _unfiltered(world: World, caller: Caller, vnet: str | None, host: str, port: int) -> Reach:
    if host in PUBLIC or world.bastions.by_host(host):
        return Reach.OPEN if port == HTTPS else Reach.REFUSED
    cluster = world.cluster_by_host(host)
    if cluster is None or not cluster.running:
        return Reach.UNRESOLVED
    answer = _api_server(world, caller, vnet, cluster, host)
    return Reach.REFUSED if answer is Reach.OPEN and port != HTTPS else answer


def _subnet_standing(world: World, network: str) -> str | None:
    """The id of the subnet a shell stands in, None when it is no longer there."""
    try:
        return world.networks.subnet_named(network)
    except KeyError:
        return None


def _api_server(world: World, caller: Caller, vnet: str | None, cluster: Cluster, host: str) -> Reach:
    """A stopped cluster's names are gone (AKS docs start-stop-cluster), so this is about running ones."""
    if caller.cluster == cluster.id:
        return Reach.OPEN
    private_name = host == _private_name(cluster)
    if private_name and (vnet is None or world.networks.resolve(host, vnet) is None):
        return Reach.UNRESOLVED
    if private_name or cluster.private:
        return Reach.OPEN if vnet and _leads_to(world, vnet, cluster) else Reach.SILENT
    return Reach.OPEN if cluster.admits(caller.address) else Reach.SILENT


def _private_name(cluster: Cluster) -> str:
    return str(cluster.body["properties"].get("privateFQDN", "")).lower()


def _private_address(world: World, host: str) -> IPv4Address | None:
    """Where a connect to a private API server goes, None for anything public."""
    cluster = world.cluster_by_host(host)
    if cluster is None or cluster.subnet_id is None or not (cluster.private or host == _private_name(cluster)):
        return None
    return world.networks.resolve(_private_name(cluster), vnet_of(cluster.subnet_id))


def _leads_to(world: World, vnet: str, cluster: Cluster) -> bool:
    home = cluster.subnet_id
    return home is not None and world.networks.connected(vnet, vnet_of(home))
