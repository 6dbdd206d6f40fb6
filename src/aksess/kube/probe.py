"""Is the API server reachable from here? One TLS handshake against the cluster's own authority, one answer.

Any HTTP status proves the way is open: the server that holds the cluster's certificate has answered. The probe sends
no credential, so it can be pointed at a server that turns out to be somebody else's.
"""

import asyncio
import base64
import binascii
import ssl
from dataclasses import dataclass
from enum import StrEnum

import aiohttp

from aksess.clock import Clock
from aksess.errors import AzureRefused
from aksess.kube.kubeconfig import Kubeconfig
from aksess.settings import masked
from aksess.tasks import owned_tasks
from aksess.wire import Wire

ATTEMPT_SECONDS = 4.0
BETWEEN_SECONDS = 0.4
"""A new attempt begins before the last has given up: a connection that starts while the way is shut may hang until
its timeout, and the first one that starts after it opened should be no more than this late."""


class Reach(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    UNKNOWN_NAME = "unknown name"
    STRANGER = "stranger"


@dataclass(frozen=True)
class Proof:
    """What one attempt found. `status` is the HTTP status, `seconds` how long it took, `fault` why not."""

    reach: Reach
    seconds: float
    status: int = 0
    fault: str = ""

    @property
    def open(self) -> bool:
        return self.reach is Reach.OPEN


class Probe:
    """Asks one API server; holds a session that trusts its authority only. Close it with `aclose`."""

    def __init__(self, kubeconfig: Kubeconfig, wire: Wire, clock: Clock) -> None:
        self._url = f"{kubeconfig.server.rstrip('/')}/version"
        self._clock = clock
        self._proxy = None if kubeconfig.loopback else wire.proxy_for(self._url)
        self._server_name = kubeconfig.server_name or None
        self._session = wire.new_session(trust_of(kubeconfig), keep_alive=False)

    async def once(self) -> Proof:
        """One attempt of at most four seconds."""
        began = self._clock.monotonic()
        try:
            async with self._session.get(
                self._url,
                proxy=self._proxy,
                server_hostname=self._server_name,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=ATTEMPT_SECONDS),
            ) as answer:
                return Proof(Reach.OPEN, self._clock.monotonic() - began, answer.status)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            return Proof(_reach_of(fault), self._clock.monotonic() - began, fault=_words(fault))

    async def until_open(self) -> Proof:
        """Attempts, overlapping, until one gets through; `seconds` counts from the call. Cancel it to give up."""
        began = self._clock.monotonic()
        opened: asyncio.Future[Proof] = asyncio.get_running_loop().create_future()

        async def attempt() -> None:
            proof = await self.once()
            if proof.open and not opened.done():
                opened.set_result(proof)

        async with owned_tasks() as tasks:
            attempts: set[asyncio.Task[None]] = set()
            while not opened.done():
                task = tasks.create_task(attempt(), name="probe")
                attempts.add(task)
                task.add_done_callback(attempts.discard)
                await asyncio.wait({opened}, timeout=BETWEEN_SECONDS)
            for task in attempts:
                task.cancel()
        return Proof(Reach.OPEN, self._clock.monotonic() - began, opened.result().status)

    async def until_shut(self) -> Proof:
        """Attempts until one does not get through; `seconds` counts from the call. Cancel it to give up."""
        began = self._clock.monotonic()
        while (proof := await self.once()).open:
            await self._clock.sleep(BETWEEN_SECONDS)
        return Proof(proof.reach, self._clock.monotonic() - began, fault=proof.fault)

    async def aclose(self) -> None:
        await self._session.close()


async def probe_once(kubeconfig: Kubeconfig, wire: Wire, clock: Clock) -> Proof:
    """One attempt by a probe of its own."""
    probe = Probe(kubeconfig, wire, clock)
    try:
        return await probe.once()
    finally:
        await probe.aclose()


def trust_of(kubeconfig: Kubeconfig) -> ssl.SSLContext | None:
    """A context that trusts the cluster's authority and nothing else; None when it relies on public ones."""
    if not kubeconfig.authority:
        return None
    try:
        pem = base64.b64decode(kubeconfig.authority, validate=True).decode("ascii")
        return ssl.create_default_context(cadata=pem)
    except (binascii.Error, UnicodeDecodeError, ssl.SSLError) as fault:
        raise AzureRefused(
            f"the certificate authority in the kubeconfig cannot be read: {fault}",
            "compare: az aks get-credentials -f -",
        ) from fault


def _reach_of(fault: BaseException) -> Reach:
    if isinstance(fault, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError | ssl.SSLError):
        return Reach.STRANGER
    if isinstance(fault, aiohttp.ClientConnectorDNSError):
        return Reach.UNKNOWN_NAME
    if isinstance(fault, aiohttp.ClientHttpProxyError) and fault.status == 502:
        return Reach.UNKNOWN_NAME
    return Reach.SHUT


def _words(fault: BaseException) -> str:
    if isinstance(fault, TimeoutError):
        return f"no answer within {ATTEMPT_SECONDS:.0f} s"
    if isinstance(fault, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {fault.status} {fault.message}"
    return masked(f"{type(fault).__name__}: {fault}")[:200]
