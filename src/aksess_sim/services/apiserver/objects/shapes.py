"""Whether a manifest's fields have the right names and types, and the manifest with only those.

What passes here is safe for rules, controllers and table printers to read without asking again.
"""

from collections.abc import Iterator
from typing import Any

from aksess_sim.services.apiserver.objects import refusals, schema
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest
from aksess_sim.services.apiserver.objects.schema import MESSAGES, Field

_TYPE = ("apiVersion", "kind")
_PLAIN_SHAPES: dict[str, type | tuple[type, ...]] = {
    schema.STRING: str,
    schema.TIME: str,
    schema.BYTES: str,
    schema.INTEGER: int,
    schema.BOOLEAN: bool,
    schema.QUANTITY: (str, int, float),
    schema.INT_OR_STRING: (str, int),
    schema.OPAQUE: object,
}


def without_nulls(value: Any) -> Any:
    """A copy without null fields: to Kubernetes null and absent are the same."""
    if isinstance(value, dict):
        return {key: without_nulls(child) for key, child in value.items() if child is not None}
    if isinstance(value, list):
        return [without_nulls(child) for child in value]
    return value


def check_shape(kind: Kind, manifest: Manifest) -> None:
    """Raise BadRequest when a field holds the wrong type of value."""
    wrong = next(_misshapen(manifest, kind.name, ""), None)
    if wrong is not None:
        sentence = f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}: '
        raise refusals.bad_request(sentence + wrong)


def check_fields(kind: Kind, manifest: Manifest) -> None:
    """Raise BadRequest for fields the kind does not have, as `fieldValidation=Strict` asks."""
    unknown = [f'unknown field "{path}"' for path in _unknown(manifest, kind.name, "")]
    if unknown:
        sentence = f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}: '
        raise refusals.bad_request(f"{sentence}strict decoding error: {', '.join(unknown)}")


def known_fields(kind: Kind, manifest: Manifest) -> Manifest:
    """A copy without the fields the kind does not have: Kubernetes drops them where it is not asked to complain."""
    kept = _known(manifest, kind.name)
    return {key: manifest[key] for key in _TYPE if key in manifest} | kept


def _misshapen(value: Any, message: str, path: str) -> Iterator[str]:
    for field in MESSAGES[message]:
        if isinstance(value, dict) and field.name in value:
            place = f"{path}.{field.name}".removeprefix(".")
            for item in _items(value[field.name], field):
                if item is _WRONG or not _fits(item, field):
                    told = f"json: cannot unmarshal into Go struct field {message}.{place} of type {field.shape}"
                    yield told
                elif field.shape in MESSAGES:
                    yield from _misshapen(item, field.shape, place)


_WRONG = object()


def _items(value: Any, field: Field) -> Iterator[Any]:
    """The values a field holds; _WRONG when the container around them is of the wrong type."""
    if field.many:
        yield from value if isinstance(value, list) else (_WRONG,)
    elif field.mapped:
        yield from value.values() if isinstance(value, dict) else (_WRONG,)
    else:
        yield value


def _fits(item: Any, field: Field) -> bool:
    if field.shape in MESSAGES:
        return isinstance(item, dict)
    if isinstance(item, bool) and field.shape not in (schema.BOOLEAN, schema.OPAQUE):
        return False
    return isinstance(item, _PLAIN_SHAPES[field.shape])


def _unknown(value: dict[str, Any], message: str, path: str) -> Iterator[str]:
    fields = {field.name: field for field in MESSAGES[message]}
    for name, child in value.items():
        if not path and name in (*_TYPE, schema.STATUS):
            continue
        if name not in fields:
            yield f"{path}{name}"
        elif (field := fields[name]).shape in MESSAGES:
            for number, item in enumerate(_items(child, field)):
                place = f"{name}[{number}]." if field.many else f"{name}."
                yield from _unknown(item, field.shape, path + place)


def _known(value: dict[str, Any], message: str) -> dict[str, Any]:
    fields = {field.name: field for field in MESSAGES[message]}
    kept: dict[str, Any] = {}
    for name, child in value.items():
        field = fields.get(name)
        if field is None:
            continue
        if field.shape not in MESSAGES or name == schema.STATUS:
            kept[name] = child
        elif field.many:
            kept[name] = [_known(item, field.shape) for item in child]
        else:
            kept[name] = _known(child, field.shape)
    return kept
