"""A session at a Bastion host on the wire: from the form to the API server behind it, and to its end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from aksess_sim.faults import Fault, Kind
from aksess_sim.host import SimulatedAzure
from aksess_sim.world.bastions import State
from aksess_sim.world.loader import load_world
from sim.bastion_client import BINARY, CLOSE, PING, Client, at
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


async def test_an_exchange_answers_what_the_extension_of_az_reads(ada: Client) -> None:
    session = await ada.session()
    assert set(session) == {
        "authToken", "username", "dataSource", "availableDataSources", "nodeId", "websocketToken"
    }  # fmt: skip
    assert session["authToken"] != session["websocketToken"]


async def test_many_connections_are_many_sessions_side_by_side(ada: Client) -> None:
    async def visit() -> tuple[bytes, int]:
        session, websocket = await ada.open()
        answer = await (await ada.through(websocket)).get("/version", ada.cluster.hosts[0])
        return answer, await ada.delete(session)

    async with asyncio.TaskGroup() as group:
        visits = [group.create_task(visit()) for _ in range(40)]
    assert all(b" 200 " in visit.result()[0] and visit.result()[1] == 204 for visit in visits)
    assert ada.bastion.sessions() == []


async def test_a_websocket_token_opens_once(ada: Client) -> None:
    session, _ = await ada.open()
    assert (await ada.websocket(session)).status == 404


async def test_a_websocket_token_opens_for_a_short_while_only(ada: Client) -> None:
    session, late = await ada.session(), await ada.session()
    clock = ada.person.azure.world.clock
    await clock.sleep(ada.bastion.timings.opens_within - 5)
    assert (await ada.websocket(session)).status == 101
    await clock.sleep(6)
    assert (await ada.websocket(late)).status == 404
    assert [len(ada.bastion.sessions(state)) for state in State] == [0, 1, 1]


@pytest.mark.parametrize("node", ["", "0123456789abcdef"])
async def test_every_later_request_must_name_the_node(ada: Client, node: str) -> None:
    session = await ada.session()
    assert (await ada.websocket(session, node=node)).status == 404
    assert await ada.delete(session, node=node) == 404
    assert await ada.delete(session) == 204
    assert await ada.delete(session) == 404


async def test_an_exchange_that_names_a_node_stays_there(ada: Client) -> None:
    first = await ada.session()
    nodes = {(await ada.session())["nodeId"] for _ in range(4)}
    assert len(nodes) == 2
    assert {(await ada.session(node=first["nodeId"]))["nodeId"] for _ in range(4)} == {first["nodeId"]}


async def test_a_token_that_was_passed_on_can_be_neither_deleted_nor_passed_again(ada: Client) -> None:
    """Whoever shares one token among connections deletes the last session only (azure-cli-extensions#10137)."""
    first, websocket = await ada.open()
    node, previous = first["nodeId"], first["authToken"]
    last = await ada.session(node=node, token=previous)
    assert (await ada.exchange(node=node, token=previous)).status == 404
    assert await ada.delete(first) == 404
    assert await ada.delete(last) == 204
    answer = await (await ada.through(websocket)).get("/version", ada.cluster.hosts[0])
    assert b" 200 " in answer
    websocket.send(CLOSE, b"\x03\xe8")
    assert await websocket.closed() == 1000
    await asyncio.sleep(1)
    assert [session.state for session in ada.bastion.sessions()] == [State.ORPHANED]


async def test_a_session_that_nobody_deletes_counts_until_it_is_given_up(ada: Client) -> None:
    _, websocket = await ada.open()
    websocket.writer.transport.abort()
    await asyncio.sleep(1)
    assert [session.state for session in ada.bastion.sessions()] == [State.ORPHANED]
    world = ada.person.azure.world
    await world.clock.sleep(ada.bastion.timings.orphan)
    world.settle()
    assert ada.bastion.sessions() == []
    assert ada.bastion.tally["abandoned"] == 1


async def test_a_host_carries_so_many_sessions_and_no_more(ada: Client) -> None:
    token = await ada.person.token()
    sessions = [await ada.session(aztoken=token) for _ in range(80)]
    refused = await ada.exchange(aztoken=token)
    assert (refused.status, "80" in refused.json["message"]) == (429, True)
    assert await ada.delete(sessions[0]) == 204
    assert (await ada.exchange(aztoken=token)).status == 200


async def test_deleting_a_session_closes_its_websocket(ada: Client) -> None:
    session, websocket = await ada.open()
    assert await ada.delete(session) == 204
    assert await websocket.closed() == 1000
    websocket.send(CLOSE, b"\x03\xe8")
    assert await websocket.reader.read() == b""
    await asyncio.sleep(1)
    assert ada.bastion.sessions() == []


async def test_maintenance_ends_every_session_and_a_while_later_new_ones_work(ada: Client) -> None:
    session, websocket = await ada.open()
    waiting = await ada.session()
    ada.bastion.restart()
    assert await websocket.closed() == 1001
    assert (await ada.exchange()).status == 503
    assert (await ada.websocket(waiting)).status == 503
    assert await ada.delete(session) == 503
    await ada.person.azure.world.clock.sleep(ada.bastion.timings.restart)
    assert await ada.delete(session) == 404
    assert (await ada.websocket(waiting)).status == 404
    _, fresh = await ada.open()
    assert b" 200 " in await (await ada.through(fresh)).get("/version", ada.cluster.hosts[0])
    assert ada.bastion.tally["cut"] == 2


async def test_no_token_is_in_the_journal(ada: Client) -> None:
    session, websocket = await ada.open()
    inner = await ada.through(websocket)
    await inner.get("/version", ada.cluster.hosts[0])
    await ada.delete(session)
    written = repr(list(ada.person.azure.journal))
    assert session["authToken"] not in written
    assert session["websocketToken"] not in written
    assert "/webtunnelv2/..." in written
    assert "DELETE" in written
    assert "through hub-bastion: open" in written


async def test_what_a_session_is_shows_no_secret(ada: Client) -> None:
    session = await ada.session()
    [kept] = ada.bastion.sessions()
    assert session["authToken"] not in repr(kept)
    assert session["websocketToken"] not in repr(kept)


async def test_a_watch_lasts_as_long_as_somebody_pings(ada: Client) -> None:
    """Ten idle minutes and more; without a ping the flow would be forgotten after four."""
    _, websocket = await ada.open()
    inner = await ada.through(websocket)
    await inner.get(
        "/api/v1/namespaces?watch=1&resourceVersion=0",
        ada.cluster.hosts[0],
        f"Authorization: Bearer {ada.cluster.token_secret}",
    )
    for _ in range(7):
        await asyncio.sleep(120)
        websocket.send(PING)
    assert len(ada.bastion.sessions(State.LIVE)) == 1


async def test_faults_strike_the_exchange_and_the_websocket(ada: Client) -> None:
    faults, host = ada.person.azure.faults, "bst-*"
    faults.arm(Fault(Kind.STATUS, host=host, path="/api/tokens", status=500, body='{"message": "oh"}'))
    assert (await ada.exchange()).json == {"message": "oh"}
    faults.arm(Fault(Kind.STATUS, host=host, path="/webtunnelv2/*", status=502))
    assert (await ada.websocket(await ada.session())).status == 502
    faults.arm(Fault(Kind.CUT, host=host, path="/webtunnelv2/*"))
    session = await ada.session()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await ada.websocket(session)
    assert (await ada.websocket(session)).status == 101


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/webtunnelv2/nonsense?X-Node-Id=x", {}, 404),
        ("/webtunnelv2/%C3%BC?X-Node-Id=x", {}, 404),
        ("/webtunnelv2/x", {"version": "8"}, 426),
        ("/webtunnelv2/x", {"key": "short"}, 400),
        ("/omni/webtunnel/x", {}, 404),
    ],
)
async def test_a_handshake_that_leads_nowhere_is_answered(
    ada: Client, path: str, more: dict[str, str], status: int
) -> None:
    assert (await ada.upgrade(path, **more)).status == status


async def test_a_plain_request_is_no_websocket(ada: Client) -> None:
    session = await ada.session()
    url = f"https://{ada.bastion.host}/webtunnelv2/{session['websocketToken']}"
    assert (await ada.person.ask("GET", url, params={"X-Node-Id": session["nodeId"]})).status == 400
    assert (await ada.websocket(session)).status == 101


async def test_a_world_ends_in_order_while_a_websocket_leads_to_an_api_server_that_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with SimulatedAzure(load_world()) as azure, shell(azure) as person, at(person) as client:
        session, websocket = await client.open()
        await client.open()
        websocket.send(BINARY, b"\x16\x03\x01")
        assert await client.delete(session) == 204
    await asyncio.sleep(60)
    assert [record for record in caplog.records if record.name == "asyncio"] == []


async def test_open_websockets_end_with_the_world_they_lead_to(ada: Client) -> None:
    _, websocket = await ada.open()
    await ada.through(websocket)
    former = ada.bastion
    await ada.person.azure.reset(load_world())
    await websocket.reader.read()
    assert websocket.reader.at_eof()
    assert former.sessions(State.LIVE) == []
