"""ARM's refusals, in each shape and status, as the error of ours that fits, in Azure's own words where they help."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.refusals import Refusal, missing_right, raise_refusal
from aksess.errors import AksessError, AzureBusy, AzureRefused, Conflict, NotFound, NotSignedIn, RightsMissing

WRITE = "Microsoft.ContainerService/managedClusters/write"
PLAIN = (
    f"The client 'ada' with object id 'x' does not have authorization to perform action '{WRITE}' over scope '/s/web'"
)
LINKED = (
    f"The client has permission to perform action '{WRITE}' on scope '/s/web'; however, it does not have permission to "
    "perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '/s/net' (resp"
)
KINDS: list[tuple[int, str, type[AksessError], str]] = [
    (400, "BadRequest", AzureRefused, "azure-refused"),
    (401, "ExpiredAuthenticationToken", NotSignedIn, "token-refused"),
    (403, "AuthorizationFailed", RightsMissing, "rights-missing"),
    (404, "ResourceNotFound", NotFound, "not-found"),
    (405, "MethodNotAllowed", AzureRefused, "azure-refused"),
    (409, "OperationNotAllowed", Conflict, "conflict"),
    (409, "EtagMismatch", Conflict, "conflict"),
    (412, "PreconditionFailed", Conflict, "conflict"),
    (422, "Unprocessable", AzureRefused, "azure-refused"),
    (429, "Throttled", AzureBusy, "throttled"),
    (500, "InternalServerError", AzureBusy, "azure-failing"),
    (503, "ServiceUnavailable", AzureBusy, "azure-failing"),
    (504, "GatewayTimeout", AzureBusy, "azure-failing"),
]


def raised(status: int, body: Any, retry_after: float | None = None) -> AksessError:
    with pytest.raises(AksessError) as fault:
        raise_refusal(Refusal.read(status, body, retry_after))
    return fault.value


@pytest.mark.parametrize("bare", [True, False], ids=["bare", "wrapped"])
@pytest.mark.parametrize(("status", "code", "kind", "ours"), KINDS)
def test_each_status_in_both_shapes(bare: bool, status: int, code: str, kind: type[AksessError], ours: str) -> None:
    error = {"code": code, "message": "because\n of   that", "details": None}
    fault = raised(status, error if bare else {"error": error})
    assert (type(fault), fault.code) == (kind, ours)
    assert "because of that" in fault.sentence
    if isinstance(fault, AzureRefused):
        assert (fault.status, fault.azure_code) == (status, code)


@pytest.mark.parametrize(
    ("message", "action", "scope"),
    [
        (PLAIN, WRITE, "/s/web"),
        (LINKED, "Microsoft.Network/virtualNetworks/subnets/join/action", "/s/net"),
    ],
)
def test_a_missing_right_names_action_and_scope(message: str, action: str, scope: str) -> None:
    fault = raised(403, {"error": {"code": "AuthorizationFailed", "message": message}})
    assert fault.sentence == missing_right(action, scope).sentence == f"you lack the right {action} at {scope}"


@pytest.mark.parametrize(("seconds", "said"), [(40.0, "try again in 40 s"), (None, "try again in 60 s")])
def test_the_wait_azure_asks_for_is_passed_on(seconds: float | None, said: str) -> None:
    fault = raised(429, {}, seconds)
    assert isinstance(fault, AzureBusy)
    assert (fault.retry_after, fault.next_step) == (seconds, said)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["error", "code", "message", "x"]), inner)
    ),
    max_leaves=8,
)


@given(st.integers(400, 599), json)
def test_no_body_however_strange_is_more_than_a_refusal(status: int, body: Any) -> None:
    fault = raised(status, body)
    assert len(fault.sentence) < 1000
    assert fault.next_step


@given(st.text(min_size=1).map(lambda text: text * 2000))
def test_endless_messages_are_cut(message: str) -> None:
    assert len(Refusal.read(400, {"message": message}).message) <= 600
