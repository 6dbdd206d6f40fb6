"""What has changed, in order, so that a watch can begin in the past and go on for ever.

A watcher holds a revision, reads what came after it and waits for news; nobody queues anything on its behalf.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Literal

from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest

REMEMBERED = 4096
"""Changes kept; a watch from before them is told 410 Expired, as by etcd after compaction."""


@dataclass(frozen=True)
class Change:
    """One step of one object; `before` is None when it came into being."""

    revision: int
    type: Literal["ADDED", "MODIFIED", "DELETED"]
    kind: Kind
    manifest: Manifest
    before: Manifest | None


class History:
    """The latest changes of a store."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=REMEMBERED)
        self._forgotten = 0
        self._news = asyncio.Event()

    def append(self, change: Change) -> None:
        """Remember a change and wake every watcher."""
        if len(self._changes) == REMEMBERED:
            self._forgotten = self._changes[0].revision
        self._changes.append(change)
        self._news.set()
        self._news = asyncio.Event()

    def after(self, revision: int) -> list[Change]:
        """The changes since a revision; raises Expired when some are forgotten."""
        if revision < self._forgotten:
            raise refusals.expired(revision, self._forgotten)
        newer: list[Change] = []
        for change in reversed(self._changes):
            if change.revision <= revision:
                break
            newer.append(change)
        return newer[::-1]

    async def wait(self, seconds: float | None = None) -> None:
        """Return at the next change, or after so many real seconds without one where a number is given."""
        news = self._news
        try:
            async with asyncio.timeout(seconds):
                await news.wait()
        except TimeoutError:
            return
