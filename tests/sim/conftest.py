"""Every asynchronous test of the simulator runs on virtual time."""

from collections.abc import Mapping
from typing import Any

from sim.virtual_time import LOOP_FACTORIES


def pytest_asyncio_loop_factories() -> Mapping[str, Any]:
    """One loop, so that tests are not multiplied."""
    return LOOP_FACTORIES
