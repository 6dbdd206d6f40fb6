"""The same far end, with no tunnel between: a program that speaks the websocket itself, in frames of 4096 bytes.

Prints one line of figures for each line of its input: MiB/s and CPU seconds for upload and download of so many bytes,
microseconds for a round trip, milliseconds for set-up, seconds for so many connections at once.
"""

import asyncio
import ssl
import sys
import time
from statistics import median

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.tunnel_load import MIB, OPENINGS, ROUNDS

FRAME = 4096
_PIECE = bytes(FRAME)


class Program(WSListener):
    """One websocket; `came` is set when as much has come as was asked for."""

    def __init__(self) -> None:
        self.missing = 0
        self.came = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002 - the library's own signature
        if frame.msg_type == WSMsgType.BINARY:
            self.missing -= frame.payload_size
            if self.missing == 0:
                self.came.set()

    def pause_writing(self) -> None:
        self.free.clear()

    def resume_writing(self) -> None:
        self.free.set()

    async def get(self, count: int) -> None:
        self.missing += count
        await self.came.wait()
        self.came.clear()


async def opened(url: str, trust: ssl.SSLContext, letter: bytes, count: int) -> Program:
    _, program = await ws_connect(Program, url, ssl_context=trust)
    assert isinstance(program, Program)
    program.transport.send(WSMsgType.BINARY, letter + count.to_bytes(8, "big"))
    return program


async def upload(url: str, trust: ssl.SSLContext, count: int) -> None:
    program = await opened(url, trust, b"U", count)
    for _ in range(count // FRAME):
        program.transport.send(WSMsgType.BINARY, _PIECE)
        await program.free.wait()
    await program.get(1)
    program.transport.disconnect()


async def download(url: str, trust: ssl.SSLContext, count: int, others: asyncio.Barrier | None = None) -> None:
    """`others` are waited for before it goes."""
    program = await opened(url, trust, b"D", count)
    await program.get(count)
    if others is not None:
        await others.wait()
    program.transport.disconnect()


async def round_trip(url: str, trust: ssl.SSLContext) -> float:
    program = await opened(url, trust, b"E", 0)
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        program.transport.send(WSMsgType.BINARY, b"x")
        await program.get(1)
        taken.append(time.perf_counter() - began)
    program.transport.disconnect()
    return median(taken) * 1e6


async def opening(url: str, trust: ssl.SSLContext) -> float:
    taken = []
    for _ in range(OPENINGS):
        began = time.perf_counter()
        program = await opened(url, trust, b"E", 0)
        program.transport.send(WSMsgType.BINARY, b"x")
        await program.get(1)
        taken.append(time.perf_counter() - began)
        program.transport.disconnect()
    return median(taken) * 1e3


async def main(url: str, authority: str) -> None:
    trust = ssl.create_default_context(cafile=authority)
    for line in sys.stdin:
        count, connections, each = map(int, line.split())
        figures: list[float] = []
        for work in (upload, download):
            began, busy = time.perf_counter(), time.process_time()
            await work(url, trust, count)
            figures += [count / MIB / (time.perf_counter() - began), time.process_time() - busy]
        figures += [await round_trip(url, trust), await opening(url, trust)]
        began = time.perf_counter()
        others = asyncio.Barrier(connections)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(connections):
                tasks.create_task(download(url, trust, each, others))
        print(*figures, time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
