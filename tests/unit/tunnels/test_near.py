"""The near socket: what its first byte tells, and how it is reset."""

import asyncio
import socket

import pytest

from aksess.tunnels.near import first_byte, reset
from unit.tunnels.far_ends import play


def test_the_first_byte_is_seen_and_stays() -> None:
    async def scene() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            theirs.send(b"ab")
            assert await first_byte(ours)
            assert ours.recv(9) == b"ab"

    play(scene())


def test_a_program_that_goes_without_a_word() -> None:
    async def scene() -> None:
        ours, theirs = socket.socketpair()
        with ours:
            ours.setblocking(False)
            theirs.close()
            assert not await first_byte(ours)

    play(scene())


def test_waiting_for_it_can_be_cancelled() -> None:
    async def scene() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(5):
                    await first_byte(ours)
            assert not asyncio.get_running_loop().remove_reader(ours)

    play(scene())


def test_a_reset_is_seen_as_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        program = socket.create_connection(listener.getsockname())
        near, _ = listener.accept()
        reset(near)
        near.close()
        with program, pytest.raises(ConnectionResetError):
            program.recv(1)
    reset(near)
