"""Reading a manifest: the few fields every object has. A manifest in the store is never changed in place."""

from datetime import datetime
from typing import Any

Manifest = dict[str, Any]
"""One Kubernetes object, as JSON has it."""


def name_of(manifest: Manifest) -> str:
    """metadata.name."""
    return str(manifest["metadata"]["name"])


def namespace_of(manifest: Manifest) -> str:
    """metadata.namespace; empty for a cluster-wide object."""
    return str(manifest["metadata"].get("namespace") or "")


def labels_of(manifest: Manifest) -> dict[str, str]:
    """metadata.labels; empty when there are none."""
    labels: dict[str, str] = manifest["metadata"].get("labels") or {}
    return labels


def uid_of(manifest: Manifest) -> str:
    """metadata.uid, which tells an object from its namesake made later."""
    return str(manifest["metadata"]["uid"])


def owner_uids(manifest: Manifest) -> set[str]:
    """The uids of the objects this one belongs to."""
    return {str(owner["uid"]) for owner in manifest["metadata"].get("ownerReferences") or ()}


def timestamp(moment: datetime) -> str:
    """As metadata has it: whole seconds, UTC, `2026-11-23T20:44:57Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """The inverse of `timestamp`; ValueError when it is none."""
    return datetime.fromisoformat(text)
