"""A cluster of the world as its API server sees it: who a token belongs to, and which nodes there are.

It joins the world to the API server, which knows nothing of Azure. It decides who may speak, never who may connect.
"""

import hmac
from collections.abc import Callable

from aksess_sim.services.apiserver.identity import NodeView, User
from aksess_sim.services.apiserver.server import ApiServer
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.state import World
from aksess_sim.world.tokens import TokenRefused

ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The AKS Entra server application, the same in all clouds (AKS docs kubelogin-authentication)."""
LOCAL_ACCOUNT = User("masterclient", "", ("system:masters", "system:authenticated"), may_write=True)


def api_server(world: World, cluster: Cluster) -> ApiServer:
    """The API server of one cluster, made inside a running event loop."""
    return ApiServer(
        version=cluster.version,
        clock=world.clock,
        authenticate=_authenticator(world, cluster),
        nodes=lambda: [NodeView(node.name, node.ready, node.version) for node in cluster.nodes()],
    )


def _authenticator(world: World, cluster: Cluster) -> Callable[[str | None], User | None]:
    def authenticate(header: str | None) -> User | None:
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if hmac.compare_digest(token.encode(), cluster.token_secret.encode()):
            return LOCAL_ACCOUNT
        return _entra_user(world, cluster, token) if cluster.entra else None

    return authenticate


def _entra_user(world: World, cluster: Cluster, token: str) -> User | None:
    """The person behind an Entra token; who may not even read the cluster's resource has no business here."""
    try:
        claims = world.tokens.verify(token, {ENTRA_SERVER})
    except TokenRefused:
        return None
    person = world.people.by_object_id(claims["oid"])
    if person is None or not world.people.allowed(person, f"{_KIND}/read", cluster.id):
        return None
    may_write = world.people.allowed(person, f"{_KIND}/write", cluster.id)
    name = person.user_principal_name or person.object_id
    return User(name, person.object_id, ("system:authenticated",), may_write)


_KIND = "Microsoft.ContainerService/managedClusters"
