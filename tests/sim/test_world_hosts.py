"""The small hosts: sign-in, a Cloud Shell's tokens, observers of addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from aksess_sim.internet.caller import CALLER, Caller
from aksess_sim.services import cloudshell_token, echo, login
from aksess_sim.world.loader import load_world, read_world
from aksess_sim.world.state import World

ARM = "https://management.azure.com/"
CI = "people: {ci: {application: true, secret: s3cret, federated: 'repo:x', roles: [Owner]}}"
BY_ASSERTION = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}


@asynccontextmanager
async def host(service: Any, world: World) -> AsyncIterator[Any]:
    """A service as ada's shell sees it."""
    CALLER.set(Caller("cs-1", "ada", IPv4Address("73.140.245.7")))
    async with TestClient(TestServer(service.application(world))) as client:
        yield client


async def cloud_shell(client: Any, resource: str, **headers: str) -> tuple[int, Any]:
    async with client.post("/oauth2/token", data={"resource": resource}, headers=headers) as response:
        return response.status, await response.json()


async def test_a_cloud_shell_gets_tokens_of_its_own_person() -> None:
    world = load_world()
    async with host(cloudshell_token, world) as client:
        status, body = await cloud_shell(client, ARM, Metadata="true")
        assert (status, body["resource"], body["expires_in"]) == (200, ARM, "3600")
        assert world.tokens.verify(body["access_token"], [ARM])["oid"] == world.person("ada").object_id


async def test_a_cloud_shell_has_a_fixed_list_of_audiences() -> None:
    async with host(cloudshell_token, load_world()) as client:
        status, body = await cloud_shell(client, "https://example.org", Metadata="true")
        assert (status, body["error"]["code"]) == (400, "AudienceNotSupported")
        assert (await cloud_shell(client, "6dae42f8-4368-4678-94ff-3960e28e3630", Metadata="true"))[0] == 200
        assert (await cloud_shell(client, ARM))[0] == 400


async def test_a_cloud_shell_can_be_asked_with_get() -> None:
    async with host(cloudshell_token, load_world()) as client:
        path = f"/oauth2/token?resource={ARM}"
        async with client.get(path, headers={"Metadata": "true"}) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    ("name", "path", "text"),
    [
        ("api.ipify.org", "/", "73.140.245.7"),
        ("api.ipify.org", "/?format=json", '{"ip": "73.140.245.7"}'),
        ("ifconfig.me", "/ip", "73.140.245.7"),
        ("icanhazip.com", "/", "73.140.245.7\n"),
        ("checkip.amazonaws.com", "/", "73.140.245.7\n"),
    ],
)
async def test_observers_tell_the_callers_egress_address(name: str, path: str, text: str) -> None:
    async with host(echo, load_world()) as client, client.get(path, headers={"Host": name}) as response:
        assert (response.status, await response.text()) == (200, text)


async def sign_in(client: Any, world: World, **form: str) -> tuple[int, Any]:
    path = f"/{world.people.tenant_id}/oauth2/v2.0/token"
    sent = {"grant_type": "client_credentials", "scope": f"{ARM}.default"} | form
    async with client.post(path, data=sent) as response:
        return response.status, await response.json()


async def test_an_application_signs_in_with_its_secret() -> None:
    world = read_world(CI)
    application = world.person("ci").application
    assert application is not None
    async with host(login, world) as client:
        status, body = await sign_in(client, world, client_id=application.client_id, client_secret="s3cret")
        claims = world.tokens.verify(body["access_token"], [ARM])
        assert (status, claims["appid"], claims["idtyp"]) == (200, application.client_id, "app")
        for wrong, error in [
            ({"client_secret": "x"}, "invalid_client"),
            ({"client_id": "x"}, "unauthorized_client"),
            ({"scope": "openid"}, "invalid_scope"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
        ]:
            right = {"client_id": application.client_id, "client_secret": "s3cret"}
            status, body = await sign_in(client, world, **(right | wrong))
            assert (status >= 400, body["error"]) == (True, error)


async def test_an_application_signs_in_with_a_federated_token_of_the_right_subject() -> None:
    world = read_world(CI)
    application = world.person("ci").application
    assert application is not None
    async with host(login, world) as client:
        form = BY_ASSERTION | {"client_id": application.client_id}
        for subject, expected in [("repo:x", 200), ("repo:y", 401)]:
            assertion = world.tokens.mint_federated(subject)
            assert (await sign_in(client, world, **form, client_assertion=assertion))[0] == expected
        access = world.tokens.mint(world.person("ci"), ARM)
        assert (await sign_in(client, world, **form, client_assertion=access))[0] == 401


async def test_discovery_leads_to_the_tokens_and_the_key() -> None:
    world = load_world()
    async with host(login, world) as client:
        async with client.get(f"/{world.people.domain}/v2.0/.well-known/openid-configuration") as response:
            found = await response.json()
        assert found["token_endpoint"].endswith(f"/{world.people.tenant_id}/oauth2/v2.0/token")
        async with client.get(found["jwks_uri"].removeprefix("https://login.microsoftonline.com")) as response:
            assert (await response.json()) == world.tokens.public_keys()
        async with client.get("/common/discovery/instance?api-version=1.1") as response:
            assert (await response.json())["metadata"][0]["preferred_network"] == "login.microsoftonline.com"
        async with client.get("/common//v2.0/.well-known/openid-configuration") as response:
            assert (await response.json())["issuer"] == "https://login.microsoftonline.com/common/v2.0"
        async with client.get("/elsewhere.example/v2.0/.well-known/openid-configuration") as response:
            assert (response.status, (await response.json())["error"]) == (400, "invalid_request")
