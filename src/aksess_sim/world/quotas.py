"""How often Azure may be asked, as the docs have it; every quota is a bucket of its own scope.

Sources: AKS docs quotas-skus-regions (the resource provider), ARM docs request-limits-and-throttling (ARM itself, per
subscription and principal).
"""

import math
from enum import Enum

from aksess_sim.world.buckets import Bucket
from aksess_sim.world.clock import WorldClock
from aksess_sim.world.refusals import Refused


class Quota(Enum):
    """Burst and refill per world second."""

    CLUSTER_PUT = (20, 1 / 60, "of one cluster")
    CLUSTER_GET = (60, 1.0, "of one cluster")
    CLUSTER_LIST_IN_GROUP = (60, 1.0, "of one group")
    CLUSTER_LIST_IN_SUBSCRIPTION = (500, 1.0, "of one subscription")
    OPERATION_GET = (200, 2.0, "of one subscription")
    CLUSTER_OTHER = (60, 1.0, "of one subscription, everything else")
    ARM_READ = (250, 25.0, "of one principal in one subscription")
    ARM_WRITE = (200, 10.0, "of one principal in one subscription")


class Quotas:
    """All buckets of the world, each made when first used."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[Quota, str], Bucket] = {}

    def spend(self, quota: Quota, scope: str) -> None:
        """Let one request pass.

        Raises Refused `Throttled` with the world seconds until one may pass.
        """
        wait = self._bucket(quota, scope).take()
        if wait:
            message = f"The request limit {quota.value[2]} is exceeded. Please retry after {math.ceil(wait)} seconds."
            raise Refused("Throttled", message, retry_after=wait)

    def remaining(self, quota: Quota, scope: str) -> int:
        """Requests that would pass now."""
        return self._bucket(quota, scope).remaining

    def _bucket(self, quota: Quota, scope: str) -> Bucket:
        burst, per_second, _ = quota.value
        key = (quota, scope.lower())
        if key not in self._buckets:
            self._buckets[key] = Bucket(self._clock, burst, per_second)
        return self._buckets[key]
