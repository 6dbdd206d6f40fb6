"""An ARM that answers from a script, and notes what it was asked."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, cast

from aksess.azure.arm import Arm, Json, Reply
from aksess.errors import NotFound

Answers = Mapping[tuple[str, str], Any]
"""(method, address) -> a body, a Reply, an error to raise, or a list of these, one for each time it is asked."""


class ScriptedArm:
    """What the script does not name is not there (404)."""

    def __init__(self, answers: Answers, now: Callable[[], float] = lambda: 0.0) -> None:
        self._answers = {key: list(one) if isinstance(one, list) else [one] for key, one in answers.items()}
        self._now = now
        self.asked: list[tuple[str, str]] = []
        self.sent: list[tuple[str, Json | None, Mapping[str, str]]] = []

    @property
    def arm(self) -> Arm:
        return cast("Arm", self)

    async def get(self, path: str, api_version: str, **params: str) -> Json:
        return (await self.send("GET", path, {"api-version": api_version, **params})).body

    async def items(self, path: str, api_version: str, **params: str) -> AsyncIterator[Json]:
        for one in (await self.get(path, api_version, **params)).get("value") or ():
            yield one

    async def send(
        self, method: str, address: str, params: Mapping[str, str], body: Json | None = None, **_: Any
    ) -> Reply:
        self.asked.append((method, address))
        self.sent.append((address, body, dict(params)))
        left = self._answers.get((method, address))
        if not left:
            raise NotFound("not there", "look", status=404)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Reply) else Reply(200, {}, answer)
