"""JSON Merge Patch, RFC 7386: null removes, objects merge, everything else replaces."""

from copy import deepcopy
from typing import Any


def apply_merge_patch(target: Any, patch: Any) -> Any:
    """The patched copy."""
    if not isinstance(patch, dict):
        return deepcopy(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = apply_merge_patch(merged.get(key), value)
    return merged
