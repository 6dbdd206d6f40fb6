"""The containers of a cluster's pods: each with its environment and its files, which last as long as the pod."""

from dataclasses import dataclass, field

from aksess_sim.services.apiserver.containers.files import FileSystem
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of
from aksess_sim.services.apiserver.objects.store import Store
from aksess_sim.world.clock import WorldClock


@dataclass(frozen=True)
class Container:
    """Where a program runs."""

    pod: Manifest
    name: str
    clock: WorldClock
    files: FileSystem = field(default_factory=FileSystem)

    def environment(self) -> dict[str, str]:
        """The variables every container has, and those of its manifest."""
        own = next(item for item in self.pod["spec"]["containers"] if item["name"] == self.name)
        plain = {item["name"]: item["value"] for item in own.get("env") or () if "value" in item}
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "HOSTNAME": name_of(self.pod), "KUBERNETES_SERVICE_HOST": "10.0.0.1", **plain}


class Containers:
    """Every container somebody has entered."""

    def __init__(self, store: Store, clock: WorldClock) -> None:
        self._store = store
        self._clock = clock
        self._files: dict[tuple[str, str], FileSystem] = {}

    def enter(self, pod: Manifest, name: str) -> Container:
        """A running container of a pod, as whoever was there before has left it."""
        living = {item["metadata"]["uid"] for item in self._store.list(kinds.PODS)}
        self._files = {key: files for key, files in self._files.items() if key[0] in living}
        files = self._files.setdefault((pod["metadata"]["uid"], name), FileSystem())
        return Container(pod, name, self._clock, files)
