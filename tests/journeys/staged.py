"""How a scene becomes a test, and how a refused command is judged: its error in full, and a world left as it was."""

import asyncio
import copy
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from journeys.stage import Played, Stage, play, stage

Scene = Callable[..., Coroutine[Any, Any, None]]
LONELY = """
people: {ada: {roles: [Owner]}}
networks: {vnet-vault: {subnets: {nodes: {prefix: 10.0.0.0/22}}}}
clusters: {vault: {private: true, network: vnet-vault/nodes}}
"""
"""A world with a private cluster and no Bastion: from outside, Command Invoke alone leads there."""


def on_stage(world: str | None = None) -> Callable[[Scene], Callable[..., None]]:
    """Play the scene on a stage of its own (its first parameter); nothing it started may outlive it."""

    def decorate(scene: Scene) -> Callable[..., None]:
        async def whole(given: dict[str, Any]) -> None:
            async with stage(world) as on:
                await scene(on, **given)
            left = [str(one) for one in asyncio.all_tasks() if one is not asyncio.current_task()]
            # A host that was told to hang hangs on; all else has an owner that waited for it.
            assert not [one for one in left if "RequestHandler." not in one], left

        def test(**given: Any) -> None:
            play(whole(given))

        given = list(inspect.signature(scene).parameters.values())[1:]
        test.__signature__ = inspect.Signature(given)  # type: ignore[attr-defined]  # pytest reads its fixtures there
        test.__name__, test.__doc__, test.__module__ = scene.__name__, scene.__doc__, scene.__module__
        return test

    return decorate


def refused(played: Played, exit_code: int, code: str, *says: str) -> None:
    """It ended with this exit code and told this error; every one of `says` stands in its sentence or next step."""
    assert played.code == exit_code, played
    assert played.stdout == "", played
    lines = played.stderr.splitlines()
    heads = [index for index, line in enumerate(lines) if line.startswith(f"error [{code}]: ")]
    assert heads, played
    told = lines[heads[-1] : heads[-1] + 2]
    assert told[1].removeprefix("  next: ") not in ("", told[1]), played
    for words in says:
        assert words in "\n".join(told), f"{words!r} is not said in {told}"


def picture(on: Stage) -> Any:
    """Everything a lease could change: what ARM shows and the API servers enforce, and every ledger record."""
    world = on.azure.world
    world.settle()
    clusters = {one.id: (copy.deepcopy(one.body), one.enforced) for one in world.clusters.values()}
    records = {group: [one.body() for one in world.deployments.in_group(group)] for group in world.groups}
    return clusters, records


@contextmanager
def nothing_changes(on: Stage) -> Iterator[None]:
    """The world is the same afterwards, and nobody tried to change a cluster or the ledger."""
    before, asked = picture(on), len(on.azure.journal)
    yield
    assert picture(on) == before
    seen = [one for one in list(on.azure.journal)[asked:] if one.host == "management.azure.com"]
    tried = [one for one in seen if one.method in ("PUT", "PATCH", "DELETE")]
    assert not tried, tried


def records(on: Stage, group: str = "rg-demo") -> list[dict[str, str]]:
    """The tags of every lease in the ledger, oldest first: of its end where it has ended, else of its life."""
    world = on.azure.world
    world.settle()
    found = next(one for one in world.groups if one.endswith(f"/{group}"))
    tags = [one.sent["tags"] for one in reversed(world.deployments.in_group(found))]
    by_end = sorted(tags, key=lambda one: one["aksess-state"] in ("released", "expired"))
    newest = {one["aksess-id"]: one for one in by_end}
    return sorted(newest.values(), key=lambda one: one["aksess-created"])


def all_closed(on: Stage, cluster: str, before: list[str]) -> None:
    """The list is what it was, and every lease in the ledger has ended and claims nothing."""
    assert on.ranges(cluster) == before
    for one in records(on):
        assert one["aksess-state"] in ("released", "expired"), one
        assert one["aksess-settled"] != "no", one
