"""Every error a person can meet: a code, a sentence and the next step; one exit code per meaning.

Bugs stay Python's own exceptions. Errors of libraries are translated once, at the border that meets them
(`azure/pipeline.py`, `kube/probe.py`, `egress/observers.py`). Nothing here prints or exits, and no sentence ever
holds a token.

    AksessError
    ├── BadInput                2   what was typed cannot be meant
    ├── ClusterUnknown         64   no cluster of that name, or several
    ├── NotSignedIn            65   no credential, or an expired one
    ├── RightsMissing          66   Azure refuses this person this action
    ├── ClusterUnfit           67   stopped, failed or otherwise not to be reached now
    ├── RouteRefused           68   this way must not or cannot be opened on this cluster
    ├── EgressUnclear          69   the address the internet sees could not be settled
    ├── NotProven              70   opened, but the API server still does not answer
    ├── LedgerRefused          71   the lease could not be recorded, so nothing was opened
    ├── AzureUnreachable       72   no answer from Azure
    ├── AzureBusy              73   throttled, or another operation held the cluster too long
    ├── AzureRefused           74   any other refusal, in Azure's own words
    ├── LeftOpen               75   something of ours may still be open
    ├── RangesFull             76   the cluster's list of authorized ranges has no room
    ├── StillRunning           77   the command that was asked about has not ended
    ├── OutputIncomplete       78   the command ran, but not all that it wrote came back
    └── ChainBroken            79   something stands between a Cloud Shell in a network and the API server
"""


class AksessError(Exception):
    """`code` names the error for scripts and docs, `sentence` says what is wrong, `next_step` what to do."""

    exit_code = 1
    default_code = "error"

    def __init__(self, sentence: str, next_step: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code or self.default_code
        self.sentence = sentence
        self.next_step = next_step


class BadInput(AksessError):
    exit_code = 2
    default_code = "bad-input"


class ClusterUnknown(AksessError):
    exit_code = 64
    default_code = "cluster-unknown"


class NotSignedIn(AksessError):
    exit_code = 65
    default_code = "not-signed-in"


class RightsMissing(AksessError):
    exit_code = 66
    default_code = "rights-missing"


class ClusterUnfit(AksessError):
    exit_code = 67
    default_code = "cluster-unfit"


class RouteRefused(AksessError):
    exit_code = 68
    default_code = "route-refused"


class EgressUnclear(AksessError):
    exit_code = 69
    default_code = "egress-unclear"


class NotProven(AksessError):
    exit_code = 70
    default_code = "not-proven"


class LedgerRefused(AksessError):
    exit_code = 71
    default_code = "ledger-refused"


class AzureUnreachable(AksessError):
    exit_code = 72
    default_code = "azure-unreachable"


class AzureBusy(AksessError):
    """`retry_after` is in seconds, when Azure said it."""

    exit_code = 73
    default_code = "azure-busy"

    def __init__(self, sentence: str, next_step: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence, next_step, code=code)
        self.retry_after = retry_after


class AzureRefused(AksessError):
    """`status` is the HTTP status, `azure_code` ARM's own error code, both for callers that decide by them."""

    exit_code = 74
    default_code = "azure-refused"

    def __init__(self, sentence: str, next_step: str, *, code: str = "", status: int = 0, azure_code: str = "") -> None:
        super().__init__(sentence, next_step, code=code)
        self.status = status
        self.azure_code = azure_code


class NotFound(AzureRefused):
    """ARM answered 404; callers turn it into the sentence that fits what they looked for."""

    default_code = "not-found"


class Conflict(AzureRefused):
    """409 or 412: somebody else's change came first. Read again, decide again."""

    default_code = "conflict"


class LeftOpen(AksessError):
    exit_code = 75
    default_code = "left-open"


class RangesFull(AksessError):
    exit_code = 76
    default_code = "ranges-full"


class StillRunning(AksessError):
    exit_code = 77
    default_code = "still-running"


class OutputIncomplete(AksessError):
    exit_code = 78
    default_code = "output-incomplete"


class ChainBroken(AksessError):
    exit_code = 79
    default_code = "chain-broken"
