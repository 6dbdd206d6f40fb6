"""Websocket frames as they are on the wire (RFC 6455 section 5), one by one: nothing is put together here.

A Bastion host takes single binary frames of at most 4096 bytes and no continuation (azure-cli-extensions `bastion`
reads and sends so; clients that split messages are broken off). What stands in a header is judged before its payload
is waited for, so that no more than one frame is ever kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

LARGEST_PAYLOAD = 4096
_LARGEST_CONTROL = 125
_FINAL, _RESERVED, _OPCODE, _MASKED, _LENGTH = 0x80, 0x70, 0x0F, 0x80, 0x7F
_MASK_BYTES = 4


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class Code(IntEnum):
    """Why a websocket closes (RFC 6455 section 7.4.1)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED = 1003
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011


class FrameRefused(Exception):
    """A frame that breaks the rules: the connection must be closed with this code and reason."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Frame:
    """One frame from a client, unmasked."""

    opcode: Opcode
    payload: bytes


class FrameReader:
    """Takes bytes as they come and gives whole frames."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now. Raises FrameRefused when it comes to one that breaks the rules."""
        data = self._kept + data if self._kept else data
        at = 0
        while (header := _header(data, at)) is not None:
            opcode, start, end = header
            if len(data) < end:
                break
            yield Frame(opcode, _masked(data[start:end], data[start - _MASK_BYTES : start]))
            at = end
        self._kept = data[at:]


def binary(data: bytes) -> bytes:
    """Any number of bytes as frames of the size that is allowed."""
    pieces = []
    for at in range(0, len(data), LARGEST_PAYLOAD):
        payload = data[at : at + LARGEST_PAYLOAD]
        pieces += [_head(Opcode.BINARY, len(payload)), payload]
    return b"".join(pieces)


def pong(payload: bytes) -> bytes:
    """The answer to a ping."""
    return _head(Opcode.PONG, len(payload)) + payload


def close(code: Code, reason: str) -> bytes:
    """The last frame; `reason` has at most 123 bytes."""
    payload = code.to_bytes(2, "big") + reason.encode()
    return _head(Opcode.CLOSE, len(payload)) + payload


def _head(opcode: Opcode, length: int) -> bytes:
    if length <= _LARGEST_CONTROL:
        return bytes((_FINAL | opcode, length))
    return bytes((_FINAL | opcode, 126)) + length.to_bytes(2, "big")


def _header(data: bytes, at: int) -> tuple[Opcode, int, int] | None:
    """Opcode, begin and end of the payload of the frame at `at`; None while the header is not whole."""
    if len(data) < at + 2:
        return None
    opcode, length = _judged(data[at], data[at + 1])
    start = at + 2
    if length > _LARGEST_CONTROL:
        wide = 2 if length == 126 else 8
        start += wide
        if len(data) < start:
            return None
        length = int.from_bytes(data[start - wide : start], "big")
    if length > LARGEST_PAYLOAD:
        raise FrameRefused(Code.TOO_BIG, f"a frame of {length} bytes")
    start += _MASK_BYTES
    return opcode, start, start + length


def _judged(first: int, second: int) -> tuple[Opcode, int]:
    """The opcode, and the length as the second byte has it."""
    length = second & _LENGTH
    if first & _RESERVED:
        raise FrameRefused(Code.PROTOCOL_ERROR, "reserved bits, and no extension was agreed on")
    if not second & _MASKED:
        raise FrameRefused(Code.PROTOCOL_ERROR, "a frame without mask")
    try:
        opcode = Opcode(first & _OPCODE)
    except ValueError:
        raise FrameRefused(Code.PROTOCOL_ERROR, "an opcode of nothing") from None
    if opcode is Opcode.CONTINUATION or not first & _FINAL:
        raise FrameRefused(Code.PROTOCOL_ERROR, "a message in several frames")
    if opcode is Opcode.TEXT:
        raise FrameRefused(Code.UNSUPPORTED, "text")
    if opcode >= Opcode.CLOSE and length > _LARGEST_CONTROL:
        raise FrameRefused(Code.PROTOCOL_ERROR, "a control frame that is too long")
    return opcode, length


def _masked(payload: bytes, mask: bytes) -> bytes:
    """As one large number: some hundred times as fast as byte by byte."""
    size = len(payload)
    pattern = int.from_bytes((mask * (size // _MASK_BYTES + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ pattern).to_bytes(size, "big")
