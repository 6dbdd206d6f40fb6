"""A stage for whole commands: the simulated Azure and any number of shells, in one event loop with virtual time.

A shell runs the product as its console script would, argv in, exit code and streams out; only the process is missing.
"""

import asyncio
import io
import json
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from aksess.cli.console import Console
from aksess.cli.running import App, run
from aksess.clock import Clock
from aksess.tasks import owned_tasks
from aksess_sim.cloudshell import Session
from aksess_sim.host import SimulatedAzure
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.loader import load_world, read_world
from journeys.pods import ShellPods
from sim.virtual_time import VirtualTimeLoop

T = TypeVar("T")


@dataclass(frozen=True)
class Played:
    """What one command left behind."""

    code: int
    stdout: str
    stderr: str
    seconds: float
    """Of virtual time."""

    @property
    def data(self) -> Any:
        return json.loads(self.stdout)

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.stdout}\n{self.stderr}"


@dataclass
class Shell:
    """A person in a simulated Cloud Shell. `environment` may be changed by a test."""

    stage: "Stage"
    session: Session
    environment: dict[str, str]
    stdin: str = ""

    @property
    def address(self) -> str:
        return f"{self.session.caller.address}/32"

    async def run(self, *argv: str) -> Played:
        """One command to its end. Cancel it as a signal would."""
        app = self.app()
        loop = asyncio.get_running_loop()
        began = loop.time()
        code = await run(argv, app)
        return self._played(app, code, loop.time() - began)

    def app(self) -> App:
        clock = self.stage.azure.world.clock
        console = Console(self.environment, io.StringIO(), io.StringIO(), io.StringIO(self.stdin))
        return App(console, new_clock=lambda: Clock(clock.now() + self.stage.skew))

    async def hold(self, *argv: str) -> "Held":
        """`connect --print-kubeconfig` until it is open."""
        app = self.app()
        task = self.stage.tasks.create_task(run([*argv, "--print-kubeconfig"], app))
        while not app.console.stdout.getvalue():  # type: ignore[attr-defined]
            await asyncio.sleep(0.05)
            if task.done():
                raise AssertionError(str(self._played(app, task.result(), 0)))
        return Held(self, app, task)

    @staticmethod
    def _played(app: App, code: int, seconds: float) -> Played:
        out, err = app.console.stdout, app.console.stderr
        return Played(code, out.getvalue(), err.getvalue(), seconds)  # type: ignore[attr-defined]


@dataclass
class Held:
    """A way that is held open."""

    shell: Shell
    app: App
    task: "asyncio.Task[int]"

    @property
    def kubeconfig(self) -> Path:
        return Path(self.app.console.stdout.getvalue().strip())  # type: ignore[attr-defined]

    @property
    def stderr(self) -> str:
        return str(self.app.console.stderr.getvalue())  # type: ignore[attr-defined]

    async def interrupt(self) -> None:
        """One SIGINT, and wait for the closing."""
        self.task.cancel()
        await asyncio.wait({self.task})


@dataclass
class Stage:
    """The simulated Azure and its shells."""

    azure: SimulatedAzure
    folder: Path
    tasks: asyncio.TaskGroup
    pods: ShellPods
    """Where Command Invoke runs commands."""
    skew: timedelta = timedelta()
    """How far the shells' own clocks are ahead of Azure's."""

    def shell(self, person: str = "ada", **where: Any) -> Shell:
        session = self.azure.open_session(person, **where)
        home = Path(tempfile.mkdtemp(dir=self.folder))
        ca_file = self.folder / "ca.pem"
        ca_file.write_bytes(self.azure.ca_pem)
        return Shell(self, session, {**session.environment(ca_file=ca_file, home=home)})

    def cluster(self, name: str) -> Cluster:
        return next(one for one in self.azure.world.clusters.values() if one.name == name)

    def ranges(self, name: str) -> list[str]:
        """The list as ARM shows it."""
        return list(
            (self.cluster(name).body["properties"].get("apiServerAccessProfile") or {}).get("authorizedIPRanges") or ()
        )

    def puts(self, name: str) -> list[int | None]:
        """The status of every PUT of this cluster, in order."""
        tail = f"/managedclusters/{name}"
        seen = [one for one in self.azure.journal if one.method == "PUT"]
        return [one.status for one in seen if one.path.lower().split("?")[0].endswith(tail)]

    async def settled(self) -> None:
        """Until no operation holds a cluster and what it changed is in force."""
        await asyncio.sleep(600)
        self.azure.world.settle()


@asynccontextmanager
async def stage(world: str | None = None) -> AsyncIterator[Stage]:
    """A stage with the default world, or the one this YAML describes."""
    with tempfile.TemporaryDirectory(prefix="aksess-test-") as folder:
        made = read_world(world) if world else load_world()
        pods = ShellPods()
        async with SimulatedAzure(made, pods) as azure, owned_tasks() as tasks:
            yield Stage(azure, Path(folder), tasks, pods)


def play(scene: Coroutine[Any, Any, T]) -> T:
    """Run a scene on a loop of its own, for tests whose examples each need one."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(scene)
