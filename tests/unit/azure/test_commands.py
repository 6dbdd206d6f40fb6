"""Commands are sent once and looked at as Azure asks; whatever it spells, a result is read the same."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from aksess.azure.arm import Arm, Reply
from aksess.azure.commands import FIRST_LOOK, LONGEST_LOOK, CommandResult, Commands, is_id
from aksess.azure.ids import ClusterId
from aksess.clock import Clock
from aksess.errors import AzureBusy, AzureUnreachable
from aksess.settings import Secret
from journeys.stage import play

WEB = ClusterId("s", "g", "web")
ID = "0123456789abcdef0123456789abcdef"
LOCATION = f"https://management.azure.com{WEB.path}/commandResults/{ID}?api-version=x"


class Scripted:
    """Answers each request with the next of these, and keeps what was sent and when."""

    def __init__(self, *answers: "Reply | Exception") -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, Any, Mapping[str, Any]]] = []
        self.at: list[float] = []

    async def send(
        self, method: str, address: str, params: Mapping[str, str], body: Any = None, **options: Any
    ) -> Reply:
        assert params == {"api-version": "2026-06-01"}
        self.sent.append((method, address, body, options))
        self.at.append(self.clock.monotonic())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def play_with(self, scene: Any) -> Any:
        async def whole() -> Any:
            self.clock = Clock()
            return await scene(Commands(cast("Arm", self), self.clock))

        return play(whole())


def shown(state: str | None, status: int = 200, headers: Mapping[str, str] | None = None, **more: Any) -> Reply:
    return Reply(status, headers or {}, {"id": ID, "properties": {"provisioningState": state, **more}})


@pytest.mark.parametrize("reply", [shown("Running", 202, {"Location": LOCATION}), shown("Running", 202), shown(None)])
def test_the_id_is_found_wherever_azure_tells_it(reply: Reply) -> None:
    arm = Scripted(reply)
    begun = arm.play_with(lambda commands: commands.begin(WEB, "a b", "", None))
    assert (begun.id, begun.ended) == (ID, False)
    [(method, address, body, options)] = arm.sent
    assert (method, address, body) == ("POST", f"{WEB.path}/runCommand", {"command": "a b", "context": ""})
    assert options["retry"] is False
    assert options["patience"] > 60 + 30, "Azure answers when the pod has started"


def test_a_token_is_sent_when_there_is_one() -> None:
    arm = Scripted(shown("Running"))
    arm.play_with(lambda commands: commands.begin(WEB, "a", "UEs=", Secret("eyJ")))
    assert arm.sent[0][2] == {"command": "a", "context": "UEs=", "clusterToken": "eyJ"}


@pytest.mark.parametrize("word", ["Succeeded", "succeeded", "Failed", "FAILED", "Canceled"])
def test_every_spelling_of_an_end_is_one(word: str) -> None:
    assert CommandResult.of(ID, shown(word).body).ended


@pytest.mark.parametrize("word", ["Running", "Accepted", "", None])
def test_anything_else_still_runs(word: str | None) -> None:
    assert CommandResult.of(ID, shown(word).body).running


def test_a_body_without_anything_still_runs() -> None:
    assert CommandResult.of(ID, {}) == CommandResult(ID, "running")


def follow(*answers: "Reply | Exception") -> tuple[list[str], list[float]]:
    arm = Scripted(*answers)

    async def scene(commands: Commands) -> list[str]:
        return [seen.state async for seen in commands.follow(WEB, CommandResult(ID, "running"))]

    states = arm.play_with(scene)
    assert all(address == f"{WEB.path}/commandResults/{ID}" for _, address, _, _ in arm.sent)
    return states, arm.at


def test_looks_come_quickly_at_first_and_slow_down() -> None:
    states, at = follow(*[shown("Running", 202)] * 30, shown("Succeeded"))
    assert states[-1] == "succeeded"
    waits = [round(after - before, 6) for before, after in zip([0.0, *at], at, strict=False)]
    assert waits[0] == pytest.approx(FIRST_LOOK)
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(LONGEST_LOOK)


def test_azures_own_measure_comes_first() -> None:
    _, at = follow(shown("Running", 202, {"Retry-After": "9"}), shown("Succeeded"))
    assert at == pytest.approx([FIRST_LOOK, FIRST_LOOK + 9])


def test_a_look_that_fails_in_passing_is_repeated() -> None:
    states, at = follow(AzureBusy("a", "b", retry_after=7), AzureUnreachable("a", "b"), shown("Succeeded"))
    assert states == ["running", "running", "succeeded"]
    assert at[1] - at[0] == pytest.approx(7)


def test_what_has_ended_is_not_looked_at() -> None:
    arm = Scripted()

    async def scene(commands: Commands) -> list[CommandResult]:
        return [seen async for seen in commands.follow(WEB, CommandResult(ID, "succeeded"))]

    assert arm.play_with(scene) == []


@pytest.mark.parametrize(("text", "fits"), [(ID, True), ("a-b", True), ("", False), ("a/b", False), ("é", False)])
def test_an_id_can_stand_in_a_path(text: str, fits: bool) -> None:
    assert is_id(text) is fits
