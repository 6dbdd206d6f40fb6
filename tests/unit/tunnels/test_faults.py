"""Foreign errors in words: no token, no password, no empty sentence."""

import ssl

import pytest
from picows import WSError, WSHandshakeError, WSUpgradeResponse
from picows.url import WSInvalidURL
from python_socks import ProxyError

from aksess.errors import AzureRefused, AzureUnreachable
from aksess.tunnels.faults import FOREIGN, lost, not_made


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (TimeoutError(), "no answer in time"),
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
        (ssl.SSLError(1, "wrong version number"), "wrong version number"),
        (ProxyError("proxy http://user:hidden@p:3128 rejected it with 407"), "407"),
        (WSInvalidURL("wss://h/token#x", "fragment"), "cannot be used"),
        (WSError("wss://h/token"), "cannot be used"),
        (OSError(), "OSError"),
    ],
)
def test_a_websocket_that_could_not_be_made(fault: BaseException, words: str) -> None:
    assert isinstance(fault, FOREIGN)
    told = not_made(fault)
    assert isinstance(told, AzureUnreachable)
    assert words in told.sentence
    assert "token" not in told.sentence
    assert "hidden" not in told.sentence


def test_a_certificate_that_is_not_trusted_has_a_step_of_its_own() -> None:
    fault = ssl.SSLCertVerificationError(1, "certificate verify failed")
    fault.verify_message = "self-signed certificate"
    told = not_made(fault)
    assert told.sentence.endswith("self-signed certificate")
    assert told.code == "tunnel-stranger"
    assert "SSL_CERT_FILE" in told.next_step


@pytest.mark.parametrize("status", [401, 403, 404, 503])
def test_an_answer_instead_of_a_websocket_keeps_its_status(status: int) -> None:
    told = not_made(WSHandshakeError("refused", b"", b"", WSUpgradeResponse.create_error_response(status)))
    assert isinstance(told, AzureRefused)
    assert told.status == status
    assert str(status) in told.sentence


def test_a_loss_says_why() -> None:
    assert lost("1012 restart").sentence.endswith("1012 restart")
