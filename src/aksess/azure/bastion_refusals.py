"""Why a Bastion's data plane does not let a connection through, in its words and in ours. Pure.

What Azure answers is not documented; statuses are taken as HTTP means them and words are passed on. No sentence holds a
token.
"""

from aksess.azure.refusals import Refusal
from aksess.errors import (
    AksessError,
    AzureBusy,
    AzureRefused,
    AzureUnreachable,
    NotSignedIn,
    RightsMissing,
    RouteRefused,
)
from aksess.settings import masked


def refused(bastion: str, refusal: Refusal) -> AksessError:
    """The error that the answer to an exchange of tokens means."""
    status, words, wait = refusal.status, refusal.message, refusal.retry_after
    if status == 401:
        return NotSignedIn(
            f"Bastion `{bastion}` does not accept the token: {words}",
            "sign in again (`az login`, or restart Cloud Shell)",
            code="bastion-token-refused",
        )
    if status == 403:
        return RightsMissing(
            f"Bastion `{bastion}` refuses you: {words}",
            "it takes Reader on the cluster, on the Bastion and on the cluster's network: ask an owner for them",
            code="bastion-rights-missing",
        )
    if status in (409, 429):
        return AzureBusy(
            f"Bastion `{bastion}` has no room for another connection: {words}",
            "close some, or scale it: az network bastion update --scale-units; sessions left behind end when idle",
            code="bastion-full",
            retry_after=wait,
        )
    if status >= 500:
        return AzureBusy(
            f"Bastion `{bastion}` does not serve now ({status}): {words}",
            "it may be restarting, which takes a minute or two: try again then",
            code="bastion-restarting",
            retry_after=wait,
        )
    return RouteRefused(
        f"Bastion `{bastion}` refuses the connection ({status}): {words}",
        "the sentence above is Azure's own; look at it: az network bastion show",
        code="bastion-refused",
    )


def unreachable(bastion: str, fault: BaseException) -> AzureUnreachable:
    """No answer from the data plane. `fault` is a library's own and may quote the proxy's password."""
    words = "no answer in time" if isinstance(fault, TimeoutError) else masked(f"{type(fault).__name__}: {fault}")[:200]
    return AzureUnreachable(
        f"Bastion `{bastion}` cannot be reached: {words}",
        "check the network, HTTPS_PROXY and SSL_CERT_FILE; a private-only Bastion answers in its own network alone",
        code="bastion-unreachable",
    )


def not_proven_step(bastion: str) -> str:
    """What it usually means when the Bastion takes the connection, and the API server does not answer through it."""
    return (
        f"usually the network of `{bastion}` does not reach the API server: look at its peering, at the link of the "
        "private DNS zone, at the rules of AzureBastionSubnet"
    )


def websocket_refused(bastion: str, fault: AzureRefused) -> AksessError:
    """The exchange was accepted, and the websocket then was not."""
    if fault.status in (401, 403, 404):
        return AzureBusy(
            f"Bastion `{bastion}` did not take the token it had just given out ({fault.status})",
            "it may have been restarted in between: try again",
            code="bastion-token-stale",
        )
    return refused(bastion, Refusal(fault.status, "", "it refused to open the connection"))
