"""The control plane: the store and, after every change, the controllers until nothing moves any more."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aksess_sim.services.apiserver.controllers import happenings, namespaces, nodes, owned, pods, services, workloads
from aksess_sim.services.apiserver.identity import NodeView
from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.manifest import name_of, namespace_of
from aksess_sim.services.apiserver.objects.store import Store
from aksess_sim.services.apiserver.seed import seeded
from aksess_sim.world.clock import WorldClock

CLUSTER_AGE = timedelta(days=12)
"""How long a cluster has stood when its world begins."""

_STEPS: tuple[Callable[[Store], None], ...] = (
    namespaces.clear,
    namespaces.furnish,
    owned.collect,
    workloads.run,
    pods.run,
    services.address,
)
_MOST_ROUNDS = 20


class ControlPlane:
    """One cluster's state and what keeps it true."""

    def __init__(self, clock: WorldClock, node_views: Callable[[], Sequence[NodeView]]) -> None:
        self.clock = clock
        self._node_views = node_views
        self._past = CLUSTER_AGE
        self.store = Store(self._now)
        for kind, manifest in seeded():
            self.store.create(kind, manifest)
        self.follow_nodes()
        self.settle()
        self._past = timedelta()
        for event in self.store.list(kinds.EVENTS):
            self.store.delete(kinds.EVENTS, namespace_of(event), name_of(event))

    def follow_nodes(self) -> None:
        """Take over what the world says of its nodes, and what follows from it."""
        before = self.store.revision
        nodes.follow(self.store, self._node_views())
        if self.store.revision != before:
            self.settle()

    def settle(self) -> None:
        """Run the controllers until a round changes nothing."""
        for _ in range(_MOST_ROUNDS):
            before = self.store.revision
            for step in _STEPS:
                step(self.store)
            if self.store.revision == before:
                break
        happenings.forget_oldest(self.store)

    def _now(self) -> datetime:
        return self.clock.now() - self._past
