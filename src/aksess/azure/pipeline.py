"""azure-core's policies in our order, and the one place where its errors and ARM's become ours.

Policies, outermost first: ids and headers, retries (told, not silent), the bearer token, Azure's clock, the debug line.
No header and no body is ever logged.
"""

import logging
import math
import random
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

from aiohttp import ServerDisconnectedError
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ServiceRequestError
from azure.core.pipeline import AsyncPipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    AsyncHTTPPolicy,
    AsyncRetryPolicy,
    ProxyPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import AioHttpTransport, AsyncHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from aksess import __version__
from aksess.azure.credentials import Credentials
from aksess.azure.refusals import Refusal, raise_refusal
from aksess.clock import Clock
from aksess.errors import AksessError, AzureUnreachable
from aksess.progress import Progress
from aksess.settings import ARM, ARM_AUDIENCE, masked
from aksess.wire import Wire

log = logging.getLogger("aksess.azure")

Pipeline = AsyncPipeline[HttpRequest, AsyncHttpResponse]
_Request = PipelineRequest[HttpRequest]
_Response = PipelineResponse[HttpRequest, AsyncHttpResponse]
CONNECT_SECONDS, READ_SECONDS = 10, 60


def build_pipeline(credentials: Credentials, wire: Wire, clock: Clock, progress: Progress) -> Pipeline:
    """A pipeline for ARM alone: its token goes to no other host (`Arm` refuses foreign addresses)."""
    transport: AioHttpTransport = AioHttpTransport(
        session=wire.session,
        session_owner=False,
        connection_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )
    proxy = wire.proxy_for(ARM)
    policies: list[AsyncHTTPPolicy[Any, Any] | SansIOHTTPPolicy[Any, Any]] = [
        RequestIdPolicy(),
        UserAgentPolicy(f"aksess/{__version__}"),
        ProxyPolicy(proxies={"https": proxy} if proxy else {}),
        _ToldRetries(progress),
        _Bearer(_AsAzureCore(credentials), f"{ARM_AUDIENCE}/.default"),
        _AzureDate(clock, progress),
        _DebugLine(clock),
    ]
    return AsyncPipeline(transport=transport, policies=policies)


def raise_for(response: AsyncHttpResponse) -> None:
    """Nothing for success; else the error of ours that fits (`refusals.py`). A redirect is no success."""
    if 200 <= response.status_code < 300:
        return
    try:
        body = response.json()
    except ValueError:
        body = None
    raise_refusal(Refusal.read(response.status_code, body, retry_after(response.headers)))


def raise_unreachable(fault: AzureError) -> NoReturn:
    """No answer at all: the request may or may not have arrived."""
    if isinstance(cause := fault.__cause__ or fault.inner_exception, AksessError):
        raise cause
    broken = isinstance(fault.inner_exception, ServerDisconnectedError | ConnectionResetError)
    never_left = isinstance(fault, ServiceRequestError) and not broken
    reason = masked(" ".join(str(fault).split()))[:200]
    raise AzureUnreachable(
        f"{urlsplit(ARM).hostname} {'cannot be reached' if never_left else 'gave no answer'}: {reason}",
        "check the network, HTTPS_PROXY and SSL_CERT_FILE; `curl -sS https://management.azure.com` shows the same",
        code="azure-unreachable" if never_left else "azure-answer-lost",
    ) from fault


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds Azure asks to wait; None when it names none, or none that one could wait."""
    try:
        seconds = float(headers["Retry-After"])
    except (KeyError, ValueError):
        return None
    return seconds if seconds > 0 and math.isfinite(seconds) else None


class _AsAzureCore:
    """Our credentials in azure-core's shape."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def get_token(self, *_scopes: str, **options: Any) -> AccessToken:
        if options.get("claims"):
            # A claims challenge or a refused token: what we keep is not good enough.
            self._credentials.forget(ARM_AUDIENCE)
        token = await self._credentials.token(ARM_AUDIENCE)
        return AccessToken(token.secret.reveal(), int(token.expires.timestamp()))

    async def close(self) -> None:
        """The session closes what the credentials hold."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()


class _Bearer(AsyncARMChallengeAuthenticationPolicy):
    """azure-core's own, but our credentials keep the tokens: they follow Azure's clock, it follows the machine's."""

    def _need_new_token(self) -> bool:
        return True


class _ToldRetries(AsyncRetryPolicy[HttpRequest, AsyncHttpResponse]):
    """azure-core's retries, said aloud when Azure asks for a wait that a person would notice."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(retry_total=5, retry_backoff_factor=0.4, retry_backoff_max=20)
        self._progress = progress

    async def sleep(
        self,
        settings: dict[str, Any],
        transport: AsyncHttpTransport[HttpRequest, AsyncHttpResponse],
        response: _Response | None = None,
    ) -> None:
        seconds = self.get_retry_after(response) if response else None
        if not seconds:
            await super().sleep(settings, transport, response)
            return
        if seconds >= 2:
            self._progress.note(f"Azure asks for {seconds:.0f} s of patience before it answers again")
        # All who were refused were told the same: coming back together they would be refused together.
        await transport.sleep(seconds + random.uniform(0, 3 * 2 ** len(settings["history"])))  # noqa: S311


class _AzureDate(SansIOHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Dates of leases follow Azure's clock: every answer carries it."""

    def __init__(self, clock: Clock, progress: Progress) -> None:
        self._clock = clock
        self._progress = progress

    def on_response(self, request: _Request, response: _Response) -> None:
        del request
        try:
            date = parsedate_to_datetime(response.http_response.headers["Date"])
        except (KeyError, ValueError):
            return
        off = self._clock.follow(date).total_seconds()
        if abs(off) > 60:
            self._progress.note(
                f"this machine's clock is {abs(off):.0f} s {'behind' if off > 0 else 'ahead of'} Azure's"
            )


class _DebugLine(SansIOHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Method, path and status; never a query (operation addresses are signed), a header or a body."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def on_request(self, request: _Request) -> None:
        request.context["began"] = self._clock.monotonic()

    def on_response(self, request: _Request, response: _Response) -> None:
        took = self._clock.monotonic() - request.context["began"]
        path = urlsplit(request.http_request.url).path
        log.debug(
            "%s %s -> %s in %.2f s",
            request.http_request.method,
            path,
            response.http_response.status_code,
            took,
        )
