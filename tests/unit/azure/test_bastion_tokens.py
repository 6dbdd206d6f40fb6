"""Every token is given back, its own and once: whatever happens to the connection, to the exchange, to the Bastion."""

import asyncio
from typing import Any, cast

import pytest

from aksess.azure.bastion_exchange import DataPlane, Grant
from aksess.azure.bastion_tokens import LAST_SECONDS, BastionTokens, bastion_tokens
from aksess.azure.bastions import Bastion
from aksess.clock import Clock
from aksess.errors import AzureBusy
from aksess.settings import Secret
from journeys.stage import play

HUB = Bastion({"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/bastionHosts/hub"})


class Plane:
    """A data plane that counts. `takes`: seconds an exchange lasts; `refuses`: how many deletions fail first."""

    def __init__(self, *, takes: float = 1, refuses: float = 0, returns: float = 0) -> None:
        self.clock = Clock()
        self.takes, self.refuses, self.returns = takes, refuses, returns
        self.fault: AzureBusy | None = None
        self.out: dict[str, str] = {}
        self.deleted: list[str] = []
        self.made = 0

    async def exchange(self, bastion: Bastion, cluster: str) -> Grant:
        assert (bastion, cluster) == (HUB, "/c")
        self.made += 1
        number = self.made
        await asyncio.sleep(self.takes)
        if self.fault:
            raise self.fault
        self.out[f"a{number}"] = f"n{number}"
        return Grant(Secret(f"a{number}"), Secret(f"w{number}"), f"n{number}")

    async def give_back(self, bastion: Bastion, grant: Grant) -> bool:
        assert bastion == HUB
        await asyncio.sleep(self.returns)
        if self.refuses > 0:
            self.refuses -= 1
            return False
        assert self.out.pop(grant.auth.reveal()) == grant.node, "each with its own"
        self.deleted.append(grant.auth.reveal())
        return True


class Said:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, text: str, *, usually: float | None = None) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)


def tokens(plane: Plane, said: Said) -> Any:
    return bastion_tokens(cast("DataPlane", plane), HUB, "/c", said)


async def connection(held: BastionTokens, seconds: float) -> str:
    async with held.granted() as grant:
        await asyncio.sleep(seconds)
        return grant.auth.reveal()


def test_each_connection_has_its_own_and_gives_it_back() -> None:
    async def scene() -> None:
        plane, said = Plane(), Said()
        async with tokens(plane, said) as held, asyncio.TaskGroup() as tasks:
            made = [tasks.create_task(connection(held, 10 - number)) for number in range(10)]
        assert len({one.result() for one in made}) == 10
        assert sorted(plane.deleted) == sorted(one.result() for one in made)
        assert (plane.out, said.notes) == ({}, [])

    play(scene())


@pytest.mark.parametrize("after", [0, 0.5, 1, 1.5, 5, 11])
def test_a_connection_that_is_cancelled_leaves_nothing_behind(after: float) -> None:
    async def scene() -> None:
        plane, said = Plane(), Said()
        async with tokens(plane, said) as held, asyncio.TaskGroup() as tasks:
            task = tasks.create_task(connection(held, 10))
            await asyncio.sleep(after)
            task.cancel()
            await asyncio.wait({task})
            await asyncio.sleep(5)
            assert plane.out == {}, "at once, and not only at the end"
        assert (plane.out, said.notes, plane.made) == ({}, [], len(plane.deleted))

    play(scene())


@pytest.mark.parametrize("after", [0.5, 3])
@pytest.mark.parametrize("returns", [0, 2])
def test_a_tunnel_that_is_cancelled_gives_everything_back(after: float, returns: float) -> None:
    async def whole(plane: Plane, said: Said) -> None:
        async with tokens(plane, said) as held, asyncio.TaskGroup() as tasks:
            for _ in range(5):
                tasks.create_task(connection(held, 100))

    async def scene() -> None:
        plane, said = Plane(returns=returns), Said()
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(whole(plane, said))
            await asyncio.sleep(after)
            task.cancel()
        assert task.cancelled()
        assert (plane.out, said.notes, len(plane.deleted)) == ({}, [], 5)

    play(scene())


def test_what_cannot_be_given_back_is_tried_again_at_the_end() -> None:
    async def scene() -> None:
        plane, said = Plane(refuses=3), Said()
        async with tokens(plane, said) as held:
            await connection(held, 1)
            assert held.left == 1
        assert (plane.out, plane.deleted, said.notes) == ({}, ["a1"], [])

    play(scene())


@pytest.mark.parametrize(("count", "says"), [(1, "one session could not"), (3, "3 sessions could not")])
def test_what_is_left_in_the_end_is_said_in_bounded_time(count: int, says: str) -> None:
    async def scene() -> None:
        plane, said = Plane(refuses=float("inf")), Said()
        async with tokens(plane, said) as held:
            for _ in range(count):
                await connection(held, 1)
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began == pytest.approx(LAST_SECONDS)
        [note] = said.notes
        assert note.startswith(says)
        assert "hub" in note
        assert "a1" not in note

    play(scene())


def test_a_fault_is_one_connections_own() -> None:
    async def scene() -> None:
        plane, said = Plane(), Said()
        async with tokens(plane, said) as held, asyncio.TaskGroup() as tasks:
            standing = tasks.create_task(connection(held, 10))
            await asyncio.sleep(2)
            plane.fault = AzureBusy("full", "wait")
            with pytest.raises(AzureBusy):
                await connection(held, 1)
            assert not standing.done()
        assert (plane.out, said.notes) == ({}, [])

    play(scene())
