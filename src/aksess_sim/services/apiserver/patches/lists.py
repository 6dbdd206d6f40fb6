"""Which lists Kubernetes merges item by item, and by which field it tells the items apart.

Source: the `patchStrategy` and `patchMergeKey` tags of k8s.io/api. Every other list is replaced whole.
"""

from typing import Any

_MERGE_KEYS: dict[str, tuple[str, ...]] = {
    "addresses": ("type",),
    "conditions": ("type",),
    "containers": ("name",),
    "env": ("name",),
    "ephemeralContainers": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "ownerReferences": ("uid",),
    "podIPs": ("ip",),
    "ports": ("containerPort", "port"),
    "resourceClaims": ("name",),
    "secrets": ("name",),
    "topologySpreadConstraints": ("topologyKey",),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
"""A field's possible merge keys: `ports` is told apart by another field in a container than in a Service."""

SETS = frozenset({"finalizers"})
"""Lists of plain values that are merged as sets."""


def merge_key(field: str, *lists: Any) -> str | None:
    """The field that tells the items of these lists apart, or None when the list is replaced whole."""
    items = [item for entries in lists if isinstance(entries, list) for item in entries]
    for key in _MERGE_KEYS.get(field, ()):
        if all(isinstance(item, dict) and _is_key(item.get(key)) for item in items):
            return key
    return None


def _is_key(value: Any) -> bool:
    return isinstance(value, str | int)
