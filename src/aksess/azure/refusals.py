"""ARM's refusals, wrapped or bare, as errors of ours with a next step. Pure.

ARM wraps its errors (`{"error": {...}}`); the AKS resource provider often answers bare (`{code, message, ...}`);
both are read (terraform-azurerm-aks#604, azure-core ODataV4Format).
"""

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from aksess.errors import AzureBusy, AzureRefused, Conflict, NotFound, NotSignedIn, RightsMissing

# The first sentence of LinkedAuthorizationFailed names what *is* allowed, "on scope": that one is not meant.
_ACTION = re.compile(r"perform action(?:\(s\))? '([^']+)' (?:over scope|on the linked scope\(s\)) '([^']+)'")


@dataclass(frozen=True)
class Refusal:
    """What ARM said: HTTP status, its code, its sentence, and how many seconds it asked to wait."""

    status: int
    code: str
    message: str
    retry_after: float | None = None

    @classmethod
    def read(cls, status: int, body: Any, retry_after: float | None = None) -> "Refusal":
        error = body.get("error", body) if isinstance(body, dict) else {}
        if not isinstance(error, dict):
            error = {"code": str(error)}
        code = str(error.get("code") or "")
        message = " ".join(str(error.get("message") or "no reason given").split())[:600]
        return cls(status, code, message, retry_after)


def raise_refusal(refusal: Refusal) -> NoReturn:
    """Always raises: the error of ours that this refusal means."""
    if refusal.status == 401:
        raise NotSignedIn(
            f"Azure does not accept the token: {refusal.message}",
            "sign in again (`az login`, or restart Cloud Shell)",
            code="token-refused",
        )
    if refusal.status == 403:
        _raise_rights(refusal)
    kinds = {404: NotFound, 409: Conflict, 412: Conflict}
    if kind := kinds.get(refusal.status):
        raise kind(
            f"{refusal.code}: {refusal.message}",
            "look at it with az, then try again",
            status=refusal.status,
            azure_code=refusal.code,
        )
    if refusal.status == 429:
        raise AzureBusy(
            f"Azure throttles: {refusal.message}",
            f"try again in {refusal.retry_after or 60:.0f} s",
            code="throttled",
            retry_after=refusal.retry_after,
        )
    if refusal.status >= 500:
        raise AzureBusy(
            f"Azure failed ({refusal.status} {refusal.code}): {refusal.message}",
            "try again in a minute; https://azure.status.microsoft tells of outages",
            code="azure-failing",
            retry_after=refusal.retry_after,
        )
    raise AzureRefused(
        f"Azure refused ({refusal.status} {refusal.code}): {refusal.message}",
        "the sentence above is Azure's own",
        status=refusal.status,
        azure_code=refusal.code,
    )


def _raise_rights(refusal: Refusal) -> NoReturn:
    found = _ACTION.search(refusal.message)
    if found is None:
        raise RightsMissing(f"Azure refused: {refusal.message}", "ask an owner of the subscription for the right named")
    raise missing_right(found[1], found[2])


def missing_right(action: str, scope: str) -> RightsMissing:
    """The one sentence for a missing right, whether Azure refused or the permissions list said so beforehand."""
    return RightsMissing(
        f"you lack the right {action} at {scope}",
        "ask an owner for a role that holds it; a fresh grant needs a new token (sign in again)",
    )
