"""What a container writes: a few lines at its start, then one for every probe of its kubelet."""

from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of

PACE = 10.0
"""World seconds between two lines: `periodSeconds` of a probe that says nothing else."""


def written(pod: Manifest, container: str) -> list[str]:
    """The lines written since the container started."""
    image = next(item["image"] for item in pod["spec"]["containers"] if item["name"] == container)
    return [f"{container}: starting {image}", f"{container}: running as {name_of(pod)}", f"{container}: ready"]


def later(pod: Manifest, container: str, number: int) -> str:
    """The n-th line a following reader sees come in."""
    return f'{container}: {pod["status"]["podIP"]} "GET /healthz HTTP/1.1" 200 #{number}'
