"""Frames of SPDY/3.1: from bytes to frames and back. Pure.

Source: SPDY protocol draft 3.1, section 2.2. Data frames carry a stream's bytes, control frames everything else.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

VERSION = 3
LONGEST = 1024 * 1024
"""Bytes of one frame's body; the draft allows 16 MiB, kubectl sends 32 KiB at most."""
FIN = 0x01
_CONTROL = 0x8000
_HEAD = 8


class Kind(IntEnum):
    """The control frames."""

    SYN_STREAM = 1
    SYN_REPLY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PING = 6
    GOAWAY = 7
    HEADERS = 8
    WINDOW_UPDATE = 9


class BadFrame(ValueError):
    """Bytes that are no SPDY/3.1."""


@dataclass(frozen=True)
class Data:
    """Bytes of a stream; `last` says that the sender has no more."""

    stream: int
    body: bytes
    last: bool


@dataclass(frozen=True)
class Control:
    """Anything but data; `kind` may be a number that is unknown here, and is then to be ignored."""

    kind: int
    flags: int
    body: bytes

    @property
    def number(self) -> int:
        """The first number of the body: the stream, or the ping's own."""
        if len(self.body) < 4:
            raise BadFrame("a control frame that ends too early")
        return int.from_bytes(self.body[:4], "big") & 0x7FFFFFFF


Frame = Data | Control


class Unpacker:
    """Cuts what comes in into frames."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """More bytes."""
        self._held += data

    def frames(self) -> Iterator[Frame]:
        """The frames that are whole; raises BadFrame."""
        while len(self._held) >= _HEAD:
            first, second, third = struct.unpack_from(">HHI", self._held)
            flags, length = third >> 24, third & 0xFFFFFF
            if length > LONGEST:
                raise BadFrame("a frame that is too long")
            if len(self._held) < _HEAD + length:
                return
            body = bytes(memoryview(self._held)[_HEAD : _HEAD + length])
            del self._held[: _HEAD + length]
            if not first & _CONTROL:
                yield Data(first << 16 | second, body, bool(flags & FIN))
            elif first & ~_CONTROL == VERSION:
                yield Control(second, flags, body)
            else:
                raise BadFrame("another version of SPDY")


def data(stream: int, body: bytes, *, last: bool = False) -> bytes:
    """A data frame."""
    return struct.pack(">II", stream, last << 24 | len(body)) + body


def control(kind: Kind, body: bytes, flags: int = 0) -> bytes:
    """A control frame."""
    return struct.pack(">HHI", _CONTROL | VERSION, kind, flags << 24 | len(body)) + body


def reset(stream: int, why: int) -> bytes:
    """RST_STREAM."""
    return control(Kind.RST_STREAM, struct.pack(">II", stream, why))


def go_away(last_stream: int) -> bytes:
    """GOAWAY with status OK."""
    return control(Kind.GOAWAY, struct.pack(">II", last_stream, 0))
