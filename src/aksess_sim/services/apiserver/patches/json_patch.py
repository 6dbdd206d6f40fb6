"""JSON Patch, RFC 6902: a list of operations on JSON pointers (RFC 6901)."""

from copy import deepcopy
from typing import Any

from aksess_sim.services.apiserver.objects import refusals


def apply_json_patch(target: Any, operations: Any) -> Any:
    """The patched copy. Raises BadRequest for a malformed patch, Invalid for one this object cannot take."""
    if not isinstance(operations, list):
        raise refusals.bad_request("a JSON patch must be an array of operations")
    document = {"": deepcopy(target)}
    for operation in operations:
        if not isinstance(operation, dict):
            raise refusals.bad_request("a JSON patch operation must be an object")
        _carry_out(document, operation)
    return document[""]


def _carry_out(document: dict[str, Any], operation: dict[str, Any]) -> None:
    verb, path = operation.get("op"), _steps(operation.get("path"))
    match verb:
        case "add":
            _add(document, path, _value(operation))
        case "remove":
            _remove(document, path)
        case "replace":
            _remove(document, path)
            _add(document, path, _value(operation))
        case "move":
            _add(document, path, _remove(document, _steps(operation.get("from"))))
        case "copy":
            _add(document, path, deepcopy(_look_up(document, _steps(operation.get("from")))))
        case "test":
            if _look_up(document, path) != _value(operation):
                raise refusals.unprocessable(f"testing value {operation['path']} failed")
        case _:
            raise refusals.bad_request(f"unexpected kind of JSON patch operation: {verb}")


def _value(operation: dict[str, Any]) -> Any:
    if "value" not in operation:
        raise refusals.bad_request("a JSON patch operation is missing its value")
    return deepcopy(operation["value"])


def _steps(pointer: Any) -> list[str]:
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise refusals.bad_request(f"not a JSON pointer: {pointer!r}")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")]


def _look_up(document: Any, steps: list[str]) -> Any:
    for step in steps:
        document = _child(document, step, steps)
    return document


def _child(parent: Any, step: str, steps: list[str]) -> Any:
    if isinstance(parent, dict) and step in parent:
        return parent[step]
    if isinstance(parent, list):
        return parent[_index(step, len(parent) - 1, steps)]
    raise _missing(steps)


def _add(document: Any, steps: list[str], value: Any) -> None:
    parent, last = _look_up(document, steps[:-1]), steps[-1]
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(last, len(parent), steps), value)
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise _missing(steps)


def _remove(document: Any, steps: list[str]) -> Any:
    parent, last = _look_up(document, steps[:-1]), steps[-1]
    removed = _child(parent, last, steps)
    del parent[int(last) if isinstance(parent, list) else last]
    return removed


def _index(step: str, highest: int, steps: list[str]) -> int:
    # RFC 6901 section 4: an index is ASCII digits without a leading zero.
    if not (step.isascii() and step.isdigit()) or (len(step) > 1 and step[0] == "0") or int(step) > highest:
        raise _missing(steps)
    return int(step)


def _missing(steps: list[str]) -> refusals.Refusal:
    return refusals.unprocessable(f"the JSON patch path does not exist: {'/'.join(steps) or '/'}")
