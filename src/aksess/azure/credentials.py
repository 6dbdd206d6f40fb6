"""Who we are towards Azure, and why: one way to sign in is chosen, and said; no way is tried in silence.

In Cloud Shell its own token endpoint answers; everywhere else azure-identity does, imported only then. Tokens leave
here as Secret. The virtual machine metadata address is never probed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from aksess.azure.tokens import Token, TokenSource, claims_of
from aksess.clock import Clock
from aksess.errors import AzureUnreachable, NotSignedIn
from aksess.settings import AKS_AUDIENCE, Secret
from aksess.wire import Wire

RENEW_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Identity:
    """The person or workload a token speaks for."""

    object_id: str
    name: str
    tenant: str


class Credentials:
    """Tokens by audience, kept until five minutes before their end. `why` says which way was chosen."""

    def __init__(self, source: TokenSource, why: str, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._kept: dict[str, Token] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.why = why

    async def token(self, audience: str) -> Token:
        """Many may ask at once; the source is asked once. Errors: NotSignedIn, AzureUnreachable."""
        async with self._asking[audience]:
            kept = self._kept.get(audience)
            if kept is None or kept.expires - RENEW_BEFORE <= self._clock.now():
                kept = self._kept[audience] = await self._source(audience)
            return kept

    def forget(self, audience: str) -> None:
        """The receiver refused the kept token."""
        self._kept.pop(audience, None)

    async def identity(self, audience: str) -> Identity:
        claims = (await self.token(audience)).claims
        names = ("upn", "unique_name", "preferred_username", "email", "app_displayname", "appid", "azp")
        name = next((str(claims[key]) for key in names if claims.get(key)), "unknown")
        return Identity(str(claims.get("oid", "")), name, str(claims.get("tid", "")))


def choose_credentials(environment: Mapping[str, str], wire: Wire, clock: Clock) -> Credentials:
    """Cloud Shell, then workload identity, then a service principal, then managed identity, then az login.

    The order is azure-identity's own (environment before the developer's tools), with one difference: managed
    identity is taken only where its endpoint is announced, never by probing the metadata address.
    """
    if environment.get("MSI_ENDPOINT") and not environment.get("MSI_SECRET"):
        return Credentials(_cloud_shell(environment["MSI_ENDPOINT"], wire), "Cloud Shell", clock)
    from aksess.azure.identities import by_azure_identity, chosen_way

    way = chosen_way(environment)
    return Credentials(by_azure_identity(way, environment, wire), way.why, clock)


def _cloud_shell(endpoint: str, wire: Wire) -> TokenSource:
    """POST with a form and the header Metadata (azure-identity, CloudShellCredential; Azure/CloudShell#477)."""

    async def ask(audience: str) -> Token:
        try:
            async with wire.session.post(
                endpoint,
                data={"resource": audience},
                headers={"Metadata": "true"},
                proxy=wire.proxy_for(endpoint),
                timeout=aiohttp.ClientTimeout(total=15),
            ) as answer:
                body = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
            raise AzureUnreachable(
                f"Cloud Shell's token endpoint does not answer ({type(fault).__name__})",
                "check HTTP_PROXY and NO_PROXY; else restart Cloud Shell",
                code="token-endpoint",
            ) from fault
        return _read_cloud_shell_answer(audience, body)

    return ask


def _read_cloud_shell_answer(audience: str, body: Any) -> Token:
    if isinstance(body, dict) and isinstance(secret := body.get("access_token"), str):
        claims = claims_of(secret)
        expires = _seconds(body.get("expires_on")) or _seconds(claims.get("exp"))
        return Token(Secret(secret), datetime.fromtimestamp(expires, UTC), claims)
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code", "") if isinstance(error, dict) else str(error or "")
    if code == "AudienceNotSupported":
        what = "the AKS API server (Entra sign-in)" if audience == AKS_AUDIENCE else f"`{audience}`"
        raise NotSignedIn(
            f"this Cloud Shell gives no token for {what}",
            "run `az login` in the shell and unset MSI_ENDPOINT, so that az's own sign-in is used",
            code="audience-not-supported",
        )
    raise NotSignedIn(
        f"Cloud Shell gave no token for `{audience}` ({code or 'no reason given'})",
        "run `az login`, or restart Cloud Shell",
    )


def _seconds(told: Any) -> int:
    """Seconds since 1970, or 0 for what is none: then the token is used once and asked for anew."""
    try:
        return int(told or 0)
    except (TypeError, ValueError):
        return 0
