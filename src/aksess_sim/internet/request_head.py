"""The first request on a proxy connection, read from bytes: pure, no sockets.

Only what a proxy needs is kept: the method, the target and who is asking (RFC 9110 sections 9.3.6 and 11.7).
"""

import base64
import binascii
from dataclasses import dataclass

END_OF_HEAD = b"\r\n\r\n"
LONGEST_HEAD = 65_536


class NotAProxyRequest(ValueError):
    """The bytes are no HTTP/1 request that a proxy could serve."""


@dataclass(frozen=True)
class RequestHead:
    """One request line and the proxy credentials that came with it (user and password, None when absent)."""

    method: str
    target: str
    credentials: tuple[str, str] | None


def parse_head(data: bytes) -> RequestHead:
    """Read a request head; `data` ends with the empty line. Raises NotAProxyRequest."""
    first, *lines = data.decode("latin-1").split("\r\n")
    match first.split(" "):
        case [method, target, version] if version.startswith("HTTP/1."):
            return RequestHead(method, target, _credentials(lines))
    raise NotAProxyRequest(first[:80])


def authority(target: str) -> tuple[str, int]:
    """Split a CONNECT target (`host:port`) into the host in lower case and its port. Raises NotAProxyRequest."""
    host, colon, port = target.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit()):
        raise NotAProxyRequest(target[:80])
    return host.lower(), int(port)


def _credentials(lines: list[str]) -> tuple[str, str] | None:
    for line in lines:
        name, _, value = line.partition(":")
        scheme, _, encoded = value.strip().partition(" ")
        if name.lower() == "proxy-authorization" and scheme.lower() == "basic":
            return _decoded(encoded)
    return None


def _decoded(encoded: str) -> tuple[str, str] | None:
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None
