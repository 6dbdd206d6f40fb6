"""get and list: an object or many, as they are or as the table kubectl prints."""

from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest
from aksess_sim.services.apiserver.wire import tables


async def get(call: Call) -> web.Response:
    """One object."""
    found = call.store.get(call.target.kind, call.target.namespace, call.target.name)
    if tables.is_wanted(call.request.headers.get("Accept", "")):
        return web.json_response(as_table(call, [found], str(found["metadata"]["resourceVersion"])))
    return web.json_response(found)


async def list_(call: Call) -> web.Response:
    """The selected objects of a kind, in one namespace or in all."""
    chosen = call.selection()
    items = [item for item in call.store.list(call.target.kind, call.target.namespace) if chosen(item)]
    revision = str(call.store.revision)
    if tables.is_wanted(call.request.headers.get("Accept", "")):
        return web.json_response(as_table(call, items, revision))
    return web.json_response(as_list(call.target.kind, items, revision))


def as_table(call: Call, items: list[Manifest], revision: str, *, with_columns: bool = True) -> dict[str, Any]:
    """The items as a Table, with as much of each object as the query asks for."""
    return tables.table(
        call.target.kind,
        items,
        revision=revision,
        include=call.query("includeObject", "Metadata"),
        now=call.plane.clock.now(),
        with_columns=with_columns,
    )


def as_list(kind: Kind, items: list[Manifest], revision: str) -> dict[str, Any]:
    """The items as a list object, such as a PodList."""
    return {
        "kind": f"{kind.name}List",
        "apiVersion": kind.group_version,
        "metadata": {"resourceVersion": revision},
        "items": items,
    }
