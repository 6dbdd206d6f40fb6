"""One question to Graph, put to the simulated one; whatever goes wrong, nobody is guessed."""

from aksess.azure.credentials import choose_credentials
from aksess.azure.graph import Graph
from aksess.azure.network_bodies import CONTAINER_INSTANCE_APP
from aksess.clock import Clock
from aksess.wire import Wire
from aksess_sim.faults import Fault, Kind
from journeys.stage import Stage, play, stage


async def asked(on: Stage, application: str = CONTAINER_INSTANCE_APP) -> str | None:
    environment = on.shell().environment
    wire = Wire(environment)
    try:
        return await Graph(choose_credentials(environment, wire, Clock()), wire).service_principal(application)
    finally:
        await wire.aclose()


def test_the_object_id_of_an_application() -> None:
    async def scene() -> None:
        async with stage("people: {ada: {roles: [Owner]}}\nclusters: {web: {}}\n") as on:
            found = await asked(on)
            assert found
            assert found != CONTAINER_INSTANCE_APP
            assert await asked(on, "11111111-1111-1111-1111-111111111111") is None

    play(scene())


def test_a_refusal_and_a_silence_are_none() -> None:
    async def scene() -> None:
        async with stage() as on:
            on.azure.faults.arm(Fault(Kind.STATUS, host="graph.microsoft.com", status=403))
            assert await asked(on) is None
            on.azure.faults.arm(Fault(Kind.HANG, method="CONNECT", host="graph.microsoft.com"))
            assert await asked(on) is None

    play(scene())
