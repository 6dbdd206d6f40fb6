"""The objects of one cluster, with etcd's rules: one revision for all, optimistic concurrency, no silent change.

Manifests handed out are the stored ones: read them, copy before changing. Whether a change is sensible is judged
before it comes here; whether it may be made, before that.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.history import Change, History
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of, namespace_of, timestamp


class Store:
    """All objects by kind, namespace and name."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.history = History()
        self._objects: dict[Kind, dict[tuple[str, str], Manifest]] = {}
        self._revision = 1000

    @property
    def revision(self) -> int:
        """The latest change's revision: a list's resourceVersion."""
        return self._revision

    def find(self, kind: Kind, namespace: str, name: str) -> Manifest | None:
        """The object, or None."""
        return self._objects.get(kind, {}).get((namespace, name))

    def get(self, kind: Kind, namespace: str, name: str) -> Manifest:
        """The object; raises NotFound."""
        found = self.find(kind, namespace, name)
        if found is None:
            raise refusals.not_found(kind, name)
        return found

    def list(self, kind: Kind, namespace: str = "") -> list[Manifest]:
        """The objects of a kind by namespace and name; an empty namespace means all of them."""
        objects = self._objects.get(kind, {})
        return [objects[key] for key in sorted(objects) if namespace in ("", key[0])]

    def create(self, kind: Kind, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Add an object; raises AlreadyExists. The answer carries uid, creation time and revision."""
        if self.find(kind, namespace_of(manifest), name_of(manifest)) is not None:
            raise refusals.already_exists(kind, name_of(manifest))
        metadata = {name: value for name, value in manifest["metadata"].items() if name not in _SERVER_SET}
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = manifest["metadata"].get("creationTimestamp") or timestamp(self.now())
        if kind.counts_generations:
            metadata["generation"] = 1
        created = {"apiVersion": kind.group_version, "kind": kind.name} | manifest | {"metadata": metadata}
        return created if dry_run else self._commit("ADDED", kind, created, None)

    def replace(self, kind: Kind, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Put a new state in the place of the old one; the old one itself comes back when nothing differs.

        Raises NotFound, and Conflict when the manifest names a resourceVersion or uid that is not the stored one's.
        """
        name = name_of(manifest)
        before = self.get(kind, namespace_of(manifest), name)
        _check_identity(kind, before, manifest)
        old = before["metadata"]
        metadata = {key: value for key, value in manifest["metadata"].items() if key not in _SERVER_SET}
        metadata |= {key: old[key] for key in _SERVER_SET if key in old}
        after = {"apiVersion": kind.group_version, "kind": kind.name} | manifest | {"metadata": metadata}
        if after == before:
            return before
        if kind.counts_generations and after.get("spec") != before.get("spec"):
            metadata["generation"] = old.get("generation", 0) + 1
        if dry_run:
            return after
        if "deletionTimestamp" in metadata and not metadata.get("finalizers"):
            return self._remove(kind, after)
        return self._commit("MODIFIED", kind, after, before)

    def delete(self, kind: Kind, namespace: str, name: str, *, dry_run: bool = False) -> Manifest:
        """Remove an object, or mark it when finalizers hold it back; raises NotFound."""
        before = self.get(kind, namespace, name)
        if dry_run:
            return before
        metadata = before["metadata"]
        if not metadata.get("finalizers"):
            return self._remove(kind, before)
        if "deletionTimestamp" in metadata:
            return before
        marked = metadata | {"deletionTimestamp": timestamp(self.now()), "deletionGracePeriodSeconds": 0}
        return self._commit("MODIFIED", kind, before | {"metadata": marked}, before)

    def _remove(self, kind: Kind, manifest: Manifest) -> Manifest:
        key = (namespace_of(manifest), name_of(manifest))
        return self._commit("DELETED", kind, manifest, self._objects[kind].pop(key))

    def _commit(
        self,
        type_: Literal["ADDED", "MODIFIED", "DELETED"],
        kind: Kind,
        manifest: Manifest,
        before: Manifest | None,
    ) -> Manifest:
        self._revision += 1
        metadata = manifest["metadata"] | {"resourceVersion": str(self._revision)}
        manifest = manifest | {"metadata": metadata}
        if type_ != "DELETED":
            key = (namespace_of(manifest), name_of(manifest))
            self._objects.setdefault(kind, {})[key] = manifest
        self.history.append(Change(self._revision, type_, kind, manifest, before))
        return manifest


_SERVER_SET = (
    "uid",
    "creationTimestamp",
    "resourceVersion",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "managedFields",
)
"""Metadata that only the server writes: what a caller sends there is a claim to check, never a value to keep."""


def _check_identity(kind: Kind, before: Manifest, manifest: Manifest) -> None:
    old, new = before["metadata"], manifest["metadata"]
    if new.get("uid") and new["uid"] != old["uid"]:
        why = f"Precondition failed: UID in precondition: {new['uid']}, UID in object meta: {old['uid']}"
        raise refusals.conflict(kind, old["name"], why)
    if new.get("resourceVersion") and new["resourceVersion"] != old["resourceVersion"]:
        raise refusals.conflict(kind, old["name"])
