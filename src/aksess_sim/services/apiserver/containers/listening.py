"""What answers inside a pod: a small HTTP server on every TCP port its containers declare, nothing on any other.

In a real pod a program may listen on ports it does not declare; here nothing else is known of it.
"""

from collections.abc import Mapping

from aksess_sim.services.apiserver.containers.streams import CHUNK, Sink, Source
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of

_END_OF_HEAD = b"\r\n\r\n"
_LONGEST_HEAD = 16 * 1024


class _BadRequest(Exception):
    """Bytes that are no request this server can answer."""


def listens(pod: Manifest, port: int) -> bool:
    """Whether something in the pod accepts connections on a port."""
    declared = (entry for container in pod["spec"]["containers"] for entry in container.get("ports") or ())
    return any(entry.get("containerPort") == port and entry.get("protocol", "TCP") == "TCP" for entry in declared)


async def converse(pod: Manifest, port: int, source: Source, sink: Sink) -> None:
    """One connection to a port that listens, until its client has nothing more to ask or has left."""
    held = b""
    try:
        while True:
            head, held = await _head(source, held)
            if not head:
                return
            line, headers = _parsed(head)
            received, held = await _body(source, held, headers)
            method, path = line[:2]
            text = f"{name_of(pod)} answers {method} {path} on port {port}\n"
            text += f"{received} bytes received\n" if received else ""
            await sink.write(_answer("200 OK", text, shows=method != "HEAD"))
            if headers.get("connection", "").lower() == "close" or line[2] == "HTTP/1.0":
                return
    except _BadRequest:
        await sink.write(_answer("400 Bad Request", "not understood\n"))
    except BrokenPipeError:
        return


async def _head(source: Source, held: bytes) -> tuple[bytes, bytes]:
    """The next request's head and what came in behind it; no head when there is no further request."""
    while _END_OF_HEAD not in held:
        chunk = await source.read()
        if not chunk:
            return b"", b""
        held += chunk
        if len(held) > _LONGEST_HEAD + CHUNK:
            raise _BadRequest
    head, _, rest = held.partition(_END_OF_HEAD)
    return head, rest


def _parsed(head: bytes) -> tuple[list[str], dict[str, str]]:
    line, *lines = head.decode("latin-1").split("\r\n")
    words = line.split(" ")
    pairs = [each.partition(":") for each in lines]
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not all(colon for _, colon, _ in pairs):
        raise _BadRequest
    return words, {name.lower(): value.strip() for name, _, value in pairs}


async def _body(source: Source, held: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Read past a request's body; its length, and what came in behind it."""
    told = headers.get("content-length", "0")
    if not told.isdecimal() or len(told) > 18 or "transfer-encoding" in headers:
        raise _BadRequest
    left = int(told)
    while left > len(held):
        left -= len(held)
        held = await source.read()
        if not held:
            raise _BadRequest
    return int(told), held[left:]


def _answer(status: str, text: str, *, shows: bool = True) -> bytes:
    head = f"HTTP/1.1 {status}\r\nServer: pod\r\nContent-Type: text/plain\r\nContent-Length: {len(text.encode())}\r\n"
    closing = "" if status.startswith("200") else "Connection: close\r\n"
    return f"{head}{closing}\r\n{text if shows else ''}".encode()
