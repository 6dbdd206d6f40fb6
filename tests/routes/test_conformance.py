"""What every route must do alike: judge without side effects, open what it judged, undo on every way out, leak nothing.

A new route joins by a line in ROUTES.
"""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from aksess.azure.bastions import Search
from aksess.errors import AksessError, EgressUnclear
from aksess.routes.base import Endpoint, Facts, Route, RouteName, Verdict, Wishes
from aksess.session import ClusterName, Session, open_session
from aksess.settings import Settings
from journeys.stage import Shell, Stage
from journeys.staged import all_closed, nothing_changes, on_stage, picture

ROUTES = {
    RouteName.DIRECT: ("open", "web"),
    RouteName.VNET: ("vault", "web"),
    RouteName.BASTION: ("vault", "web"),
    RouteName.ALLOWLIST: ("web", "vault"),
    RouteName.INVOKE: ("vault", "vault as cat"),
}
"""Route -> a cluster it can open from outside, and one it cannot (or somebody for whom it cannot)."""
INSIDE = {RouteName.VNET: "vnet-vault/shell"}
"""Where the shell must stand; in Microsoft's own network unless said otherwise."""
EVERY = sorted(ROUTES)
ASKED = {RouteName.INVOKE: Wishes(command=("kubectl", "get", "pods"))}
"""Where the route cannot be judged by a wish for nothing in particular."""


class Broken(Exception):
    """What a caller's own code may raise while the way is open."""


@dataclass
class Scene:
    """One signed-in person, a cluster's facts, and the route under test."""

    on: Stage
    shell: Shell
    session: Session
    route: Route
    facts: Facts

    @property
    def wishes(self) -> Wishes:
        return ASKED.get(self.route.name, Wishes())


@asynccontextmanager
async def scene(on: Stage, name: RouteName, cluster: str) -> AsyncIterator[Scene]:
    cluster, _, person = cluster.partition(" as ")
    shell = on.shell(person or "ada", network=INSIDE.get(name))
    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        facts = await session.facts.gather(await session.find(ClusterName(name=cluster)), Wishes())
        route = next(one for one in session.routes if one.name is name)
        yield Scene(on, shell, session, route, facts)


def restored(on: Stage, cluster: str, before: Any) -> None:
    """The clusters are as before; records may remain, but none that claims anything."""
    clusters, _ = picture(on)
    assert {key: one["properties"].get("apiServerAccessProfile") for key, (one, _) in clusters.items()} == before
    all_closed(on, cluster, on.ranges(cluster))
    assert not [one for bastion in on.azure.world.bastions for one in bastion.sessions()]


def profiles(on: Stage) -> Any:
    clusters, _ = picture(on)
    return {key: one["properties"].get("apiServerAccessProfile") for key, (one, _) in clusters.items()}


def variants(facts: Facts) -> list[Facts]:
    """The same facts with one of them missing or other."""
    unclear = EgressUnclear("unclear", "name it")
    body = copy.deepcopy(facts.cluster.body)
    body["properties"]["apiServerAccessProfile"] = None
    return [
        facts,
        replace(facts, proof=None),
        replace(facts, bastions=None),
        replace(facts, bastions=Search(fault=unclear)),
        replace(facts, egress=None, egress_fault=unclear),
        replace(facts, missing_rights=(("Microsoft.ContainerService/managedClusters/write", "/s"),)),
        replace(facts, missing_rights=(("Microsoft.Resources/deployments/write", "/s"),)),
        replace(facts, cluster=replace(facts.cluster, body=body)),
    ]


WISHES = [
    Wishes(),
    Wishes(lock_down=True),
    Wishes(address=IPv4Network("20.1.2.3/32")),
    Wishes(via=RouteName.DIRECT),
    Wishes(via=RouteName.ALLOWLIST, wait=True),
    Wishes(via=RouteName.BASTION, bastion="hub-bastion", port=1),
    Wishes(via=RouteName.INVOKE, command=("kubectl", "exec", "-it", "x", "--", "sh")),
    Wishes(command=("rm", "-r", "x")),
]


def test_every_route_is_tried_here() -> None:
    assert set(ROUTES) == set(RouteName)


@pytest.mark.parametrize("usable", [True, False])
@pytest.mark.parametrize("name", EVERY)
@on_stage()
async def test_judging_asks_nobody_and_says_the_same_each_time(on: Stage, name: RouteName, usable: bool) -> None:
    async with scene(on, name, ROUTES[name][0 if usable else 1]) as its:
        assert its.route.name is name
        assert its.route.judge(its.facts, its.wishes).usable is usable
        with nothing_changes(on):
            asked = len(on.azure.journal)
            for facts in variants(its.facts):
                for wishes in WISHES:
                    before = copy.deepcopy(facts.cluster.body)
                    first, second = its.route.judge(facts, wishes), its.route.judge(facts, wishes)
                    assert first == second
                    assert facts.cluster.body == before
                    well_formed(first, name)
            assert len(on.azure.journal) == asked


def well_formed(verdict: Verdict, name: RouteName) -> None:
    assert verdict.route is name
    assert verdict.why
    assert verdict.posture
    if verdict.usable:
        assert verdict.seconds is not None
        assert verdict.refusal is None
    if verdict.refusal is not None:
        assert isinstance(verdict.refusal, AksessError)
        assert verdict.refusal.next_step


@pytest.mark.parametrize("name", EVERY)
@on_stage()
async def test_open_yields_a_proven_way_and_undoes_it(on: Stage, name: RouteName) -> None:
    cluster = ROUTES[name][0]
    before = profiles(on)
    async with scene(on, name, cluster) as its:
        async with its.route.open(its.facts, its.wishes) as access:
            assert access.route is name
            if isinstance(access, Endpoint):
                assert access.proof.open
                assert on.cluster(cluster).admits(its.shell.session.caller.address), "proven means admitted"
                assert access.kubeconfig.server.startswith("https://")
        restored(on, cluster, before)


@pytest.mark.parametrize("after", [0.0, 5.0, 4000.0])
@pytest.mark.parametrize("name", EVERY)
@on_stage()
async def test_an_error_while_it_is_open_undoes_it_and_arrives(on: Stage, name: RouteName, after: float) -> None:
    cluster = ROUTES[name][0]
    before = profiles(on)

    async def breaks(its: Scene) -> None:
        async with its.route.open(its.facts, its.wishes):
            await asyncio.sleep(after)
            raise Broken

    async with scene(on, name, cluster) as its:
        with pytest.raises(Broken):
            await breaks(its)
        restored(on, cluster, before)


@pytest.mark.parametrize("after", [0.0, 0.01, 1.0, 45.0, 61.0, 500.0])
@pytest.mark.parametrize("name", EVERY)
@on_stage()
async def test_cancelling_at_any_moment_undoes_it_and_leaks_nothing(on: Stage, name: RouteName, after: float) -> None:
    cluster = ROUTES[name][0]
    before = profiles(on)

    async def holds(its: Scene) -> None:
        async with its.route.open(its.facts, its.wishes):
            await asyncio.Event().wait()

    async with scene(on, name, cluster) as its:
        others = asyncio.all_tasks()
        task = on.tasks.create_task(holds(its))
        await asyncio.sleep(after)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        restored(on, cluster, before)
        ours = [one for one in asyncio.all_tasks() - others if "aksess/" in str(one.get_coro())]
        assert not ours, ours


@pytest.mark.parametrize("name", EVERY)
@on_stage()
async def test_two_at_once_on_one_cluster_do_not_undo_each_other(on: Stage, name: RouteName) -> None:
    cluster = ROUTES[name][0]
    before = profiles(on)
    async with scene(on, name, cluster) as one, scene(on, name, cluster) as two:
        async with one.route.open(one.facts, one.wishes) as access:
            async with two.route.open(two.facts, two.wishes):
                pass
            if isinstance(access, Endpoint):
                assert on.cluster(cluster).admits(one.shell.session.caller.address)
        restored(on, cluster, before)


@pytest.mark.parametrize("name", EVERY)
@on_stage()
async def test_a_way_that_was_judged_shut_is_not_opened_all_the_same(on: Stage, name: RouteName) -> None:
    cluster = ROUTES[name][1]
    async with scene(on, name, cluster) as its:
        with nothing_changes(on), pytest.raises((AksessError, ValueError)):
            await its.route.open(its.facts, its.wishes).__aenter__()
