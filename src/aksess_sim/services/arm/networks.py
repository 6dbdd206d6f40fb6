"""Microsoft.Network, reads only: by id, and lists at group and subscription.

Sources: the Network and Private DNS REST references.
"""

from collections.abc import Callable
from functools import partial

from aksess_sim.services.arm.authentication import authorize_listing
from aksess_sim.services.arm.errors import not_found
from aksess_sim.services.arm.exchange import Answer, Asked, Handler
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, SCOPES, Route
from aksess_sim.world import network_bodies as bodies
from aksess_sim.world.resource_ids import resource_id

_TOP_LEVEL = (
    bodies.VNET,
    bodies.PUBLIC_IP,
    bodies.NAT_GATEWAY,
    bodies.LOAD_BALANCER,
    bodies.BASTION,
    bodies.DNS_ZONE,
)
_CHILDREN = (bodies.SUBNET, bodies.PEERING, bodies.DNS_LINK)


def routes() -> list[Route]:
    """Every kind of network resource, and the children that have addresses of their own."""
    return [route for kind in _TOP_LEVEL for route in _top_level(kind)] + [
        route for kind in _CHILDREN for route in _child(kind)
    ]


def _top_level(kind: str) -> list[Route]:
    lists = [Route("GET", f"{scope}/providers/{kind}", _handler(_list, kind)) for scope in SCOPES]
    return [*lists, Route("GET", f"{GROUP}/providers/{kind}/{{name}}", _handler(_get, kind), f"{kind}/read")]


def _child(kind: str) -> list[Route]:
    parent, _, level = kind.rpartition("/")
    path = f"{GROUP}/providers/{parent}/{{name}}"
    return [
        Route("GET", f"{path}/{level}", _handler(_children, kind), f"{kind}/read", path),
        Route("GET", f"{path}/{level}/{{child}}", _handler(_get, kind), f"{kind}/read"),
    ]


def _handler(function: Callable[[str, Asked], Answer], kind: str) -> Handler:
    return partial(function, kind)


def _list(kind: str, asked: Asked) -> Answer:
    authorize_listing(asked.world, asked.person, f"{kind}/read", asked.scope)
    found = asked.world.networks.of_kind(kind, asked.scope)
    return page(asked, [body for body in found if asked.may(f"{kind}/read", body["id"])])


def _children(kind: str, asked: Asked) -> Answer:
    parent = _existing(kind.rpartition("/")[0], asked, asked.names["name"])
    return page(asked, list(asked.world.networks.of_kind(kind, parent["id"])))


def _get(kind: str, asked: Asked) -> Answer:
    names = [asked.names[key] for key in ("name", "child") if key in asked.names]
    return Answer(_existing(kind, asked, *names))


def _existing(kind: str, asked: Asked, *names: str) -> bodies.Body:
    id_ = resource_id(asked.names["subscription"], asked.names["group"], kind, *names)
    body = asked.world.networks.find(id_)
    if body is None:
        raise not_found(kind, "/".join(names), asked.names["group"])
    return body
