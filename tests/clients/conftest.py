"""Real az, kubectl and SDKs in simulated Cloud Shells of one world; its state begins anew before each test.

One simulated Azure runs as a process of its own, 60 times as fast as the real one. Shells live as long as the run, so
that az signs in once in each.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients.shells import Shell, World

SPEED = 60.0


@pytest.fixture(scope="session")
def clients() -> Path:
    """The environment that holds azure-cli and the SDKs."""
    told = os.environ.get("AKSESS_CLIENTS")
    if not told or not (Path(told) / "bin" / "az").exists():
        pytest.fail("AKSESS_CLIENTS must name the environment of requirements/clients.txt; run `make test-clients`")
    return Path(told)


@pytest.fixture(scope="session")
def running(clients: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world's process."""
    world = World(Path(sys.executable), clients, tmp_path_factory.mktemp("simulated"))
    world.verb("up", "--background", "--speed", str(SPEED))
    yield world
    world.verb("down")


@pytest.fixture
def world(running: World) -> World:
    """The world as its file describes it."""
    running.verb("reset")
    return running


@pytest.fixture(scope="session")
def open_shell(running: World, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Shell]:
    """Opens a shell: `open_shell("ben", address="51.1.1.1")`."""

    def open_(person: str = "ada", **place: str) -> Shell:
        return running.open(person, tmp_path_factory.mktemp(person), **place)

    return open_


@pytest.fixture(scope="session")
def signed_in(open_shell: Callable[..., Shell]) -> Shell:
    """ada's shell, in which az has signed in."""
    shell = open_shell("ada")
    shell.az("login", "--identity")
    return shell


@pytest.fixture
def ada(world: World, signed_in: Shell) -> Shell:
    """ada's shell in a fresh world, without kubeconfig."""
    signed_in.forget_clusters()
    return signed_in
