"""The address of a Cloud Shell network: listed for good by the lease loop, foreign to leases, taken out as ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.deployments import Deployments
from aksess.azure.ids import ClusterId
from aksess.errors import LeftOpen, RangesFull
from aksess.leases.closing import Closing
from aksess.leases.model import Holder, State, new_lease
from aksess.leases.standing import (
    Admission,
    Standing,
    read_standing,
    record_name,
    write_standing,
)
from aksess.session import ClusterName, Session, open_session
from aksess.settings import Settings
from journeys.stage import Stage
from journeys.staged import on_stage

CLUSTER = ClusterId("0b1f6471-1bf0-4dda-aec3-cb9272f09590", "rg-demo", "web")
NETWORK = "/subscriptions/s/resourceGroups/rg-demo/providers/Microsoft.Network/virtualNetworks/vnet-a"
HOLDER = Holder("ada", "0-0")
ENTRY = IPv4Network("20.71.33.99")
SIXTEEN = tuple(IPv4Network(f"200.171.133.1{number}") for number in range(10, 26))
FULL = [f"51.144.{number}.0/24" for number in range(200)]
WEB = ["51.144.20.0/24", "40.68.115.7/32"]
BY_HAND = ["51.144.20.0/24", "20.71.33.99/32"]


@asynccontextmanager
async def admission(on: Stage, name: str = "web") -> AsyncIterator[tuple[Session, Admission, Standing]]:
    shell = on.shell()
    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        closing = Closing(session.keeper, app.console)
        records = Deployments(session.arm, session.clock)
        made = Admission(session.clusters, records, closing, session.opening, session.clock, app.console)
        cluster = await session.find(ClusterName(name=name))
        yield session, made, Standing(cluster, NETWORK, "public", HOLDER)


@on_stage()
async def test_it_is_listed_for_good_and_no_lease_knows_it(on: Stage) -> None:
    async with admission(on) as (session, made, standing):
        after = await made.admit(standing, [ENTRY])
        assert after == replace(standing, entries=(ENTRY,), added=(ENTRY,))
        assert after == await made.known(standing.cluster)
        assert on.ranges("web") == [*WEB, str(ENTRY)]
        assert await session.keeper.ledger.leases(standing.cluster) == []
        await on.settled()
        await session.keeper.sweep(await session.cluster(standing.cluster))
        assert on.ranges("web") == [*WEB, str(ENTRY)]


@on_stage()
async def test_listing_it_again_writes_nothing(on: Stage) -> None:
    async with admission(on) as (_, made, standing):
        first = await made.admit(standing, [ENTRY])
        writes = [one for one in on.azure.journal if one.method == "PUT"]
        assert await made.admit(standing, [ENTRY]) == first
        assert [one for one in on.azure.journal if one.method == "PUT"] == writes


@on_stage()
async def test_it_is_taken_out_and_nothing_else(on: Stage) -> None:
    async with admission(on) as (session, made, standing):
        after = await made.admit(standing, [ENTRY])
        assert await made.dismiss(after) == (ENTRY,)
        assert on.ranges("web") == WEB
        assert all(one.settled for one in await session.keeper.ledger.leases(standing.cluster))
        assert await made.dismiss(after) == ()


@on_stage()
async def test_several_addresses_are_one_change(on: Stage) -> None:
    async with admission(on) as (_, made, standing):
        after = await made.admit(standing, SIXTEEN)
        assert len(on.puts("web")) == 1
        assert on.ranges("web") == [*WEB, *map(str, SIXTEEN)]
        assert await made.dismiss(after) == SIXTEEN
        assert on.ranges("web") == WEB
        assert len(on.puts("web")) == 2


@on_stage()
async def test_a_seal_gives_way_and_comes_back(on: Stage) -> None:
    async with admission(on, "sealed") as (_, made, standing):
        after = await made.admit(standing, [ENTRY])
        assert on.ranges("sealed") == [str(ENTRY)]
        await made.dismiss(after)
        assert on.ranges("sealed") == ["0.0.0.0/32"]


@on_stage()
async def test_an_open_server_gets_no_first_entry(on: Stage) -> None:
    async with admission(on, "open") as (_, made, standing):
        after = await made.admit(standing, [ENTRY])
        assert not after.added
        assert on.ranges("open") == []
        assert on.puts("open") == []
        assert await made.dismiss(after) == ()


@on_stage(world=f"clusters: {{web: {{ranges: {BY_HAND}}}}}\npeople: {{ada: {{roles: [Owner]}}}}")
async def test_what_was_listed_before_stays(on: Stage) -> None:
    async with admission(on) as (_, made, standing):
        after = await made.admit(standing, [ENTRY])
        assert not after.added
        assert await made.dismiss(after) == ()
        assert on.ranges("web") == BY_HAND


@on_stage()
async def test_the_record_stands_before_the_list_is_touched(on: Stage) -> None:
    async with admission(on) as (_, made, standing):
        await made.admit(standing, [ENTRY])
        writes = [one.path.lower().split("?")[0] for one in on.azure.journal if one.method == "PUT"]
        assert writes[0].endswith(record_name(standing.cluster))
        assert writes[1].endswith("/managedclusters/web")


@on_stage()
async def test_a_lease_on_the_same_address_does_not_take_it_along(on: Stage) -> None:
    async with admission(on) as (session, made, standing):
        facts = await session.cluster(standing.cluster)
        lease = session.keeper.draft(facts, ENTRY, HOLDER, "", timedelta(minutes=30))
        await session.keeper.ledger.record(lease)
        await session.opening.list_only(lease, facts)
        await made.admit(standing, [ENTRY])
        assert str(ENTRY) in on.ranges("web")
        await on.settled()
        await session.keeper.sweep(await session.cluster(standing.cluster))
        assert on.ranges("web") == [*WEB, str(ENTRY)]
        assert (await session.keeper.ledger.leases(standing.cluster))[0].state is State.RELEASED


@on_stage()
async def test_somebody_elses_lease_keeps_the_address_from_being_given_up(on: Stage) -> None:
    async with admission(on) as (session, made, standing):
        after = await made.admit(standing, [ENTRY])
        made_at = session.clock.now()
        lease = new_lease(standing.cluster, ENTRY, HOLDER, reason="", created=made_at, lasts=timedelta(minutes=30))
        await session.keeper.ledger.record(lease)
        with pytest.raises(LeftOpen, match="is still listed"):
            await made.dismiss(after)
        assert str(ENTRY) in on.ranges("web")


@on_stage(world=f"clusters: {{web: {{ranges: {FULL}}}}}\npeople: {{ada: {{roles: [Owner]}}}}")
async def test_a_full_list_is_said(on: Stage) -> None:
    async with admission(on) as (_, made, standing):
        with pytest.raises(RangesFull):
            await made.admit(standing, [ENTRY])


@on_stage()
async def test_what_cannot_be_read_is_not_known(on: Stage) -> None:
    async with admission(on) as (_, made, standing):
        assert await made.known(standing.cluster) is None
        damaged = {**write_standing(standing), "aksess-addresses": "20.0.0.0/8"}
        await made.records.write(standing.cluster, record_name(standing.cluster), damaged)
        assert await made.known(standing.cluster) is None


standings = st.builds(
    Standing,
    st.just(CLUSTER),
    st.just(NETWORK),
    st.sampled_from(["private", "public"]),
    st.builds(Holder, st.text(max_size=256), st.text(max_size=36)),
    st.just(SIXTEEN),
    st.lists(st.sampled_from(SIXTEEN), unique=True).map(tuple),
)


@given(standings)
def test_what_is_written_is_read(standing: Standing) -> None:
    tags = write_standing(standing)
    assert all(len(value) <= 256 for value in tags.values())
    assert read_standing(tags, CLUSTER) == standing


@given(
    st.dictionaries(st.sampled_from(sorted(write_standing(Standing(CLUSTER, NETWORK, "public", HOLDER)))), st.text())
)
def test_a_damaged_record_is_no_record_or_an_error(changed: dict[str, str]) -> None:
    tags = {**write_standing(Standing(CLUSTER, NETWORK, "public", HOLDER, (ENTRY,))), **changed}
    try:
        found = read_standing(tags, CLUSTER)
    except ValueError:
        return
    assert found is None or all(one.prefixlen == 32 for one in found.entries)


def test_a_record_of_another_cluster_is_none_of_ours() -> None:
    tags = write_standing(Standing(CLUSTER, NETWORK, "public", HOLDER))
    assert read_standing(tags, ClusterId("s", "rg-demo", "other")) is None
    assert len(record_name(ClusterId("s", "g" * 90, "n" * 63))) <= 64
