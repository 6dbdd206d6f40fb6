"""Namespaces: each has a default service account and the cluster's CA; nothing outlives its namespace."""

from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.kinds import STORED_KINDS
from aksess_sim.services.apiserver.objects.manifest import name_of, namespace_of
from aksess_sim.services.apiserver.objects.store import Store


def furnish(store: Store) -> None:
    """Give every namespace what Kubernetes puts into it."""
    for space in store.list(kinds.NAMESPACES):
        metadata = {"name": "default", "namespace": name_of(space)}
        if store.find(kinds.SERVICE_ACCOUNTS, name_of(space), "default") is None:
            store.create(kinds.SERVICE_ACCOUNTS, {"metadata": metadata})
        metadata = metadata | {"name": "kube-root-ca.crt"}
        if store.find(kinds.CONFIG_MAPS, name_of(space), "kube-root-ca.crt") is None:
            store.create(kinds.CONFIG_MAPS, {"metadata": metadata, "data": {"ca.crt": ""}})


def clear(store: Store) -> None:
    """Remove what lies in namespaces that are gone."""
    spaces = {name_of(space) for space in store.list(kinds.NAMESPACES)}
    for kind in STORED_KINDS:
        for item in store.list(kind) if kind.namespaced else ():
            if namespace_of(item) not in spaces:
                _remove(store, kind, namespace_of(item), name_of(item))


def _remove(store: Store, kind: kinds.Kind, namespace: str, name: str) -> None:
    """Delete for good: where the namespace is gone, no finalizer is waited for."""
    left = store.delete(kind, namespace, name)
    if store.find(kind, namespace, name) is not None:
        store.replace(kind, left | {"metadata": left["metadata"] | {"finalizers": []}})
