"""Signing in outside Cloud Shell, by azure-identity. Imported only when needed: it costs more than the command.

Each way is announced by variables of its own; where none is set, the person's `az login` is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity import CredentialUnavailableError
from azure.identity.aio import (
    AzureCliCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from aksess.azure.tokens import Token, TokenSource, claims_of
from aksess.errors import NotSignedIn
from aksess.settings import Secret, masked
from aksess.wire import Wire

AUTHORITY = "https://login.microsoftonline.com"


@dataclass(frozen=True)
class Way:
    """A way to sign in: its name for people, and what to do when it gives no token."""

    name: str
    why: str
    remedy: str


WORKLOAD = Way("workload", "workload identity (AZURE_FEDERATED_TOKEN_FILE)", "check the federated credential's subject")
PRINCIPAL = Way(
    "principal",
    "service principal (AZURE_CLIENT_ID)",
    "check AZURE_CLIENT_ID, AZURE_TENANT_ID and the secret",
)
MANAGED = Way("managed", "managed identity (IDENTITY_ENDPOINT)", "check that an identity is assigned here")
CLI = Way("cli", "az login", "run `az login`")


def chosen_way(environment: Mapping[str, str]) -> Way:
    """By the variables that announce each way (azure-identity's documentation of EnvironmentCredential and others)."""
    if environment.get("AZURE_FEDERATED_TOKEN_FILE") and environment.get("AZURE_CLIENT_ID"):
        return WORKLOAD
    if environment.get("AZURE_CLIENT_ID") and environment.get("AZURE_TENANT_ID"):
        return PRINCIPAL
    if environment.get("IDENTITY_ENDPOINT"):
        return MANAGED
    return CLI


def by_azure_identity(way: Way, environment: Mapping[str, str], wire: Wire) -> TokenSource:
    """A source of tokens; the credential is made at the first call. Errors of the source: NotSignedIn."""
    made: list[AsyncTokenCredential] = []

    async def ask(audience: str) -> Token:
        if not made:
            made.append(_make(way, environment, wire))
        scope = audience if audience.endswith(".default") else f"{audience}/.default"
        try:
            answer = await made[0].get_token(scope)
        except (CredentialUnavailableError, ClientAuthenticationError, AzureError) as fault:
            # The message of azure-identity names the cause; its first line holds no secret but perhaps the proxy's.
            cause = masked(str(fault).partition("\n")[0])
            raise NotSignedIn(f"{way.why} gives no token for `{audience}`: {cause}", way.remedy) from fault
        return Token(Secret(answer.token), datetime.fromtimestamp(answer.expires_on, UTC), claims_of(answer.token))

    return ask


def _make(way: Way, environment: Mapping[str, str], wire: Wire) -> AsyncTokenCredential:
    options: dict[str, Any] = {
        "transport": AioHttpTransport(session=wire.session, session_owner=False),
        "proxies": {"https": proxy} if (proxy := wire.proxy_for(AUTHORITY)) else {},
    }
    if way is WORKLOAD:
        return WorkloadIdentityCredential(**options)
    if way is PRINCIPAL:
        return EnvironmentCredential(**options)
    if way is MANAGED:
        return ManagedIdentityCredential(client_id=environment.get("AZURE_CLIENT_ID"), **options)
    return AzureCliCredential(process_timeout=30)
