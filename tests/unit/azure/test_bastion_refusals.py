"""What a Bastion has against a connection, in its words and in ours: an exit code that says what a script can do."""

import pytest

from aksess.azure.bastion_refusals import not_proven_step, refused, unreachable, websocket_refused
from aksess.azure.refusals import Refusal
from aksess.errors import AzureBusy, AzureRefused, NotSignedIn, RightsMissing, RouteRefused


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, NotSignedIn, "bastion-token-refused"),
        (403, RightsMissing, "bastion-rights-missing"),
        (409, AzureBusy, "bastion-full"),
        (429, AzureBusy, "bastion-full"),
        (502, AzureBusy, "bastion-restarting"),
        (503, AzureBusy, "bastion-restarting"),
        (400, RouteRefused, "bastion-refused"),
        (404, RouteRefused, "bastion-refused"),
        (200, RouteRefused, "bastion-refused"),
    ],
)
def test_each_status_has_a_meaning(status: int, kind: type, code: str) -> None:
    fault = refused("hub", Refusal(status, "", "its own words", 7))
    assert (type(fault), fault.code) == (kind, code)
    assert "its own words" in fault.sentence
    assert "`hub`" in fault.sentence
    assert fault.next_step
    if isinstance(fault, AzureBusy):
        assert fault.retry_after == 7


def test_no_answer_quotes_no_password() -> None:
    fault = unreachable("hub", OSError("cannot connect to http://cs:secret@proxy:3128"))
    assert "secret" not in fault.sentence
    assert "***@proxy" in fault.sentence
    assert "no answer in time" in unreachable("hub", TimeoutError()).sentence


@pytest.mark.parametrize(("status", "code"), [(401, "stale"), (403, "stale"), (404, "stale"), (503, "restarting")])
def test_a_websocket_that_is_refused_after_its_exchange(status: int, code: str) -> None:
    fault = websocket_refused("hub", AzureRefused("no", "go", status=status))
    assert isinstance(fault, AzureBusy), "another try has a token of its own"
    assert fault.code.endswith(code)


def test_what_it_usually_means_that_nothing_answers() -> None:
    step = not_proven_step("hub")
    assert all(word in step for word in ("`hub`", "peering", "DNS zone", "AzureBastionSubnet"))
