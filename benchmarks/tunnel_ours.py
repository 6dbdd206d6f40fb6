"""Our tunnel in a process of its own, with permits that cost nothing. Prints its port, and ends with its input."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aksess.clock import Clock
from aksess.settings import Secret
from aksess.tunnels.far_end import FarEnd
from aksess.tunnels.tunnel import open_tunnel


class Free:
    """Always the same far end."""

    def __init__(self, url: str) -> None:
        self._far_end = FarEnd(Secret(url), {})

    @asynccontextmanager
    async def permit(self) -> AsyncIterator[FarEnd]:
        yield self._far_end


class Quiet:
    def stage(self, text: str, *, usually: float | None = None) -> None: ...

    def note(self, text: str) -> None:
        print(text, file=sys.stderr)


async def main(url: str, authority: str) -> None:
    trust = ssl.create_default_context(cafile=authority)
    async with open_tunnel(Free(url), trust, lambda _: None, Clock(), Quiet()) as tunnel:
        print(tunnel.port, flush=True)
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
