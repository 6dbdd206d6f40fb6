"""Owned tasks: the first error arrives bare, ours before others, and nothing outlives the block."""

import asyncio

import pytest

from aksess.errors import AksessError, BadInput
from aksess.tasks import owned_tasks
from journeys.stage import play


async def fails(fault: BaseException, after: float = 0) -> None:
    await asyncio.sleep(after)
    raise fault


@pytest.mark.parametrize("fault", [BadInput("a", "b"), ValueError("a"), KeyError("a")])
def test_an_error_arrives_as_itself(fault: Exception) -> None:
    async def scene() -> None:
        async with owned_tasks() as tasks:
            tasks.create_task(fails(fault))

    with pytest.raises(type(fault)) as raised:
        play(scene())
    assert raised.value is fault


def test_an_error_of_ours_comes_before_any_other() -> None:
    async def scene() -> None:
        async with owned_tasks() as tasks:
            tasks.create_task(fails(ValueError("first")))
            tasks.create_task(fails(BadInput("ours", "b")))

    with pytest.raises(AksessError, match="ours"):
        play(scene())


def test_nested_groups_are_unwrapped() -> None:
    async def inner() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fails(BadInput("deep", "b")))

    async def scene() -> None:
        async with owned_tasks() as tasks:
            tasks.create_task(inner())

    with pytest.raises(BadInput, match="deep"):
        play(scene())


def test_an_error_in_the_body_ends_the_tasks() -> None:
    ended: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append("task")

    async def scene() -> None:
        async with owned_tasks() as tasks:
            tasks.create_task(waits())
            await asyncio.sleep(1)
            raise BadInput("body", "b")

    with pytest.raises(BadInput, match="body"):
        play(scene())
    assert ended == ["task"]


def test_cancelling_stays_cancelling() -> None:
    async def scene() -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(block())
            await asyncio.sleep(1)
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()

    async def block() -> None:
        async with owned_tasks() as tasks:
            tasks.create_task(asyncio.sleep(1000))

    play(scene())
