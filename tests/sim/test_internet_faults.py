"""Each named misbehaviour, as a client meets it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from aksess_sim.faults import Fault, Faults, Kind
from aksess_sim.host import SimulatedAzure
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.loader import load_world
from sim.simulated_shell import Person, shell

CLUSTERS = "*/managedClusters/*"
"""aiohttp's client sends a PUT again, once, when its connection breaks: cuts strike every time."""


@pytest.fixture
async def ada() -> AsyncIterator[Person]:
    async with SimulatedAzure(load_world()) as azure, shell(azure) as person:
        yield person


@pytest.fixture
def web(ada: Person) -> Cluster:
    return ada.azure.world.cluster_named("web")


async def test_an_error_answer_has_arms_shape_and_the_service_sees_nothing(ada: Person, web: Cluster) -> None:
    headers = {"Retry-After": "7"}
    fault = Fault(Kind.STATUS, method="PUT", path=CLUSTERS, status=429, code="Throttled", headers=headers)
    ada.azure.faults.arm(fault)
    before = list(web.ranges)
    answer = await ada.put_ranges(web, "51.1.1.1/32")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json["error"]["code"] == "Throttled"
    assert web.ranges == before
    assert (await ada.put_ranges(web, "51.1.1.1/32")).status == 200


async def test_a_request_that_is_cut_does_nothing(ada: Person, web: Cluster) -> None:
    ada.azure.faults.arm(Fault(Kind.CUT, method="PUT", count=None))
    before = list(web.ranges)
    with pytest.raises(aiohttp.ClientError):
        await ada.put_ranges(web, "51.1.1.1/32")
    assert web.ranges == before


async def test_a_lost_answer_leaves_the_change(ada: Person, web: Cluster) -> None:
    ada.azure.faults.arm(Fault(Kind.CUT_AFTER, method="PUT", count=None))
    with pytest.raises(aiohttp.ClientError):
        await ada.put_ranges(web, "51.1.1.1/32")
    assert web.ranges == ["51.1.1.1/32"]
    entry = ada.azure.journal.find(method="PUT")[0]
    assert (entry.status, entry.detail) == (None, "cut-after")


async def test_slow_is_so_many_world_seconds(ada: Person, web: Cluster) -> None:
    ada.azure.faults.arm(Fault(Kind.SLOW, path=CLUSTERS, seconds=40))
    clock = ada.azure.world.clock
    before = clock.elapsed()
    assert (await ada.arm("GET", web.id)).status == 200
    assert clock.elapsed() - before == pytest.approx(40)


async def test_who_hangs_gets_no_answer(ada: Person, web: Cluster) -> None:
    ada.azure.faults.arm(Fault(Kind.HANG, path=CLUSTERS))
    with pytest.raises(TimeoutError):
        await ada.arm("GET", web.id, seconds=900)


async def test_an_operation_that_fails_is_rolled_back(ada: Person, web: Cluster) -> None:
    fault = Fault(Kind.OPERATION_FAILS, method="PUT", path=CLUSTERS, code="InternalError", message="no luck")
    ada.azure.faults.arm(fault)
    before = list(web.ranges)
    put = await ada.put_ranges(web, "51.1.1.1/32")
    assert (put.status, web.ranges) == (200, ["51.1.1.1/32"])
    await ada.azure.world.clock.sleep(web.timings.update)
    body = (await ada.arm("GET", web.id)).json
    assert (body["properties"]["provisioningState"], web.ranges) == ("Failed", before)
    assert list(web.enforced) == before


async def test_only_the_session_meant_is_struck(ada: Person, web: Cluster) -> None:
    ada.azure.faults.arm(Fault(Kind.STATUS, session="cs-other", count=None))
    assert (await ada.arm("GET", web.id)).status == 200


def test_patterns_ignore_case_and_counts_run_out() -> None:
    faults = Faults()
    faults.arm(Fault(Kind.CUT, host="Management.*", method="get", path="/A/*", count=2))
    asked = [("GET", "management.azure.com", path, None) for path in ("/a/1", "/b/1", "/A/2", "/a/3")]
    assert [faults.take(*request) is not None for request in asked] == [True, False, True, False]
    assert faults.armed() == []


def test_a_fault_on_requests_leaves_the_way_there_alone() -> None:
    faults = Faults()
    faults.arm(Fault(Kind.CUT, count=None))
    assert faults.take("CONNECT", "management.azure.com", "", None) is None


@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.OPERATION_FAILS])
def test_a_fault_that_needs_a_service_cannot_strike_the_way_there(kind: Kind) -> None:
    with pytest.raises(ValueError, match=kind):
        Faults().arm(Fault(kind, method="CONNECT"))
