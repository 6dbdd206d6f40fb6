"""A host that answers: an HTTP application behind a name. What it answers is its own business."""

import asyncio
import ssl
from dataclasses import dataclass

from aiohttp import web

from aksess_sim.internet.certificates import Authority


@dataclass(frozen=True)
class Service:
    """One running application and the authority that vouches for the names it stands behind."""

    name: str
    runner: web.AppRunner
    authority: Authority
    names: tuple[str, ...] = ()
    """All it goes by, where one certificate names them all: an API server's names its public and its private one."""

    def context(self, host: str) -> ssl.SSLContext:
        """The TLS server context for `host`."""
        return self.authority.context(host, *(name for name in self.names if name != host))

    def protocol(self) -> asyncio.Protocol:
        """A fresh protocol for one connection. Each connection's task copies the context it is made in, CALLER too."""
        server = self.runner.server
        if server is None:
            raise ConnectionRefusedError(f"{self.name} has stopped")
        return server()

    @classmethod
    async def start(
        cls, name: str, application: web.Application, authority: Authority, names: tuple[str, ...] = ()
    ) -> "Service":
        """Start `application` without a listening socket of its own: connections are handed to it."""
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        return cls(name, runner, authority, names)

    async def stop(self) -> None:
        """Close every connection."""
        await self.runner.cleanup()
