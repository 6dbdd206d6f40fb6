"""A failed deployment's innermost fault, out of whatever ARM wraps it in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.template_faults import Fault, innermost, meaning
from aksess.errors import AzureRefused, RightsMissing

REAL = {"code": "InUseSubnetCannotBeDeleted", "message": "Subnet shell is in use."}
FACT = {
    "code": "DeploymentFailed",
    "message": "At least one resource deployment operation failed.",
    "details": [{"code": "Conflict", "message": json.dumps({"status": "Failed", "error": REAL})}],
}
"""As recorded (Azure/AKS-Construction#344)."""


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        (FACT, [Fault("InUseSubnetCannotBeDeleted", "Subnet shell is in use.")]),
        ({"error": FACT}, [Fault("InUseSubnetCannotBeDeleted", "Subnet shell is in use.")]),
        (REAL, [Fault("InUseSubnetCannotBeDeleted", "Subnet shell is in use.")]),
        ({"code": "Conflict", "message": "plain words"}, [Fault("Conflict", "plain words")]),
        ({"code": "Conflict", "message": "{ not json"}, [Fault("Conflict", "{ not json")]),
        ({"target": "/a/providers/X/y/z", **REAL}, [Fault(REAL["code"], REAL["message"], "/a/providers/X/y/z")]),
        ({"code": "QuotaExceeded", "message": "no", "details": [{"code": "Hint", "message": "x"}]},
         [Fault("QuotaExceeded", "no")]),
        ({"code": "DeploymentFailed", "details": [REAL, REAL, {"code": "B", "message": "b"}]},
         [Fault(REAL["code"], REAL["message"]), Fault("B", "b")]),
        (None, []),
        ("words", [Fault("DeploymentFailed", "words")]),
        ({}, [Fault("DeploymentFailed", "no reason given")]),
    ],
)  # fmt: skip
def test_the_innermost_fault_is_found(told: Any, faults: list[Fault]) -> None:
    assert innermost(told) == faults


@pytest.mark.parametrize(
    ("code", "kind", "ours"),
    [
        ("AuthorizationFailed", RightsMissing, "rights-missing"),
        ("LinkedAuthorizationFailed", RightsMissing, "rights-missing"),
        ("PublicIPCountLimitReached", AzureRefused, "quota-exceeded"),
        ("QuotaExceeded", AzureRefused, "quota-exceeded"),
        ("InUseSubnetCannotBeDeleted", AzureRefused, "deployment-failed"),
        ("Whatever", AzureRefused, "deployment-failed"),
    ],
)
def test_every_fault_has_an_error_of_ours_and_a_next_step(code: str, kind: type[Exception], ours: str) -> None:
    fault = meaning([Fault(code, "words", "/g/providers/A/b/c"), Fault("Other", "x")])
    assert type(fault) is kind
    assert fault.code == ours
    assert fault.sentence == f"{code}: words [A/b/c] (and 1 more)"
    assert fault.next_step


def test_a_failure_without_a_word_is_still_told() -> None:
    assert meaning([]).code == "deployment-failed"


trees = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: (
        st.fixed_dictionaries({}, optional=dict.fromkeys(("error", "code", "message", "details", "target"), inner))
        | st.lists(inner, max_size=3)
        | inner.map(lambda one: json.dumps({"error": one}))
    ),
    max_leaves=12,
)


@given(trees)
def test_whatever_an_answer_holds_it_becomes_faults(told: Any) -> None:
    faults = innermost(told)
    assert all(isinstance(one.message, str) and one.code for one in faults)
    assert meaning(faults).sentence
