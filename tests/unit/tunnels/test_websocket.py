"""Frames: how they are cut, what other frames mean, and when the far end's end is no proper one."""

import asyncio
import os

import pytest
from picows import WSCloseCode, WSMsgType

from aksess.errors import AzureUnreachable
from unit.tunnels.far_ends import Rig, play, rig


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 65_536, 65_537, 1_000_003])
def test_only_single_binary_frames_of_at_most_4096_bytes_are_sent(size: int) -> None:
    async def scene() -> None:
        async with rig() as stage:
            _, writer = await stage.echoed(os.urandom(size))
            assert stage.far.kinds == {(WSMsgType.BINARY, True)}
            assert max(stage.far.sizes) <= 4096
            assert sum(stage.far.sizes) == size
            writer.close()

    play(scene())


def test_large_frames_and_continuations_of_the_far_end_are_taken() -> None:
    async def scene() -> None:
        async with rig(echo=False) as stage:
            reader, writer = await stage.connect()
            writer.write(b"x")
            await asyncio.sleep(0.1)
            data = os.urandom(300_000)
            stage.far.transport.send(WSMsgType.BINARY, data[:200_000], fin=False)
            stage.far.transport.send_ping(b"between")
            stage.far.transport.send(WSMsgType.CONTINUATION, data[200_000:])
            assert await reader.readexactly(len(data)) == data
            await asyncio.sleep(0.1)
            assert stage.far.pongs == [b"between"]
            writer.close()

    play(scene())


async def lost(stage: Rig, reader: asyncio.StreamReader) -> str:
    """The program was reset; what is said about it."""
    with pytest.raises(ConnectionResetError):
        await reader.read()
    await asyncio.sleep(1)
    assert isinstance(stage.tunnel.last_fault, AzureUnreachable)
    assert stage.tunnel.last_fault.code == "tunnel-lost"
    return stage.tunnel.last_fault.sentence


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        (WSCloseCode.GOING_AWAY, "maintenance", "1001 maintenance"),
        (WSCloseCode.SERVICE_RESTART, "", "1012"),
        (WSCloseCode.INTERNAL_ERROR, "", "1011"),
        (4001, "session limit", "4001 session limit"),
    ],
)
def test_an_end_with_a_reason_is_a_loss(code: WSCloseCode, reason: str, words: str) -> None:
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.echoed(b"x")
            stage.far.close(code, reason)
            assert (await lost(stage, reader)).endswith(words)
            writer.close()

    play(scene())


def test_an_end_without_a_word_is_a_loss() -> None:
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.echoed(b"x")
            stage.far.say(b"half of it")
            stage.far.transport.underlying_transport.close()
            assert "broke off" in await lost(stage, reader)
            writer.close()

    play(scene())


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lambda far: far.transport.send(WSMsgType.TEXT, b"text"), id="text"),
        pytest.param(lambda far: far.transport.send(WSMsgType.BINARY, bytes(2 << 20)), id="a huge frame"),
        pytest.param(lambda far: far.transport.underlying_transport.write(b"\x83\x00"), id="an opcode nobody knows"),
        pytest.param(lambda far: far.transport.underlying_transport.write(b"\x82\x81abcdx"), id="a masked frame"),
    ],
)
def test_what_breaks_the_protocol_is_a_loss(said) -> None:  # type: ignore[no-untyped-def]
    async def scene() -> None:
        async with rig() as stage:
            reader, writer = await stage.echoed(b"x")
            said(stage.far)
            assert "protocol" in await lost(stage, reader)
            writer.close()

    play(scene())
