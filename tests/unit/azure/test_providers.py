"""Registrations as a subscription shows them, and asking for one until it is there."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from aksess.azure.providers import LOOK_SECONDS, Providers
from aksess.clock import Clock
from aksess.errors import AzureBusy, RightsMissing
from journeys.stage import play
from unit.azure.scripted_arm import ScriptedArm

ALL = "/subscriptions/s/providers"
RELAY = f"{ALL}/Microsoft.Relay"


def with_arm(answers: dict[tuple[str, str], Any], scene: Callable[[Providers, Clock], Coroutine[Any, Any, Any]]) -> Any:
    async def whole() -> Any:
        clock = Clock()
        return await scene(Providers(ScriptedArm(answers).arm, clock), clock)

    return play(whole())


def state(word: str) -> dict[str, str]:
    return {"namespace": "Microsoft.Relay", "registrationState": word}


def test_states_by_namespace() -> None:
    found = with_arm({("GET", ALL): {"value": [state("Registered")]}}, lambda it, _: it.states("s"))
    assert found == {"microsoft.relay": "Registered"}


def test_what_may_not_be_read_is_unknown() -> None:
    assert with_arm({("GET", ALL): RightsMissing("a", "b")}, lambda it, _: it.states("s")) == {}


def test_registering_waits_until_it_is_so() -> None:
    async def scene(providers: Providers, clock: Clock) -> float:
        began = clock.monotonic()
        await providers.register("s", "Microsoft.Relay")
        return clock.monotonic() - began

    looks = [state("Registering"), state("Registering"), state("Registered")]
    answers = {("POST", f"{RELAY}/register"): state("Registering"), ("GET", RELAY): looks}
    assert with_arm(answers, scene) == pytest.approx(3 * LOOK_SECONDS)


def test_registering_does_not_wait_for_ever() -> None:
    answers = {("POST", f"{RELAY}/register"): state("Registering"), ("GET", RELAY): state("Registering")}
    with pytest.raises(AzureBusy) as fault:
        with_arm(answers, lambda it, _: it.register("s", "Microsoft.Relay"))
    assert fault.value.code == "provider-pending"
