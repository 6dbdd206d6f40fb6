"""What a person does to Azure by hand between commands: raw requests to ARM, waited for, and nothing of the product's
own judgement."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aksess.azure.arm import Arm
from aksess.azure.resources import Resources
from aksess.session import open_session
from aksess.settings import Settings
from journeys.stage import Shell, Stage


@dataclass
class Hand:
    """One person with their rights."""

    on: Stage
    arm: Arm
    resources: Resources

    async def read(self, id_: str) -> dict[str, Any]:
        found = await self.resources.read(id_)
        assert found is not None, id_
        return found

    async def delete(self, id_: str) -> None:
        ended = await self.resources.delete(id_)
        assert ended.outcome == "Succeeded", ended
        self.on.azure.world.settle()

    async def change(self, id_: str, **properties: Any) -> None:
        """These properties of it; None takes one away."""
        body = copy.deepcopy(await self.read(id_))
        kept = {**body["properties"], **properties}
        body["properties"] = {key: value for key, value in kept.items() if value is not None}
        await self.put(id_, body)

    async def put(self, id_: str, body: dict[str, Any]) -> None:
        ended = await self.resources.write(id_, body)
        assert ended.outcome == "Succeeded", ended

    async def send(self, method: str, path: str, version: str, body: dict[str, Any] | None = None) -> None:
        await self.arm.send(method, path, {"api-version": version}, body)


@asynccontextmanager
async def hand(shell: Shell) -> AsyncIterator[Hand]:
    """Of the person in this shell."""
    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        yield Hand(shell.stage, session.arm, Resources(session.arm, session.clock))
