"""Holds a world: the simulated Azure, its control host, and the state file by which others find it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aksess_sim.cli import problems
from aksess_sim.cli.options import DEFAULT_SPEED
from aksess_sim.cli.state import StateDirectory, WorldRecord
from aksess_sim.control import Control
from aksess_sim.host import SimulatedAzure
from aksess_sim.world.loader import load_world
from aksess_sim.world.sections import WorldFileError
from aksess_sim.world.state import World


@dataclass(frozen=True)
class Plan:
    """Which world, and how fast."""

    file: Path | None = None
    speed: float = DEFAULT_SPEED

    def build(self) -> World:
        """The world; raises BadWorldFile. Inside a running loop only."""
        try:
            return load_world(self.file, speed=self.speed)
        except WorldFileError as error:
            raise problems.BadWorldFile(str(error)) from error


@dataclass(frozen=True)
class Held:
    """A world in this process."""

    azure: SimulatedAzure
    record: WorldRecord
    stopped: asyncio.Event
    """Set when somebody asks the control host to end it."""


@asynccontextmanager
async def held_world(plan: Plan, state: StateDirectory) -> AsyncIterator[Held]:
    """Hold the world, findable in `state`, as long as the block runs."""
    stopped = asyncio.Event()
    with state.held():
        async with (
            SimulatedAzure(plan.build()) as azure,
            Control(azure, rebuild=plan.build, stop=stopped.set) as control,
        ):
            record = WorldRecord(
                pid=os.getpid(),
                control=f"http://127.0.0.1:{control.port}",
                token=control.token,
                proxy_port=azure.proxy_port,
                ca_file=str(state.ca_file),
                world_file=str(plan.file) if plan.file else None,
                speed=plan.speed,
            )
            state.write(record, azure.ca_pem)
            yield Held(azure, record, stopped)
