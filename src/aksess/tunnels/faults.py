"""What became of a connection, in words: foreign errors are translated here, and no sentence holds a token or a
password."""

import ssl

from picows import WSError, WSHandshakeError
from python_socks import ProxyError

from aksess.errors import AksessError, AzureRefused, AzureUnreachable
from aksess.settings import masked

FOREIGN = (WSError, ProxyError, OSError)
"""What making a websocket may raise; a time-out and every error of TLS is an OSError."""


def not_made(fault: BaseException) -> AksessError:
    """Why the websocket could not be made; AzureRefused carries the HTTP status that answered instead."""
    if isinstance(fault, WSHandshakeError) and fault.response is not None:
        status = int(fault.response.status)
        return AzureRefused(
            f"the tunnel's far end answered {status} instead of opening a websocket",
            "try again; the token that opens it is good once and for a short time",
            status=status,
        )
    if isinstance(fault, ssl.SSLCertVerificationError):
        return AzureUnreachable(
            f"the tunnel's far end shows a certificate that is not trusted: {fault.verify_message}",
            "where a proxy inspects TLS, name its authority: SSL_CERT_FILE or REQUESTS_CA_BUNDLE",
            code="tunnel-stranger",
        )
    return AzureUnreachable(
        f"the tunnel's far end cannot be reached: {_words(fault)}",
        "check the network, HTTPS_PROXY and NO_PROXY",
        code="tunnel-unreachable",
    )


def lost(why: str) -> AksessError:
    """A connection that stood was ended by the far end, or by something on the way."""
    return AzureUnreachable(
        f"the tunnel's far end ended the connection: {why}",
        "run the command again: new connections are made by themselves",
        code="tunnel-lost",
    )


def _words(fault: BaseException) -> str:
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, WSError) and not isinstance(fault, WSHandshakeError):
        return "its address cannot be used"  # the library's own words quote it
    return masked(f"{fault}" or type(fault).__name__)[:200]
