"""Lets the commands of a world run: each in a pod that stands in its cluster, as the person or administrator it is of.

It joins the world, which executes nothing, to pods, which know no cluster.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Self

from aksess_sim.cloudshell import Session
from aksess_sim.pods import Pods, Work
from aksess_sim.services.arm import kubeconfigs
from aksess_sim.world.clock import WorldClock
from aksess_sim.world.commands import LARGEST_OUTPUT, Command, Commands

Enter = Callable[[Command], AbstractContextManager[Session]]
"""Opens the session of a pod; when the block ends, nothing gets out of the pod any more."""


class CommandRuns:
    """An asynchronous context manager that owns every command under way; they end with it."""

    def __init__(self, commands: Commands, clock: WorldClock, pods: Pods, enter: Enter) -> None:
        self._commands = commands
        self._clock = clock
        self._pods = pods
        self._enter = enter
        self._tasks = asyncio.TaskGroup()
        self._under_way: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._own(self._tasks.create_task(self._take(), name="commands"))
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._under_way:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)

    def _own(self, task: "asyncio.Task[None]") -> None:
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take(self) -> None:
        while True:
            command = await self._commands.next()
            self._own(self._tasks.create_task(self._run(command), name=f"command {command.id}"))

    async def _run(self, command: Command) -> None:
        longest = self._clock.real_seconds(command.cluster.command_pod.longest)
        try:
            with self._enter(command) as session:
                async with asyncio.timeout(longest):
                    ended = await self._pods.run(_work(command, session))
        except TimeoutError:
            self._commands.fail(command, "DeadlineExceeded")
        except OSError as error:
            self._commands.fail(command, f"CreateContainerError: {error}")
        else:
            self._commands.finish(command, ended.exit_code, ended.output)


def _work(command: Command, session: Session) -> Work:
    return Work(
        name=f"command-{command.id}",
        command=command.order.text,
        files=command.order.files,
        kubeconfig=kubeconfigs.inside(command.cluster, command.token),
        proxy=session.proxy,
        most_output=LARGEST_OUTPUT,
    )
