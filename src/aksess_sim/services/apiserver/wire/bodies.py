"""A request body, in any format Kubernetes reads, as JSON values; what cannot be read is a clean refusal."""

import json
from typing import Any

import yaml

from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.wire import protobuf

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"

OBJECTS = (JSON, YAML, PROTOBUF)
PATCHES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)

LARGEST = 3 * 1024 * 1024
"""Bytes; kube-apiserver's own limit for a resource body."""


class _PlainLoader(yaml.SafeLoader):
    """YAML as Kubernetes reads it: a date is a string, and an alias is refused (it is how bodies explode)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not accepted here")
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(body: bytes, content_type: str) -> Any:
    """The body's value. Raises BadRequest when it is malformed, UnsupportedMediaType for an unknown format.

    A missing content type is JSON, as kube-apiserver takes it.
    """
    try:
        if content_type == PROTOBUF:
            return protobuf.decode(body)
        if content_type in (YAML, APPLY_PATCH):
            # Through JSON and back: keys become strings, and what JSON cannot say is refused.
            return json.loads(json.dumps(yaml.load(body, _PlainLoader), allow_nan=False))  # noqa: S506 - a SafeLoader
        if content_type in (JSON, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, "application/octet-stream", ""):
            return json.loads(body, parse_constant=_no_constant)
    except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        sentence = f"the object provided is unrecognized (must be of type {content_type}): {error}"
        raise refusals.bad_request(sentence) from error
    raise refusals.unsupported_media_type(OBJECTS + PATCHES)


def read_object(body: bytes, content_type: str) -> dict[str, Any]:
    """The body's value, which must be an object."""
    value = read(body, content_type)
    if not isinstance(value, dict):
        raise refusals.bad_request("the object provided is unrecognized: it is not an object")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
