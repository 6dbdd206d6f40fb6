"""Tokens are kept until shortly before their end, per audience; one way to sign in is chosen, and said."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from aksess.azure.credentials import RENEW_BEFORE, Credentials, choose_credentials
from aksess.azure.identities import chosen_way
from aksess.azure.tokens import Token
from aksess.clock import Clock
from aksess.errors import NotSignedIn
from aksess.settings import Secret
from aksess.wire import Wire
from journeys.stage import play

START = datetime(2026, 1, 1, tzinfo=UTC)


class Issuer:
    """Gives tokens of an hour, numbered, and counts what it was asked for."""

    def __init__(self, clock: Clock, **claims: Any) -> None:
        self.asked: list[str] = []
        self._clock = clock
        self._claims = claims

    async def __call__(self, audience: str) -> Token:
        self.asked.append(audience)
        if audience == "none":
            raise NotSignedIn("a", "b")
        return Token(Secret(f"{len(self.asked)}"), self._clock.now() + timedelta(hours=1), self._claims)


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    async def scene() -> None:
        clock = Clock(START)
        issuer = Issuer(clock)
        credentials = Credentials(issuer, "why", clock)
        assert (await credentials.token("arm")).secret.reveal() == "1"
        await clock.sleep((timedelta(hours=1) - RENEW_BEFORE).total_seconds() - 1)
        assert (await credentials.token("arm")).secret.reveal() == "1"
        await clock.sleep(1)
        assert (await credentials.token("arm")).secret.reveal() == "2"
        assert (await credentials.token("aks")).secret.reveal() == "3"
        credentials.forget("arm")
        credentials.forget("never asked")
        assert (await credentials.token("arm")).secret.reveal() == "4"
        assert issuer.asked == ["arm", "arm", "aks", "arm"]

    play(scene())


def test_many_at_once_ask_once_and_one_who_gives_up_holds_nobody_up() -> None:
    async def scene() -> None:
        clock = Clock(START)
        issuer = Issuer(clock)
        slow = asyncio.Event()

        async def source(audience: str) -> Token:
            await slow.wait()
            return await issuer(audience)

        credentials = Credentials(source, "why", clock)
        async with asyncio.TaskGroup() as tasks:
            asking = [tasks.create_task(credentials.token("arm")) for _ in range(100)]
            await asyncio.sleep(1)
            asking[0].cancel()
            slow.set()
        assert {one.result().secret.reveal() for one in asking[1:]} == {"1"}
        assert issuer.asked == ["arm"]

    play(scene())


def test_a_refusal_is_not_kept() -> None:
    async def scene() -> None:
        clock = Clock(START)
        issuer = Issuer(clock)
        credentials = Credentials(issuer, "why", clock)
        for _ in range(2):
            with pytest.raises(NotSignedIn):
                await credentials.token("none")
        assert issuer.asked == ["none", "none"]

    play(scene())


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"upn": "ada@x", "unique_name": "b", "appid": "c"}, "ada@x"),
        ({"unique_name": "live.com#ada@x"}, "live.com#ada@x"),
        ({"preferred_username": "p", "appid": "c"}, "p"),
        ({"appid": "app"}, "app"),
        ({"upn": "", "appid": "app"}, "app"),
        ({}, "unknown"),
    ],
)
def test_the_name_people_know_is_preferred(claims: dict[str, str], name: str) -> None:
    async def scene() -> None:
        clock = Clock(START)
        identity = await Credentials(Issuer(clock, oid="o", tid="t", **claims), "why", clock).identity("arm")
        assert (identity.object_id, identity.name, identity.tenant) == ("o", name, "t")

    play(scene())


SHELL = {"MSI_ENDPOINT": "http://localhost:50342/oauth2/token"}
WORKLOAD = {"AZURE_CLIENT_ID": "c", "AZURE_TENANT_ID": "t", "AZURE_FEDERATED_TOKEN_FILE": "f"}


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        (SHELL, "Cloud Shell"),
        ({**SHELL, **WORKLOAD}, "Cloud Shell"),
        ({**SHELL, "MSI_SECRET": "s"}, "az login"),
        (WORKLOAD, "workload identity (AZURE_FEDERATED_TOKEN_FILE)"),
        (
            {"AZURE_CLIENT_ID": "c", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_SECRET": "s"},
            "service principal (AZURE_CLIENT_ID)",
        ),
        ({"IDENTITY_ENDPOINT": "http://x", "AZURE_CLIENT_ID": "c"}, "managed identity (IDENTITY_ENDPOINT)"),
        ({"AZURE_CLIENT_ID": "c"}, "az login"),
        ({}, "az login"),
    ],
)
def test_one_way_is_chosen_by_the_variables_that_announce_it(environment: dict[str, str], why: str) -> None:
    async def scene() -> None:
        assert choose_credentials(environment, cast("Wire", None), Clock(START)).why == why

    play(scene())
    if why != "Cloud Shell":
        assert chosen_way(environment).remedy
