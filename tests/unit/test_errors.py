"""Errors hold what a caller decides by; bugs are no errors of ours."""

import pytest

from aksess.errors import AksessError, AzureBusy, AzureRefused, BadInput, Conflict, NotFound


def test_a_code_of_its_own_takes_the_place_of_the_kinds() -> None:
    assert (BadInput("a", "b").code, BadInput("a", "b", code="range-wide").code) == ("bad-input", "range-wide")


def test_what_callers_decide_by_is_kept() -> None:
    refusal = Conflict("a", "b", status=412, azure_code="EtagMismatch")
    assert (refusal.status, refusal.azure_code) == (412, "EtagMismatch")
    assert AzureBusy("a", "b", retry_after=3.5).retry_after == 3.5


@pytest.mark.parametrize("kind", [NotFound, Conflict])
def test_a_caller_that_catches_refusals_catches_these_too(kind: type[AzureRefused]) -> None:
    assert issubclass(kind, AzureRefused)
    assert kind("a", "b").exit_code == AzureRefused.exit_code


@pytest.mark.parametrize("bug", [ValueError, KeyError, AssertionError, OSError])
def test_a_bug_is_no_error_of_ours(bug: type[Exception]) -> None:
    assert not issubclass(bug, AksessError)
