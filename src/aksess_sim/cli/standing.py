"""Finds the world that a verb is about."""

import os

from aksess_sim.cli import problems
from aksess_sim.cli.state import StateDirectory, WorldRecord


def state_directory() -> StateDirectory:
    """The directory of whoever runs this command."""
    return StateDirectory.of(os.environ)


def world_up() -> WorldRecord:
    """The world that is up; raises NoWorld."""
    record = state_directory().find()
    if record is None:
        raise problems.NoWorld
    return record
