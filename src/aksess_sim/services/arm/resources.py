"""Every resource type that can be read or written: by id, in lists, PUT, PATCH of tags, DELETE.

Sources: the REST references of Microsoft.Network, Private DNS, Microsoft.Relay and Microsoft.Storage, which all answer
alike: a PUT with 201 or 200 and an operation to follow, a DELETE with 202, or 204 where nothing is.
"""

from collections.abc import Callable
from functools import partial

from aksess_sim.services.arm.authentication import authorize_listing
from aksess_sim.services.arm.errors import not_found
from aksess_sim.services.arm.exchange import Answer, Asked, Handler
from aksess_sim.services.arm.operations import operation_headers
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, SCOPES, Route
from aksess_sim.world import network_bodies as bodies
from aksess_sim.world.group_changes import check_steady
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import resource_id
from aksess_sim.world.resources.catalogue import RULES
from aksess_sim.world.resources.etags import Etags
from aksess_sim.world.resources.private_links import STORAGE

_READ_ONLY = (bodies.LOAD_BALANCER, bodies.BASTION, bodies.NETWORK_INTERFACE)
_ANSWERS = {STORAGE: 202, f"{STORAGE}/blobServices": 200, f"{STORAGE}/fileServices": 200}
"""The status of a PUT that makes something, where it is not 201; SDKs take no other."""
_Function = Callable[[str, Asked], Answer]


def routes() -> list[Route]:
    """Every kind of resource but those with files of their own."""
    read_only = [route for kind in _READ_ONLY for route in _reads(kind)]
    return [route for rules in RULES.values() for route in (*_reads(rules.kind), *_writes(rules.kind))] + read_only


def _path(kind: str) -> str:
    """The pattern of an id: `{n1}`, `{n2}` ... stand for the names."""
    provider, *levels = kind.split("/")
    pairs = "".join(f"/{level}/{{n{number}}}" for number, level in enumerate(levels))
    return f"{GROUP}/providers/{provider}{pairs}"


def _reads(kind: str) -> list[Route]:
    one, read = _path(kind), f"{kind}/read"
    get = Route("GET", one, _handler(_get, kind), read)
    if kind.count("/") == 1:
        return [get, *(Route("GET", f"{scope}/providers/{kind}", _handler(_list, kind)) for scope in SCOPES)]
    all_ = one.rpartition("/")[0]
    return [get, Route("GET", all_, _handler(_children, kind), read, all_.rpartition("/")[0])]


def _writes(kind: str) -> list[Route]:
    one = _path(kind)
    return [
        Route("PUT", one, _handler(_put, kind), f"{kind}/write"),
        Route("PATCH", one, _handler(_patch, kind), f"{kind}/write"),
        Route("DELETE", one, _handler(_delete, kind), f"{kind}/delete"),
    ]


def _handler(function: _Function, kind: str) -> Handler:
    return partial(function, kind)


def _list(kind: str, asked: Asked) -> Answer:
    authorize_listing(asked.world, asked.person, f"{kind}/read", asked.scope)
    found = asked.world.store.of_kind(kind, asked.scope)
    return page(asked, [body for body in found if asked.may(f"{kind}/read", body["id"])])


def _children(kind: str, asked: Asked) -> Answer:
    parent = _existing(kind.rpartition("/")[0], asked)
    return page(asked, asked.world.store.of_kind(kind, parent["id"]))


def _get(kind: str, asked: Asked) -> Answer:
    return Answer(_existing(kind, asked))


def _put(kind: str, asked: Asked) -> Answer:
    check_steady(asked.world.groups[asked.group.lower()])
    asked.world.providers.require(asked.names["subscription"], kind.partition("/")[0])
    written = asked.world.resources.put(_id(kind, asked), asked.body, asked.person, _etags(asked))
    status = _ANSWERS.get(kind, 201) if written.new else 200
    if written.operation is None:
        return Answer(written.body, status)
    written.operation.result = written.body
    return Answer(written.body, status, operation_headers(asked, kind, written.operation, location=status == 202))


def _patch(kind: str, asked: Asked) -> Answer:
    body = _existing(kind, asked)
    strangers = [key for key in asked.body if key != "tags"]
    if strangers:
        raise Refused("BadRequest", f"A PATCH changes tags only, not {', '.join(strangers)}: use PUT.")
    return Answer(asked.world.resources.patch_tags(body["id"], asked.body.get("tags") or {}))


def _delete(kind: str, asked: Asked) -> Answer:
    found, operation = asked.world.resources.delete(_id(kind, asked), asked.person, _etags(asked))
    if operation is None:
        return Answer(None, 200 if found else 204)
    return Answer(None, 202, operation_headers(asked, kind, operation, location=True))


def _etags(asked: Asked) -> Etags:
    return Etags(asked.headers.get("If-Match"), asked.headers.get("If-None-Match"))


def _names(kind: str, asked: Asked) -> list[str]:
    return [asked.names[f"n{number}"] for number in range(kind.count("/"))]


def _id(kind: str, asked: Asked) -> str:
    """The id as its group spells itself, and as whoever writes first spells the names."""
    group = asked.world.groups[asked.group.lower()]
    return resource_id(group.subscription, group.name, kind, *_names(kind, asked))


def _existing(kind: str, asked: Asked) -> bodies.Body:
    body = asked.world.store.find(_id(kind, asked))
    if body is None:
        raise not_found(kind, "/".join(_names(kind, asked)), asked.names["group"])
    return body
