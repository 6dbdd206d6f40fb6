"""Whom a Bastion host lets through, and to what: the rules of one token exchange.

Rights: Reader on the cluster, on the Bastion host, and on the cluster's network where that is a peered one (Azure docs
bastion-connect-to-aks-private-cluster). Which code and sentence each refusal has at the host itself is not documented:
those here are decisions of ours, with the statuses in `services/bastion`.
"""

from dataclasses import dataclass, field

from aksess_sim.world.bastions import Bastion, BastionSession
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.networks import vnet_of
from aksess_sim.world.people import Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.state import World
from aksess_sim.world.tokens import TokenRefused

AUDIENCES = ("https://management.azure.com/", "https://management.core.windows.net/")
HTTPS = "443"


@dataclass(frozen=True)
class Exchange:
    """What a client asks for: an ARM token against a session; words are those of the form."""

    resource_id: str
    protocol: str
    port: str
    arm_token: str = field(repr=False)
    previous: str = field(default="", repr=False)
    hostname: str = ""
    node: str = ""


def exchange(world: World, bastion: Bastion, asked: Exchange) -> BastionSession:
    """Grant a session. Raises Refused."""
    check_available(bastion)
    person = identified(world, asked.arm_token)
    cluster = check_target(world, bastion, person, asked.resource_id)
    _check_form(asked)
    if not bastion.tunnels:
        raise Refused("TunnellingOff", f"The Bastion host ({bastion.sku}) does not let native clients through.")
    return bastion.grant(person.name, cluster.id, previous=asked.previous, node=asked.node)


def check_available(bastion: Bastion) -> None:
    """Let pass while the host is there. Raises Refused `HostUnavailable`."""
    if not bastion.available:
        raise Refused("HostUnavailable", "The Bastion host is not available.")


def identified(world: World, arm_token: str) -> Person:
    """Whose ARM token it is. Raises Refused `InvalidToken`, for whatever is wrong with it."""
    try:
        claims = world.tokens.verify(arm_token, AUDIENCES)
    except TokenRefused as refused:
        raise Refused("InvalidToken", f"The access token cannot be used: {refused.reason}.") from refused
    person = world.people.by_object_id(str(claims.get("oid")))
    if person is None:
        raise Refused("InvalidToken", "The access token is of nobody in this tenant.")
    return person


def check_target(world: World, bastion: Bastion, person: Person, resource_id: str) -> Cluster:
    """The cluster that is asked for, to whom may go there; this world has nothing else to lead to. Raises Refused."""
    cluster = world.clusters.get(resource_id.rstrip("/").lower())
    if cluster is None:
        raise Refused("TargetNotFound", "The target resource was not found.")
    needed = [("Microsoft.ContainerService/managedClusters/read", cluster.id)]
    needed.append(("Microsoft.Network/bastionHosts/read", bastion.id))
    home = cluster.subnet_id and vnet_of(cluster.subnet_id)
    if home and home.lower() != bastion.network.lower():
        needed.append(("Microsoft.Network/virtualNetworks/read", home))
    for action, scope in needed:
        if not world.people.allowed(person, action, scope):
            raise Refused("Forbidden", f"The caller may not do '{action}' at '{scope}'.")
    return cluster


def _check_form(asked: Exchange) -> None:
    if asked.protocol != "tcptunnel":
        raise Refused("BadExchange", f"The protocol '{asked.protocol}' does not lead to a cluster.")
    if asked.hostname:
        raise Refused("BadExchange", "A host name belongs to a connection by IP address.")
    if asked.port != HTTPS:
        raise Refused("BadExchange", f"A cluster has no port '{asked.port}'; it has {HTTPS}.")
