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


OVERTAKEN = frozenset({"EtagMismatch", "OriginalEtagNotExpect", "OperationNotAllowed", "DeploymentActive"})
"""Codes of a 409 that another try can cure (AKS docs, use etags; terraform-azurerm-aks#604; REST reference)."""
NEXT_STEPS = {
    "ScopeLocked": "a lock forbids changes there: ask whoever set it (az lock list -g GROUP)",
    "RequestDisallowedByPolicy": "an Azure policy forbids it: ask whoever owns the policy named",
    "DeploymentQuotaExceeded": "the group holds its 800 deployment records: delete old ones (az deployment group list)",
}
RIGHTS = frozenset({"AuthorizationFailed", "LinkedAuthorizationFailed"})


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
    if refusal.status == 403 and refusal.code in RIGHTS:
        _raise_rights(refusal)
    if kind := _kind(refusal):
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
        NEXT_STEPS.get(refusal.code, "the sentence above is Azure's own"),
        status=refusal.status,
        azure_code=refusal.code,
    )


def _kind(refusal: Refusal) -> type[AzureRefused] | None:
    """Not every 409 means that somebody came first: a lock or a quota answers 409 too, for as long as it is there."""
    if refusal.status == 404:
        return NotFound
    overtaken = refusal.status == 409 and refusal.code in OVERTAKEN
    return Conflict if overtaken or refusal.status == 412 else None


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
