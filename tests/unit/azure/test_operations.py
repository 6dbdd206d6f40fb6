"""Operations are followed as Azure asks, through looks that fail in passing, to the word that ends them."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from aksess.azure.arm import Arm, Reply
from aksess.azure.operations import PATIENCE_SECONDS, UNTOLD_SECONDS, Ended, Operation, Outcome, follow, next_look
from aksess.clock import Clock
from aksess.errors import AzureBusy, AzureUnreachable, NotSignedIn
from journeys.stage import play

BUSY = AzureBusy("a", "b", retry_after=7)
LOST = AzureUnreachable("a", "b")


class Scripted:
    """Answers each look with the next of these, and notes when it was asked."""

    def __init__(self, *answers: str | Exception, headers: Mapping[str, str] | None = None) -> None:
        self._answers = list(answers)
        self._headers = headers or {"Retry-After": "3"}
        self.asked: list[float] = []

    async def send(self, method: str, address: str, params: Mapping[str, str]) -> Reply:
        assert (method, address, params) == ("GET", "https://arm/op", {})
        self.asked.append(self.clock.monotonic())
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        body: dict[str, Any] = {"status": answer}
        if answer == "Failed":
            body["error"] = {"code": "Broken", "message": "it broke"}
        return Reply(200, self._headers, body)

    def followed(self) -> tuple[Ended, list[float]]:
        async def scene() -> Ended:
            self.clock = Clock()
            return await follow(cast("Arm", self), Operation("https://arm/op", 2.0), self.clock)

        return play(scene()), self.asked


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("Succeeded", Outcome.SUCCEEDED),
        ("succeeded", Outcome.SUCCEEDED),
        ("Failed", Outcome.FAILED),
        ("Canceled", Outcome.CANCELED),
    ],
)
def test_the_words_that_end_it(word: str, outcome: Outcome) -> None:
    ended, _ = Scripted("InProgress", "Updating", "", word).followed()
    assert ended.outcome is outcome
    assert ended.reason == ("Broken: it broke" if word == "Failed" else "")


def test_it_looks_as_often_as_azure_asks() -> None:
    _, asked = Scripted("InProgress", "InProgress", "Succeeded").followed()
    assert asked == [2, 5, 8]


def test_a_look_that_fails_in_passing_is_repeated() -> None:
    ended, asked = Scripted(BUSY, LOST, "Succeeded").followed()
    assert ended.outcome is Outcome.SUCCEEDED
    assert asked == [2, 9, 9 + UNTOLD_SECONDS]


def test_an_azure_that_never_answers_again_is_not_waited_for_for_ever() -> None:
    ended, asked = Scripted("InProgress", *[LOST] * 500).followed()
    assert ended == Ended(Outcome.UNTOLD, "a")
    assert PATIENCE_SECONDS < asked[-1] < 2 * PATIENCE_SECONDS


def test_a_sign_in_that_ends_is_not_waited_out() -> None:
    with pytest.raises(NotSignedIn):
        Scripted("InProgress", NotSignedIn("a", "b"), "Succeeded").followed()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "10"}, 10),
        ({"Retry-After": "0"}, UNTOLD_SECONDS),
        ({}, UNTOLD_SECONDS),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, UNTOLD_SECONDS),
        ({"Retry-After": "-5"}, UNTOLD_SECONDS),
        ({"Retry-After": "nan"}, UNTOLD_SECONDS),
        ({"Retry-After": "inf"}, UNTOLD_SECONDS),
    ],
)
def test_the_wait_is_always_a_sensible_number(headers: dict[str, str], seconds: float) -> None:
    assert next_look(headers) == seconds


def test_an_operation_without_an_address_is_done_when_it_was_accepted() -> None:
    async def scene() -> Ended:
        operation = Operation.of(Reply(200, {"Retry-After": "4"}, {}))
        assert operation == Operation(None, 4.0)
        return await follow(cast("Arm", None), operation, Clock())

    assert play(scene()).outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize(
    ("status", "headers", "operation"),
    [
        (202, {"Location": "https://arm/r", "Retry-After": "4"}, Operation("https://arm/r", 4.0, by_status=True)),
        (202, {"Location": "https://arm/r", "Azure-AsyncOperation": "https://arm/o"}, Operation("https://arm/o", 5.0)),
        (201, {"Location": "https://arm/r"}, Operation(None, 5.0)),
    ],
)
def test_where_an_operation_is_asked_for(status: int, headers: dict[str, str], operation: Operation) -> None:
    assert Operation.of(Reply(status, headers, {})) == operation
