"""Kubernetes' protobuf envelope and just enough of the encoding to read what kubectl sends; nothing is written.

Format: the four bytes `k8s\\0`, then a runtime.Unknown that names apiVersion and kind and carries the object
(Kubernetes documentation, "API concepts", protobuf encoding). Every malformed input ends in `Malformed`.
"""

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from aksess_sim.services.apiserver.objects import schema
from aksess_sim.services.apiserver.objects.manifest import timestamp
from aksess_sim.services.apiserver.objects.schema import MESSAGES, Field

MAGIC = b"k8s\x00"

_DEEPEST = 32


class Malformed(ValueError):
    """Not an object in Kubernetes' protobuf encoding, or one of a kind that is not read here."""


def decode(body: bytes) -> dict[str, Any]:
    """The object, as JSON would have had it."""
    if not body.startswith(MAGIC):
        raise Malformed("provided data does not appear to be a protobuf message, expected prefix k8s")
    envelope = dict(_fields(body[len(MAGIC) :]))
    type_meta = dict(_fields(_bytes(envelope.get(1, b""))))
    api_version, kind = _text(type_meta.get(1, b"")), _text(type_meta.get(2, b""))
    if kind not in MESSAGES:
        raise Malformed(f'no kind "{kind}" is registered for version "{api_version}"')
    return {"apiVersion": api_version, "kind": kind} | _message(_bytes(envelope.get(2, b"")), kind)


def _message(body: bytes, name: str, depth: int = 0) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise Malformed("nested too deeply")
    known = {field.number: field for field in MESSAGES[name]}
    message: dict[str, Any] = {}
    for number, raw in _fields(body):
        field = known.get(number)
        if field is None or field.name == schema.STATUS:
            continue
        if field.mapped:
            entry = dict(_fields(_bytes(raw)))
            value = _value(field, entry.get(2, b""), depth)
            message.setdefault(field.name, {})[_text(entry.get(1, b""))] = value
        elif field.many:
            message.setdefault(field.name, []).append(_value(field, raw, depth))
        elif not _is_unset(raw, field):
            message[field.name] = _value(field, raw, depth)
    return message


def _is_unset(raw: bytes | int, field: Field) -> bool:
    """Whether this is how Go writes a field nobody set: required in proto2, omitted in JSON."""
    if field.shape in (schema.STRING, schema.TIME, schema.OPAQUE):
        return raw == b""
    return False


def _value(field: Field, raw: bytes | int, depth: int) -> Any:
    if field.shape in MESSAGES:
        return _message(_bytes(raw), field.shape, depth + 1)
    if field.shape == schema.OPAQUE:
        raise Malformed(f"field {field.name} is not read from protobuf here; send JSON")
    return _PLAIN[field.shape](raw)


def _time(raw: bytes | int) -> str:
    seconds = _signed_integer(dict(_fields(_bytes(raw))).get(1, 0))
    try:
        return timestamp(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError) as error:
        raise Malformed(f"no such time: {seconds}") from error


def _int_or_string(raw: bytes | int) -> int | str:
    parts = dict(_fields(_bytes(raw)))
    if parts.get(1, 0) == 0:
        return _signed_integer(parts.get(2, 0))
    return _text(parts.get(3, b""))


def _fields(body: bytes) -> Iterator[tuple[int, bytes | int]]:
    """The fields of one message: number, and bytes or an unsigned integer."""
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        match tag & 7:
            case 0:
                value, at = _varint(body, at)
                yield tag >> 3, value
                continue
            case 2:
                length, at = _varint(body, at)
            case 1:
                length = 8
            case 5:
                length = 4
            case wire_type:
                raise Malformed(f"wire type {wire_type} does not exist")
        if at + length > len(body):
            raise Malformed("ends in the middle of a field")
        yield tag >> 3, body[at : at + length]
        at += length


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(body):
            raise Malformed("ends in the middle of a number")
        value |= (body[at] & 0x7F) << shift
        at += 1
        if body[at - 1] < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    raise Malformed("number longer than ten bytes")


def _signed_integer(raw: bytes | int) -> int:
    value = _integer(raw)
    return value - (1 << 64) if value >= 1 << 63 else value


def _boolean(raw: bytes | int) -> bool:
    return bool(_integer(raw))


def _base64(raw: bytes | int) -> str:
    return base64.b64encode(_bytes(raw)).decode()


def _quantity(raw: bytes | int) -> str:
    return _text(dict(_fields(_bytes(raw))).get(1, b""))


def _text(raw: bytes | int) -> str:
    try:
        return _bytes(raw).decode()
    except UnicodeDecodeError as error:
        raise Malformed("a string is not UTF-8") from error


def _bytes(raw: bytes | int) -> bytes:
    if isinstance(raw, int):
        raise Malformed("a number where bytes belong")
    return raw


def _integer(raw: bytes | int) -> int:
    if isinstance(raw, bytes):
        raise Malformed("bytes where a number belongs")
    return raw


_PLAIN: dict[str, Callable[[bytes | int], Any]] = {
    schema.STRING: _text,
    schema.INTEGER: _signed_integer,
    schema.BOOLEAN: _boolean,
    schema.BYTES: _base64,
    schema.TIME: _time,
    schema.QUANTITY: _quantity,
    schema.INT_OR_STRING: _int_or_string,
}
