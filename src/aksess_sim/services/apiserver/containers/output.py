"""What a container writes: a few lines at its start, then one every second, as a web server's access log would."""

from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of

PACE = 1.0
"""World seconds between two lines."""


def written(pod: Manifest, container: str) -> list[str]:
    """The lines written since the container started."""
    image = next(item["image"] for item in pod["spec"]["containers"] if item["name"] == container)
    return [f"{container}: starting {image}", f"{container}: running as {name_of(pod)}", f"{container}: ready"]


def later(pod: Manifest, container: str, number: int) -> str:
    """The n-th line a following reader sees come in."""
    return f'{container}: {pod["status"]["podIP"]} "GET /healthz HTTP/1.1" 200 #{number}'
