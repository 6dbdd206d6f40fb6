"""Signals: the first ends the command and says what happens, a lent one goes to the child, and handlers go again."""

import asyncio
import os
import signal

import pytest

from aksess.cli.signals import WATCHED, Signals


class Told:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, text: str, *, usually: float | None = None) -> None:
        raise AssertionError(text, usually)

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.mark.parametrize("number", WATCHED)
def test_the_first_cancels_and_says_so_the_second_only_cancels(number: int) -> None:
    told = Told()

    async def scene() -> None:
        signals = Signals(told)
        task = asyncio.current_task()
        assert task is not None
        with signals.installed(task):
            for _ in range(2):
                os.kill(os.getpid(), number)
                with pytest.raises(asyncio.CancelledError):
                    await asyncio.sleep(5)
        assert signals.caught == [number, number]
        task.uncancel()
        task.uncancel()

    asyncio.run(scene())
    assert len(told.notes) == 1
    assert "closing what was opened" in told.notes[0]


def test_a_lent_signal_is_the_childs() -> None:
    told = Told()
    passed: list[int] = []

    async def scene() -> None:
        signals = Signals(told)
        task = asyncio.current_task()
        assert task is not None
        with signals.installed(task), signals.lent(passed.append):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.01)
        assert signals.caught == []

    asyncio.run(scene())
    assert (passed, told.notes) == ([signal.SIGTERM], [])


def test_afterwards_nothing_is_watched() -> None:
    async def scene() -> None:
        task = asyncio.current_task()
        assert task is not None
        with Signals(Told()).installed(task):
            pass
        for number in WATCHED:
            assert not asyncio.get_running_loop().remove_signal_handler(number)

    asyncio.run(scene())
