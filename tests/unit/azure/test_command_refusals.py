"""Azure's own sentences about commands, as recorded, become errors with a next step."""

import pytest

from aksess.azure.command_refusals import failed, refused, unknown
from aksess.errors import AksessError, AzureRefused, AzureUnreachable

NOT_STARTED = (
    "Failed to run command due to cluster perf issue, container command-0 in aks-command namespace did not start "
    "within 30s on your cluster, retry may helps."
)
STOPPED = "managed cluster is in Provisioning State(Succeeded) and Power State(Stopped), it cannot be performed"
RECORDED = {
    NOT_STARTED: "pod-not-started",
    "Pod is not schedulable: Insufficient resources for the RunCommand pod.": "no-schedulable-node",
    "This cluster have Azure Active Directory enabled, .clusterToken is required.": "cluster-token-refused",
    "Run command is disabled on this cluster.": "run-command-disabled",
    'admission webhook "validation.gatekeeper.sh" denied the request: [x] y': "admission-denied",
    STOPPED: "cluster-stopped",
    'pods is forbidden: User "kim" cannot list resource "pods"': "kubernetes-rights-missing",
    "DeadlineExceeded": "command-too-long",
    "ImagePullBackOff": "azure-refused",
    "": "azure-refused",
}


@pytest.mark.parametrize(("words", "code"), RECORDED.items())
def test_the_same_words_mean_the_same_at_once_and_later(words: str, code: str) -> None:
    at_once = refused("web", AzureRefused(f"Azure refused (400 X): {words}", "x", status=400))
    later = failed("web", words)
    assert (at_once.code, later.code) == (code, code)
    for one in (at_once, later):
        assert isinstance(one, AksessError)
        assert one.next_step
        if one.code != "azure-refused":
            assert "`web`" in one.sentence


def test_a_request_that_is_too_large() -> None:
    assert refused("web", AzureRefused("no reason given", "x", status=413)).code == "request-too-large"


def test_a_command_may_have_run_when_no_answer_came() -> None:
    assert unknown(AzureUnreachable("gone", "x", code="azure-answer-lost")).code == "command-answer-lost"
    never_left = AzureUnreachable("gone", "x", code="azure-unreachable")
    assert unknown(never_left) is never_left
