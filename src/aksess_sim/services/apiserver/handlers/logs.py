"""logs: what a container has written, and with follow what it goes on writing."""

from aiohttp import web

from aksess_sim.services.apiserver.containers import output
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.handlers.pods import container_of, is_there, reachable_pod


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
    while call.flag("follow") and is_there(call, pod) and _has_reader(call):
        await call.plane.clock.sleep(output.PACE)
        number += 1
        if is_there(call, pod) and _has_reader(call):
            await response.write(_stamped(call, output.later(pod, container, number)))
    return response


def _has_reader(call: Call) -> bool:
    transport = call.request.transport
    return transport is not None and not transport.is_closing()


def _stamped(call: Call, line: str) -> bytes:
    stamp = f"{call.plane.clock.now():%Y-%m-%dT%H:%M:%S.%fZ} " if call.flag("timestamps") else ""
    return f"{stamp}{line}\n".encode()
