"""The directory: service principals and people, asked with a token for Graph."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer

from aksess_sim.services import graph
from aksess_sim.world.loader import read_world
from aksess_sim.world.people import Application, Person
from aksess_sim.world.state import World

GRAPH = "https://graph.microsoft.com"
ACI = "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9"
WORLD = """
people:
  ada: {name: Ada Lovelace}
  shy: {reads_directory: false}
  ci: {application: true}
  robot: {application: true, reads_directory: true, name: Robot}
"""


@dataclass(frozen=True)
class Directory:
    world: World
    http: Any

    async def ask(
        self,
        path: str,
        person: str = "ada",
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        token: str | None = None,
    ) -> tuple[int, Any]:
        bearer = self.world.tokens.mint(self.world.person(person), GRAPH) if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"}
        method = "GET" if body is None else "POST"
        async with self.http.request(method, path, params=query or {}, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def principals(self, text: str) -> list[str]:
        status, body = await self.ask("/v1.0/servicePrincipals", query={"$filter": text})
        assert status == 200, body
        return [one["displayName"] for one in body["value"]]


@pytest.fixture
async def directory() -> AsyncIterator[Directory]:
    world = read_world(WORLD)
    async with TestClient(TestServer(graph.application(world))) as http:
        yield Directory(world, http)


@pytest.mark.parametrize(
    "text",
    [
        f"appId eq '{ACI}'",
        f"servicePrincipalNames/any(c:c eq '{ACI.upper()}')",
        "displayName eq 'Azure Container Instance Service'",
        "startswith(displayName,'azure container')",
    ],
)
async def test_a_service_principal_is_found(directory: Directory, text: str) -> None:
    assert await directory.principals(text) == ["Azure Container Instance Service"]


async def test_a_filter_that_fits_nothing_and_one_that_is_none(directory: Directory) -> None:
    assert await directory.principals("appId eq '00000000-0000-0000-0000-000000000000'") == []
    status, body = await directory.ask("/v1.0/servicePrincipals", query={"$filter": "spn eq 'x'"})
    assert (status, body["error"]["code"]) == (400, "Request_UnsupportedQuery")


async def test_one_principal_by_either_of_its_ids(directory: Directory) -> None:
    _, by_client = await directory.ask(f"/v1.0/servicePrincipals(appId='{ACI}')")
    status, by_object = await directory.ask(f"/beta/servicePrincipals/{by_client['id'].upper()}")
    assert (status, by_object) == (200, by_client)
    assert (by_object["appId"], by_object["appOwnerOrganizationId"]) == (ACI, "f8cdef31-a31e-4b4a-93e4-5f571e91255a")
    _, chosen = await directory.ask(f"/v1.0/servicePrincipals/{by_client['id']}", query={"$select": "id,appId"})
    assert chosen.keys() == {"@odata.context", "id", "appId"}


@pytest.mark.parametrize("path", [f"/v1.0/servicePrincipals/{ACI}", "/v1.0/servicePrincipals(appId='nobody')"])
async def test_who_is_not_there(directory: Directory, path: str) -> None:
    status, body = await directory.ask(path)
    assert (status, body["error"]["code"]) == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize(
    "text", ["userPrincipalName eq 'ADA@contoso.onmicrosoft.com'", "startswith(displayName,'ada')"]
)
async def test_users_are_found_and_applications_are_none(directory: Directory, text: str) -> None:
    status, body = await directory.ask("/v1.0/users", query={"$filter": text})
    assert (status, [one["displayName"] for one in body["value"]]) == (200, ["Ada Lovelace"])
    assert len((await directory.ask("/v1.0/users"))[1]["value"]) == 2


async def test_one_user_by_id_or_name(directory: Directory) -> None:
    ada = directory.world.person("ada")
    _, by_name = await directory.ask(f"/v1.0/users/{ada.user_principal_name.upper()}")
    assert by_name == (await directory.ask(f"/v1.0/users/{ada.object_id}"))[1]
    assert by_name["displayName"] == "Ada Lovelace"
    for nobody in ("nobody@contoso.onmicrosoft.com", directory.world.person("ci").object_id):
        status, body = await directory.ask(f"/v1.0/users/{nobody}")
        assert (status, body["error"]["code"]) == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize("path", ["/v1.0/groups", "/v1.0/me/memberOf", "/v2.0/me"])
async def test_what_is_not_of_this_world_is_said_in_graphs_own_shape(directory: Directory, path: str) -> None:
    status, body = await directory.ask(path)
    assert (status, body["error"]["code"]) == (400, "BadRequest")


async def test_long_lists_come_in_pages(directory: Directory) -> None:
    for number in range(230):
        directory.world.people.add(Person(f"p{number}", f"o{number}", f"P {number}", "", Application(f"c{number}")))
    path, names = "/v1.0/servicePrincipals", []
    while path:
        _, body = await directory.ask(path)
        names += [one["displayName"] for one in body["value"]]
        link = urlsplit(body.get("@odata.nextLink", ""))
        assert (link.scheme, link.netloc) in (("", ""), ("https", "graph.microsoft.com"))
        path = f"{link.path}?{link.query}" if link.path else ""
    assert len(names) == len(set(names)) == 234


async def test_the_caller(directory: Directory) -> None:
    _, body = await directory.ask("/v1.0/me", "shy")
    assert body["id"] == directory.world.person("shy").object_id
    assert (await directory.ask("/v1.0/me", "ci"))[0] == 400


async def test_objects_by_their_ids(directory: Directory) -> None:
    ids = [directory.world.person(name).object_id for name in ("robot", "ada")]
    _, body = await directory.ask("/v1.0/directoryObjects/getByIds", body={"ids": [*ids, "nobody", ids[0]]})
    assert [(one["@odata.type"], one["displayName"]) for one in body["value"]] == [
        ("#microsoft.graph.servicePrincipal", "Robot"),
        ("#microsoft.graph.user", "Ada Lovelace"),
    ]
    assert (await directory.ask("/v1.0/directoryObjects/getByIds", body={}))[0] == 400


@pytest.mark.parametrize(("person", "status"), [("ada", 200), ("shy", 403), ("ci", 403), ("robot", 200)])
async def test_not_everybody_may_read_the_directory(directory: Directory, person: str, status: int) -> None:
    answered, body = await directory.ask("/v1.0/servicePrincipals", person)
    assert answered == status
    assert status == 200 or body["error"]["code"] == "Authorization_RequestDenied"


async def test_a_token_must_be_for_graph_and_in_force(directory: Directory) -> None:
    tokens, ada = directory.world.tokens, directory.world.person("ada")
    for token, words in [
        ("", "empty"),
        ("x.y.z", "Invalid token"),
        (tokens.mint(ada, "https://management.azure.com/"), "audience"),
        (tokens.mint(ada, GRAPH, lifetime=timedelta(0)), "expired"),
    ]:
        status, body = await directory.ask("/v1.0/me", token=token)
        assert (status, body["error"]["code"]) == (401, "InvalidAuthenticationToken")
        assert words in body["error"]["message"]
    assert (await directory.ask("/v1.0/me", token=tokens.mint(ada, f"{GRAPH}/")))[0] == 200
