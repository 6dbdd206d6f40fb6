"""Tasks that run side by side and have an owner; what one of them raises arrives bare, not wrapped in a group."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aksess.errors import AksessError


@asynccontextmanager
async def owned_tasks() -> AsyncIterator[asyncio.TaskGroup]:
    """A TaskGroup whose first error is raised as itself: callers decide by an error's type."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """An error of ours before any other: it has a sentence and a next step."""
    ours, rest = group.split(AksessError)
    found: BaseException = ours or rest or group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
