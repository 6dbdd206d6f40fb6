"""Finding the pod and container a request is about, with kube-apiserver's own complaints."""

from aksess_sim.services.apiserver.controllers.nodes import ready_nodes
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, uid_of


def reachable_pod(call: Call) -> Manifest:
    """The target pod; raises when it is absent, not running yet, or on a node whose kubelet does not answer."""
    pod = call.store.get(call.target.kind, call.target.namespace, call.target.name)
    node = pod["spec"].get("nodeName")
    if not node:
        raise refusals.bad_request(f"pod {name_of(pod)} does not have a host assigned")
    if node not in ready_nodes(call.store):
        raise refusals.unreachable_node(node)
    return pod


def is_there(call: Call, pod: Manifest) -> bool:
    """Whether this very pod still exists and runs."""
    live = call.store.find(call.target.kind, call.target.namespace, call.target.name)
    return live is not None and uid_of(live) == uid_of(pod) and live["status"]["phase"] == "Running"


async def until_gone(call: Call, pod: Manifest) -> None:
    """Return when the pod is not there any more."""
    while is_there(call, pod):
        await call.store.history.wait()


def container_of(pod: Manifest, name: str) -> str:
    """The container's name; the only one when none is named."""
    names = [str(container["name"]) for container in pod["spec"]["containers"]]
    if name and name not in names:
        raise refusals.bad_request(f"container {name} is not valid for pod {name_of(pod)}")
    if not name and len(names) > 1:
        told = f"a container name must be specified for pod {name_of(pod)}, choose one of: [{' '.join(names)}]"
        raise refusals.bad_request(told)
    return name or names[0]
