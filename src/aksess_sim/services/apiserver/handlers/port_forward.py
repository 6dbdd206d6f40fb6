"""port-forward: connections to the ports of one pod."""

from aiohttp import web

from aksess_sim.services.apiserver.containers import listening
from aksess_sim.services.apiserver.containers.streams import Sink, Source
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.handlers.pods import reachable_pod, until_gone
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.manifest import name_of, uid_of
from aksess_sim.services.apiserver.streaming import forwarding


async def forward(call: Call) -> web.StreamResponse:
    """Carry connections to the pod for as long as it runs and the client stays."""
    pod = reachable_pod(call)
    if (phase := pod["status"]["phase"]) != "Running":
        raise refusals.bad_request(f"unable to forward port because pod is not running. Current status={phase}")
    if not forwarding.is_asked_for(call.request):
        raise refusals.bad_request("unable to upgrade: neither SPDY nor a WebSocket is asked for")

    async def connect(port: int, source: Source, sink: Sink) -> None:
        if not listening.listens(pod, port):
            raise ConnectionRefusedError(
                f"error forwarding port {port} to pod {name_of(pod)}, uid {uid_of(pod)}: failed to execute portforward "
                f'in network namespace "/var/run/netns/cni-{uid_of(pod)}": failed to connect to localhost:{port} '
                f'inside namespace "{uid_of(pod)}", IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused'
            )
        await listening.converse(pod, port, source, sink)

    return await forwarding.serve(call.request, connect, lambda: until_gone(call, pod))
