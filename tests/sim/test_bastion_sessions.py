"""A session at a Bastion host on the wire: from the form to the API server behind it, and to its end."""

from collections.abc import AsyncIterator

import pytest

from aksess_sim.host import SimulatedAzure
from aksess_sim.world.bastions import State
from aksess_sim.world.loader import load_world
from sim.bastion_client import BINARY, CLOSE, PING, PONG, Client, at
from sim.simulated_shell import shell


@pytest.fixture
async def ada() -> AsyncIterator[Client]:
    async with SimulatedAzure(load_world()) as azure, shell(azure) as person, at(person) as client:
        yield client


async def test_a_session_leads_to_the_api_server_with_tls_end_to_end(ada: Client) -> None:
    session, websocket = await ada.open()
    inner = await ada.through(websocket)
    answer = await inner.get("/version", ada.cluster.hosts[0])
    assert b" 200 " in answer
    assert ada.cluster.version.encode() in answer
    assert await ada.delete(session) == 204
    assert ada.bastion.tally == {"granted": 1, "opened": 1, "deleted": 1, "abandoned": 0, "cut": 0}
    assert ada.bastion.sessions() == []
