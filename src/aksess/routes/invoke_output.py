"""What a command wrote, as far as Azure keeps it; and the whole of it, in pieces that are checked. Pure.

Azure keeps 512 kB. For the whole, the command is wrapped: it writes into a file in its pod, of which the packed form
comes back piece by piece, each behind a line that tells exit code, size and checksum of the whole. A pod is gone when
its command ends, so that every further piece means to run the command again; the checksum shows whether it then wrote
the same. Packed, some megabytes of what Kubernetes tells fit into the first piece.
"""

import base64
import binascii
import gzip
import hashlib
import re
import shlex
import zlib
from dataclasses import dataclass

from aksess.errors import OutputIncomplete

KEPT = 512_000
"""Bytes of output that Azure surely keeps (AKS docs say 512 kB); from there on some may be missing."""
PIECE = 500_000
"""Characters of one piece, below that with its head."""
_HEAD = re.compile(
    r"^aksess-output code=(\d+) bytes=(\d+) sha256=([0-9a-f]{64}) packed=(\d+) from=(\d+)$", re.MULTILINE
)
_WRAPPED = """\
o=$(mktemp) && p=$(mktemp) || exit 70
trap 'rm -f "$o" "$p"' EXIT
sh -c {line} >"$o" 2>&1; c=$?
gzip -9nc "$o" | base64 | tr -d '\\n' >"$p"
s=$(sha256sum <"$o"); s=${{s%% *}}
echo "aksess-output code=$c bytes=$(($(wc -c <"$o"))) sha256=$s packed=$(($(wc -c <"$p"))) from={start}"
tail -c +$(({start} + 1)) "$p" | head -c {piece}
exit $c
"""


@dataclass(frozen=True)
class Piece:
    """A part of the packed output, from character `start` on, and what the whole is."""

    exit_code: int
    size: int
    checksum: str
    packed: int
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def may_be_cut(logs: str) -> bool:
    return len(logs.encode()) >= KEPT


def wrapped(line: str, start: int = 0) -> str:
    """A line whose output is a piece of the packed output of this one; the exit code stays. Takes a POSIX shell, gzip,
    base64 and sha256sum, which the image has."""
    return _WRAPPED.format(line=shlex.quote(line), start=start, piece=PIECE)


def is_wrapped(logs: str) -> bool:
    return bool(_HEAD.search(logs[:1000]))


def read_piece(logs: str) -> Piece:
    """Errors: OutputIncomplete for what is no piece."""
    head = _HEAD.search(logs)
    if head is None:
        raise OutputIncomplete(
            f"the output did not come back packed: {' '.join(logs[:200].split())}",
            "run it without --full; the image may lack gzip, base64 or sha256sum",
            code="output-unreadable",
        )
    code, size, packed, start = (int(head[number]) for number in (1, 2, 4, 5))
    return Piece(code, size, head[3], packed, start, logs[head.end() + 1 :].strip())


def joined(pieces: list[Piece]) -> bytes:
    """The whole output. Errors: OutputIncomplete when the pieces are not of one output, or not all of it."""
    check_same(pieces)
    first = pieces[0]
    try:
        output = gzip.decompress(base64.b64decode("".join(one.text for one in pieces), validate=True))
    except (binascii.Error, OSError, EOFError, zlib.error) as fault:
        raise _damaged() from fault
    if len(output) != first.size or hashlib.sha256(output).hexdigest() != first.checksum:
        raise _damaged()
    return output


def beginning(piece: Piece) -> bytes:
    """What a first piece alone tells of the output: as much as can be unpacked. Errors: OutputIncomplete."""
    text = piece.text[: len(piece.text) // 4 * 4]
    try:
        return zlib.decompressobj(wbits=31).decompress(base64.b64decode(text, validate=True))
    except (binascii.Error, zlib.error) as fault:
        raise _damaged() from fault


def check_same(pieces: list[Piece]) -> None:
    """Errors: OutputIncomplete when a further run wrote something else."""
    if len({(one.checksum, one.packed) for one in pieces}) > 1:
        raise OutputIncomplete(
            f"the command wrote something else when it was run again for piece {len(pieces)}",
            "ask for less at a time (-n, -l, -o name), so that it fits one piece",
            code="output-changed",
        )


def _damaged() -> OutputIncomplete:
    return OutputIncomplete(
        "the output came back, but its checksum does not fit", "run it again, without --full", code="output-damaged"
    )
