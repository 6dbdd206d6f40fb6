"""watch: the selected objects' changes as one JSON line each, until the caller goes or its time is up."""

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.handlers import reading
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.history import Change
from aksess_sim.services.apiserver.objects.manifest import Manifest
from aksess_sim.services.apiserver.objects.refusals import Refusal
from aksess_sim.services.apiserver.objects.selectors import Test
from aksess_sim.services.apiserver.wire import tables

Event = tuple[str, Manifest]

_LONGEST = 1800.0
"""Seconds a watch may last when it names no time itself; kube-apiserver's --min-request-timeout."""
_LOOK_AROUND = 5.0
"""World seconds between two looks at the nodes and at whether the caller is still there."""


async def watch(call: Call) -> web.StreamResponse:
    """Stream events from the revision asked for; without one, from the present state."""
    chosen = call.selection()
    revision, opening = _opening(call, chosen)
    stream = _EventStream(call)
    await stream.begin()
    for type_, item in opening:
        await stream.send(type_, item)
    time = call.plane.clock
    end = time.elapsed() + (_seconds(call) * time.speed)
    while (left := end - time.elapsed()) > 0 and stream.has_reader():
        try:
            changes = call.store.history.after(revision)
        except Refusal as expired:
            await stream.send("ERROR", expired.status())
            break
        for change in changes:
            revision = change.revision
            if (event := _event(call, change, chosen)) is not None:
                await stream.send(*event)
        if not changes:
            await call.store.history.wait(time.real_seconds(min(left, _LOOK_AROUND)))
            call.plane.follow_nodes()
    return stream.response


def _seconds(call: Call) -> float:
    text = call.query("timeoutSeconds")
    return min(float(text), _LONGEST) if text.isdecimal() and int(text) else _LONGEST


def _opening(call: Call, chosen: Test) -> tuple[int, Iterator[Event]]:
    """The revision to go on from, and the events that tell the state until there."""
    asked = call.query("resourceVersion")
    from_present = asked in ("", "0") or call.flag("sendInitialEvents")
    if not from_present:
        if not asked.isdecimal():
            raise refusals.bad_request(f"invalid resource version: {asked}")
        return int(asked), iter(())
    revision = call.store.revision
    items = [item for item in call.store.list(call.target.kind, call.target.namespace) if chosen(item)]
    return revision, _initial(call, items, revision)


def _initial(call: Call, items: list[Manifest], revision: int) -> Iterator[Event]:
    for item in items:
        yield "ADDED", item
    if call.flag("sendInitialEvents"):
        kind = call.target.kind
        # Kubernetes "Streaming lists" (KEP-3157): this bookmark says that the list is complete.
        yield (
            "BOOKMARK",
            {
                "kind": kind.name,
                "apiVersion": kind.group_version,
                "metadata": {
                    "resourceVersion": str(revision),
                    "annotations": {"k8s.io/initial-events-end": "true"},
                },
            },
        )


def _event(call: Call, change: Change, chosen: Test) -> Event | None:
    """The change as this watch sees it: leaving the selection is a deletion, entering it an addition."""
    target = call.target
    namespace = change.manifest["metadata"].get("namespace", "")
    if change.kind is not target.kind or target.namespace not in ("", namespace):
        return None
    was = change.before is not None and chosen(change.before)
    is_ = change.type != "DELETED" and chosen(change.manifest)
    if is_:
        return ("MODIFIED" if was else "ADDED"), change.manifest
    return ("DELETED", change.manifest) if was else None


class _EventStream:
    """The answer of a watch: chunked JSON lines, flushed one by one."""

    def __init__(self, call: Call) -> None:
        self.response = web.StreamResponse(headers={"Content-Type": "application/json"})
        self._call = call
        self._as_table = tables.is_wanted(call.request.headers.get("Accept", ""))
        self._with_columns = True

    async def begin(self) -> None:
        await self.response.prepare(self._call.request)

    def has_reader(self) -> bool:
        transport = self._call.request.transport
        return transport is not None and not transport.is_closing()

    async def send(self, type_: str, item: dict[str, Any]) -> None:
        if self._as_table and type_ not in ("ERROR", "BOOKMARK"):
            revision = str(item["metadata"]["resourceVersion"])
            item = reading.as_table(self._call, [item], revision, with_columns=self._with_columns)
            self._with_columns = False
        line = json.dumps({"type": type_, "object": item}) + "\n"
        await self.response.write(line.encode())
