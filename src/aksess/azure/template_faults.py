"""What a failed deployment really says: ARM wraps the fault of a resource several times, at last as text in JSON. Pure.

The shape: `DeploymentFailed` holds `details`, each with a code and a message that may itself be a JSON document with
the provider's own error in it (Azure/AKS-Construction#344; ARM docs, common deployment errors).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aksess.azure.refusals import NEXT_STEPS, RIGHTS
from aksess.errors import AksessError, AzureRefused, RightsMissing

WRAPPERS = frozenset(
    {"DeploymentFailed", "InvalidTemplateDeployment", "ResourceDeploymentFailure", "Conflict", "BadRequest"}
)
"""Codes that mean nothing by themselves when something is inside them."""
DEEPEST = 8
REGISTER = "register it, once for the subscription: az provider register --wait -n NAMESPACE"
STEPS = {
    "MissingSubscriptionRegistration": REGISTER,
    "SubscriptionNotRegistered": REGISTER,
    "PrincipalNotFound": "a principal that is new is not known everywhere yet: run the same command again in a minute",
    "RoleAssignmentExists": "somebody made the same assignment under another name; run aksess vnet status",
    "InUseSubnetCannotBeDeleted": "something still stands in the subnet; Cloud Shell leaves it minutes after a session",
    "SubnetDelegationsCannotChangeWhenSubnetUsedByResource": "end what runs in the subnet, or plan with another --vnet",
    "NetcfgSubnetRangesOverlap": "somebody took that space meanwhile: run aksess vnet plan again",
    "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet": "choose another --address-space; aksess vnet plan finds one",
    "InvalidLocation": "Cloud Shell networks exist in few regions; aksess vnet plan names them",
    "LocationNotAvailableForResourceType": "that region does not offer it; choose another",
    "RequestDisallowedByPolicy": NEXT_STEPS["RequestDisallowedByPolicy"],
    "ScopeLocked": NEXT_STEPS["ScopeLocked"],
}


@dataclass(frozen=True)
class Fault:
    """The innermost error: Azure's code and sentence, and the resource it is about where that is told."""

    code: str
    message: str
    target: str = ""

    @property
    def about_quota(self) -> bool:
        return "quota" in self.code.lower() or self.code.endswith(
            ("LimitReached", "LimitExceeded", "CountLimitReached")
        )


def innermost(error: Any) -> list[Fault]:
    """Every fault that holds no other, in the order told; what cannot be read stays text."""
    return list(dict.fromkeys(_inside(error, "", 0)))


def meaning(faults: list[Fault], next_step: str = "the sentence above is Azure's own") -> AksessError:
    """The error of ours for what made a deployment fail: the first fault's, the others counted."""
    if not faults:
        return AzureRefused("the deployment failed, and Azure did not say why", next_step, code="deployment-failed")
    first, more = faults[0], f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    about = f" [{first.target.rpartition('/providers/')[2]}]" if first.target else ""
    sentence = f"{first.code}: {first.message}{about}{more}"
    if first.code in RIGHTS:
        return RightsMissing(sentence, "aksess vnet plan lists every right it takes; ask an owner of the subscription")
    if first.about_quota:
        return AzureRefused(
            sentence,
            "ask for more (portal: Subscriptions, Usage + quotas), or take away what nobody needs; then run it again",
            code="quota-exceeded",
        )
    return AzureRefused(sentence, STEPS.get(first.code, next_step), code="deployment-failed", azure_code=first.code)


def _inside(error: Any, target: str, depth: int) -> Iterator[Fault]:
    error = _unpacked(error)
    if not isinstance(error, dict):
        if error:
            yield Fault("DeploymentFailed", _line(str(error)), target)
        return
    if isinstance(error.get("error"), dict | str) and depth < DEEPEST:
        yield from _inside(error["error"], target, depth + 1)
        return
    target = str(error.get("target") or target)
    code, message = str(error.get("code") or ""), _unpacked(error.get("message"))
    inner = error.get("details")
    found: list[Fault] = []
    if depth < DEEPEST:
        for one in inner if isinstance(inner, list) else []:
            found += _inside(one, target, depth + 1)
        if isinstance(message, dict):
            found += _inside(message, target, depth + 1)
    if found and (code in WRAPPERS or isinstance(message, dict)):
        yield from found
        return
    text = message if isinstance(message, str) else json.dumps(message) if message else "no reason given"
    yield Fault(code or "DeploymentFailed", _line(text), target)


def _unpacked(text: Any) -> Any:
    """A message that is itself a JSON document, as that; anything else as it is."""
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _line(text: str) -> str:
    return " ".join(text.split())[:600]
