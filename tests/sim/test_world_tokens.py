"""Tokens: only this world's, only in time, only for whom they are made out to."""

import asyncio
from datetime import timedelta
from typing import Any

import jwt
import pytest

from aksess_sim.world.loader import load_world
from aksess_sim.world.state import World
from aksess_sim.world.tokens import TokenRefused

ARM = "https://management.azure.com/"


def refusal(world: World, token: str, *audiences: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        world.tokens.verify(token, audiences or (ARM,))
    return refused.value.reason


async def test_a_token_names_its_person() -> None:
    world = load_world()
    claims = world.tokens.verify(world.tokens.mint(world.person("ada"), ARM), [ARM])
    assert claims["oid"] == world.person("ada").object_id
    assert claims["unique_name"] == "ada@contoso.onmicrosoft.com"
    assert {"iss", "sub", "exp", "iat", "tid"} <= claims.keys()


async def test_a_trailing_slash_of_the_audience_does_not_matter() -> None:
    world = load_world()
    token = world.tokens.mint(world.person("ada"), ARM.rstrip("/"))
    assert world.tokens.verify(token, [ARM])


async def test_a_token_ends_in_world_dates_not_in_scaled_ones() -> None:
    world = load_world(speed=60)
    token = world.tokens.mint(world.person("ada"), ARM, lifetime=timedelta(minutes=10))
    await asyncio.sleep(599)
    assert world.tokens.verify(token, [ARM])
    await asyncio.sleep(1)
    assert refusal(world, token) == "expired"


async def test_another_worlds_token_another_audience_and_noise_are_refused() -> None:
    world, other = load_world(), load_world()
    assert refusal(world, other.tokens.mint(other.person("ada"), ARM)) == "invalid"
    assert refusal(world, world.tokens.mint(world.person("ada"), "https://graph.microsoft.com")) == "audience"
    assert refusal(world, "a.b.c") == "invalid"


async def test_an_unsigned_token_is_refused() -> None:
    world = load_world()
    claims: dict[str, Any] = jwt.decode(
        world.tokens.mint(world.person("ada"), ARM), options={"verify_signature": False}
    )
    assert refusal(world, jwt.encode(claims, "", algorithm="none")) == "invalid"


async def test_the_published_key_verifies_a_token() -> None:
    world = load_world()
    key = jwt.PyJWK(world.tokens.public_keys()["keys"][0])
    token = world.tokens.mint(world.person("cat"), ARM)
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    assert jwt.decode(token, key, audience=ARM, options={"verify_exp": False, "verify_nbf": False, "verify_iat": False})
