"""logs: what a container has written, and with follow what it goes on writing."""

from aiohttp import web

from aksess_sim.services.apiserver.containers import output
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.handlers.pods import container_of, reachable_pod


async def logs(call: Call) -> web.StreamResponse:
    """GET of a pod's log; a following reader gets a line now and then until pod or reader is gone."""
    pod = reachable_pod(call)
    container = container_of(pod, call.query("container"))
    lines = output.written(pod, container)
    tail = call.query("tailLines")
    if tail.isdecimal():
        lines = lines[len(lines) - int(tail) :] if int(tail) < len(lines) else lines
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(call.request)
    for line in lines:
        await response.write(_stamped(call, line))
    number = 0
    while call.flag("follow") and _is_alive(call, pod["metadata"]["uid"]):
        await call.plane.clock.sleep(output.PACE)
        number += 1
        if _is_alive(call, pod["metadata"]["uid"]):
            await response.write(_stamped(call, output.later(pod, container, number)))
    return response


def _is_alive(call: Call, uid: str) -> bool:
    """Whether reader and pod are both still there."""
    transport = call.request.transport
    live = call.store.find(call.target.kind, call.target.namespace, call.target.name)
    running = live is not None and live["metadata"]["uid"] == uid and live["status"]["phase"] == "Running"
    return running and transport is not None and not transport.is_closing()


def _stamped(call: Call, line: str) -> bytes:
    stamp = f"{call.plane.clock.now():%Y-%m-%dT%H:%M:%S.%fZ} " if call.flag("timestamps") else ""
    return f"{stamp}{line}\n".encode()
