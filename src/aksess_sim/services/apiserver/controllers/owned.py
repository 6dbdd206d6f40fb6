"""What belongs to what: owner references written, followed, and their orphans collected."""

from typing import Any

from aksess_sim.services.apiserver.objects.kinds import STORED_KINDS, Kind
from aksess_sim.services.apiserver.objects.manifest import (
    Manifest,
    name_of,
    namespace_of,
    owner_uids,
    uid_of,
)
from aksess_sim.services.apiserver.objects.store import Store


def reference_to(kind: Kind, owner: Manifest) -> dict[str, Any]:
    """The owner reference a controller writes into what it makes."""
    return {
        "apiVersion": kind.group_version,
        "kind": kind.name,
        "name": name_of(owner),
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def owned_by(store: Store, kind: Kind, owner: Manifest) -> list[Manifest]:
    """The objects of a kind that belong to an owner."""
    return [item for item in store.list(kind, namespace_of(owner)) if uid_of(owner) in owner_uids(item)]


def release(store: Store, owner: Manifest) -> None:
    """Make everything an owner has independent, as `--cascade=orphan` asks before the owner goes."""
    for kind in STORED_KINDS:
        for item in owned_by(store, kind, owner):
            references = [entry for entry in item["metadata"]["ownerReferences"] if entry["uid"] != uid_of(owner)]
            store.replace(kind, item | {"metadata": item["metadata"] | {"ownerReferences": references}})


def collect(store: Store) -> None:
    """Remove what has owners none of which is left."""
    items = [(kind, item) for kind in STORED_KINDS for item in store.list(kind)]
    alive = {uid_of(item) for _, item in items}
    for kind, item in items:
        owners = owner_uids(item)
        if owners and not owners & alive:
            store.delete(kind, namespace_of(item), name_of(item))
