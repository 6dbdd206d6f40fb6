"""Why a command could not be run in a cluster, in Azure's words and in ours. Pure.

Azure tells it at once, as a refusal of the request, or later, as the reason of a result; the words are the same.
"""

from collections.abc import Callable

from aksess.errors import (
    AksessError,
    AzureRefused,
    AzureUnreachable,
    BadInput,
    ClusterUnfit,
    NotSignedIn,
    RightsMissing,
    RouteRefused,
)


def refused(cluster: str, refusal: AzureRefused) -> AksessError:
    """The error that a refused request means; the refusal itself when it means nothing more."""
    if refusal.status == 413:
        return BadInput(
            "the attached files are more than Azure takes in one request",
            "attach less, or keep large files where the cluster can fetch them",
            code="request-too-large",
        )
    return understood(cluster, refusal.sentence) or refusal


def failed(cluster: str, reason: str) -> AksessError:
    """The error that a failed command's reason means."""
    return understood(cluster, reason) or AzureRefused(
        f"Azure could not run the command to its end in `{cluster}`: {reason or 'no reason given'}",
        "the reason above is Azure's own; look at the pods of namespace aks-command",
    )


def understood(cluster: str, words: str) -> AksessError | None:
    """Azure's words as an error of ours; None when they are not known."""
    heard = words.lower()
    for marks, meaning in _MEANINGS:
        if any(mark in heard for mark in marks):
            return meaning(cluster, words)
    return None


def disabled(cluster: str, _words: str = "") -> RouteRefused:
    """Seen beforehand in the cluster's own body, or told by Azure."""
    return RouteRefused(
        f"Command Invoke is switched off on `{cluster}` (disableRunCommand)",
        "ask its owner: az aks update --enable-run-command; or take another route",
        code="run-command-disabled",
    )


def unknown(fault: AzureUnreachable) -> AksessError:
    """No answer came to a command: only a request that surely never left can be repeated without a thought."""
    if fault.code != "azure-answer-lost":
        return fault
    return AzureUnreachable(
        f"the command was sent, and no answer came: it may have run ({fault.sentence})",
        "look at what it would have changed before you run it again",
        code="command-answer-lost",
    )


def _stopped(cluster: str, _words: str) -> ClusterUnfit:
    return ClusterUnfit(f"`{cluster}` is stopped; nothing runs in it", "start it: az aks start", code="cluster-stopped")


def _token_refused(cluster: str, _words: str) -> NotSignedIn:
    return NotSignedIn(
        f"`{cluster}` signs people in with Entra ID and does not accept the token that was sent",
        "sign in again (`az login`, or restart Cloud Shell)",
        code="cluster-token-refused",
    )


def _no_node(cluster: str, _words: str) -> ClusterUnfit:
    return ClusterUnfit(
        f"no node of `{cluster}` has room for the pod that would run the command (200m CPU, 500Mi)",
        "scale it up (az aks nodepool scale), or free a node",
        code="no-schedulable-node",
    )


def _not_started(cluster: str, _words: str) -> ClusterUnfit:
    return ClusterUnfit(
        f"the pod that would run the command did not start in `{cluster}` in time; it has not run",
        "try again; a busy cluster may need larger nodes",
        code="pod-not-started",
    )


def _not_admitted(cluster: str, words: str) -> RouteRefused:
    return RouteRefused(
        f"a policy of `{cluster}` does not admit the pod that would run the command: {words}",
        "exempt namespace aks-command from the policy, or take another route",
        code="admission-denied",
    )


def _too_long(cluster: str, _words: str) -> ClusterUnfit:
    return ClusterUnfit(
        f"the command ran longer than Azure lets one run in `{cluster}`, and was ended; its output is lost",
        "split it, or let the cluster do the long part (a Job)",
        code="command-too-long",
    )


def _forbidden(cluster: str, words: str) -> RightsMissing:
    return RightsMissing(
        f"Kubernetes refuses you this in `{cluster}`: {words}",
        "ask for a role in the cluster that holds it",
        code="kubernetes-rights-missing",
    )


_MEANINGS: tuple[tuple[tuple[str, ...], Callable[[str, str], AksessError]], ...] = (
    (("run command is disabled", "disableruncommand"), disabled),
    (("power state(stopped)",), _stopped),
    (("clustertoken",), _token_refused),
    (("admission webhook", "gatekeeper", "denied the request", "violates podsecurity", "denied by"), _not_admitted),
    (("not schedulable", "unschedulable", "insufficient resources"), _no_node),
    (("did not start", "kubernetesperformanceerror"), _not_started),
    (("deadlineexceeded",), _too_long),
    (("is forbidden",), _forbidden),
)
"""Recorded wordings, the first that fits: azure-cli#27776, #24192, #22738, azure-rest-api-specs#22480, and the AKS
troubleshooting pages on Command Invoke."""
