"""What expressions come to: the functions of the template language that this world knows."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aksess_sim.world.deploying.expressions import Call, Member, Node, calls, is_expression, literal, parsed, wrong
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import resource_id, subscription_path

Look = Callable[[str], dict[str, Any]]
"""A resource by its id or by its name in the template; raises Refused when it is not there."""

_GUIDS = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
"""`guid()` is a version 5 UUID in this namespace, of the arguments joined by `-` (found by users, not documented)."""


@dataclass(frozen=True)
class Scope:
    """What functions may ask: the template's own values, and the place it is deployed to."""

    parameters: Mapping[str, Any]
    """Values as given, or defaults, which may be expressions."""
    variables: Mapping[str, Any]
    group: Mapping[str, Any]
    """`id`, `name`, `location`, `tags`."""
    subscription: Mapping[str, Any]
    """`id`, `subscriptionId`, `displayName`, `tenantId`."""
    look: Look | None = None
    """None before anything is deployed: `reference` is refused then."""
    _under_way: set[str] = field(default_factory=set)

    def value(self, given: Any) -> Any:
        """The same with every expression in it worked out. Raises Refused."""
        if isinstance(given, dict):
            return {key: self.value(item) for key, item in given.items()}
        if isinstance(given, list):
            return [self.value(item) for item in given]
        if not isinstance(given, str):
            return given
        return _evaluated(parsed(given), self, given) if is_expression(given) else literal(given)

    def named(self, name: str, values: Mapping[str, Any], word: str, text: str) -> Any:
        """A parameter or variable, which may be an expression itself."""
        key = next((known for known in values if known.lower() == name.lower()), None)
        if key is None:
            raise wrong(text, f"the template {word} '{name}' is not found")
        mark = f"{word} {key}"
        if mark in self._under_way:
            raise wrong(text, f"the {word} '{name}' refers to itself")
        self._under_way.add(mark)
        try:
            return self.value(values[key])
        finally:
            self._under_way.discard(mark)


def check_functions(given: Any) -> None:
    """Look through everything for functions that nobody knows. Raises Refused `InvalidTemplate`."""
    if isinstance(given, dict):
        for item in given.values():
            check_functions(item)
    elif isinstance(given, list):
        for item in given:
            check_functions(item)
    elif is_expression(given):
        for name in calls(parsed(given)):
            if name.lower() not in _FUNCTIONS and name.lower() != "if":
                known = ", ".join(sorted(_SPELLED))
                raise wrong(given, f"the template function '{name}' is not valid; this world knows {known}")


def refers(given: Any) -> bool:
    """Does it call `reference`, so that it has no value before the deployment has come so far?"""
    if isinstance(given, dict):
        return any(map(refers, given.values()))
    if isinstance(given, list):
        return any(map(refers, given))
    return is_expression(given) and any(name.lower() == "reference" for name in calls(parsed(given)))


def _evaluated(node: Node, scope: Scope, text: str) -> Any:
    if isinstance(node, Member):
        return _member(_evaluated(node.of, scope, text), _evaluated(node.key, scope, text), text)
    if not isinstance(node, Call):
        return node
    name = node.name.lower()
    if name == "if":
        if len(node.arguments) != 3:
            raise wrong(text, "'if' takes three arguments")
        chosen = node.arguments[1] if _evaluated(node.arguments[0], scope, text) else node.arguments[2]
        return _evaluated(chosen, scope, text)
    function = _FUNCTIONS.get(name)
    if function is None:
        raise wrong(text, f"the template function '{node.name}' is not valid")
    arguments = [_evaluated(argument, scope, text) for argument in node.arguments]
    try:
        return function(scope, text, *arguments)
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise wrong(text, f"'{node.name}' was given what it does not take ({error})") from None


def _member(of: Any, key: Any, text: str) -> Any:
    if isinstance(of, dict):
        found = next((known for known in of if known.lower() == str(key).lower()), None)
        if found is not None:
            return of[found]
    elif isinstance(of, list) and isinstance(key, int) and 0 <= key < len(of):
        return of[key]
    raise wrong(text, f"the language expression property '{key}' doesn't exist")


def _resource_id(scope: Scope, text: str, *words: Any) -> str:
    """`resourceId([subscription], [group], type, name, ...)`."""
    at = next((number for number, word in enumerate(words) if "/" in str(word)), None)
    if at is None or at > 2:
        raise wrong(text, "'resourceId' needs a type, such as Microsoft.Network/virtualNetworks")
    kind, names = str(words[at]), [str(word) for word in words[at + 1 :]]
    if len(names) != kind.count("/"):
        raise wrong(text, f"'resourceId' of type {kind} takes {kind.count('/')} names, not {len(names)}")
    above = [str(word) for word in words[:at]]
    group = above[-1] if above else str(scope.group["name"])
    subscription = above[0] if len(above) == 2 else str(scope.subscription["subscriptionId"])
    return resource_id(subscription, group, kind, *names)


def _subscription_resource_id(scope: Scope, text: str, *words: Any) -> str:
    """`subscriptionResourceId([subscription], type, name, ...)`."""
    at = 0 if "/" in str(words[0]) else 1
    kind, names = str(words[at]), [str(word) for word in words[at + 1 :]]
    subscription = str(words[0]) if at else str(scope.subscription["subscriptionId"])
    provider, *levels = kind.split("/")
    if len(names) != len(levels):
        raise wrong(text, f"type {kind} takes {len(levels)} names, not {len(names)}")
    pairs = "".join(f"/{level}/{name}" for level, name in zip(levels, names, strict=True))
    return f"{subscription_path(subscription)}/providers/{provider}{pairs}"


def _extension_id(_: Scope, __: str, of: Any, kind: Any, *names: Any) -> str:
    provider, *levels = str(kind).split("/")
    pairs = "".join(f"/{level}/{name}" for level, name in zip(levels, names, strict=True))
    return f"{of}/providers/{provider}{pairs}"


def _format(_: Scope, __: str, pattern: Any, *values: Any) -> str:
    return re.sub(r"\{(\d+)\}", lambda found: _text(values[int(found[1])]), str(pattern))


def _concat(_: Scope, text: str, *values: Any) -> Any:
    if values and all(isinstance(value, list) for value in values):
        return [item for value in values for item in value]
    if any(isinstance(value, (list, dict)) for value in values):
        raise wrong(text, "'concat' takes strings, or arrays, not both")
    return "".join(map(_text, values))


def _reference(scope: Scope, text: str, of: Any, _: Any = None, full: Any = None) -> Any:
    if scope.look is None:
        raise wrong(text, "the template function 'reference' is not expected at this location")
    body = scope.look(str(of))
    return body if str(full).lower() == "full" else body["properties"]


def _text(value: Any) -> str:
    return str(value).capitalize() if isinstance(value, bool) else str(value)


def _environment(scope: Scope, text: str) -> dict[str, Any]:
    del scope, text
    suffixes = {"storage": "core.windows.net", "sqlServerHostname": ".database.windows.net"}
    return {"name": "AzureCloud", "resourceManager": "https://management.azure.com/", "suffixes": suffixes}


_SPELLED: dict[str, Callable[..., Any]] = {
    "parameters": lambda scope, text, name: scope.named(name, scope.parameters, "parameter", text),
    "variables": lambda scope, text, name: scope.named(name, scope.variables, "variable", text),
    "resourceId": _resource_id,
    "subscriptionResourceId": _subscription_resource_id,
    "extensionResourceId": _extension_id,
    "concat": _concat,
    "format": _format,
    "resourceGroup": lambda scope, _: dict(scope.group),
    "subscription": lambda scope, _: dict(scope.subscription),
    "environment": _environment,
    "guid": lambda _, __, *words: str(uuid.uuid5(_GUIDS, "-".join(map(str, words)))),
    "reference": _reference,
    "equals": lambda _, __, one, other: one == other,
    "not": lambda _, __, value: not value,
    "and": lambda _, __, *values: all(values),
    "or": lambda _, __, *values: any(values),
    "empty": lambda _, __, value: not value,
    "toLower": lambda _, __, value: value.lower(),
    "toUpper": lambda _, __, value: value.upper(),
    "first": lambda _, __, value: value[0],
    "last": lambda _, __, value: value[-1],
    "length": lambda _, __, value: len(value),
    "createArray": lambda _, __, *values: list(values),
    "string": lambda _, __, value: _text(value),
    "split": lambda _, __, value, mark: value.split(mark),
    "true": lambda _, __: True,
    "false": lambda _, __: False,
}
_FUNCTIONS = {name.lower(): function for name, function in _SPELLED.items()}


def not_there(name: str) -> Refused:
    """ARM's sentence when `reference` finds nothing."""
    return Refused("ResourceNotFound", f"The Resource '{name}' referenced in the template was not found.")
