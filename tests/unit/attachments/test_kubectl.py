"""Every way in which kubectl is told to read a file, and the words that only look like one."""

import pytest

from aksess.attachments.kubectl import kubectl_mentions
from aksess.attachments.mention import Kind

HERE = {
    "apply -f a.yaml": [("a.yaml", Kind.MANIFESTS)],
    "apply -fa.yaml": [("a.yaml", Kind.MANIFESTS)],
    "apply --filename=a.yaml,b.yaml": [("a.yaml", Kind.MANIFESTS), ("b.yaml", Kind.MANIFESTS)],
    "-n ns apply -f -": [("-", Kind.MANIFESTS)],
    "apply -R -f d": [("d", Kind.MANIFESTS_BELOW)],
    "apply -f d --recursive=false": [("d", Kind.MANIFESTS)],
    "apply -f https://x.example/a.yaml,b.yaml": [("b.yaml", Kind.MANIFESTS)],
    "apply -k overlay": [("overlay", Kind.KUSTOMIZATION)],
    "apply --kustomize github.com/a/b?ref=v1": [],
    "delete -f a.yaml -i=false": [("a.yaml", Kind.MANIFESTS)],
    "diff -f a.yaml": [("a.yaml", Kind.MANIFESTS)],
    "logs -f pod": [],
    "logs -fp pod": [],
    "create cm x --from-file=k=p --from-file q": [("p", Kind.FILES_IN), ("q", Kind.FILES_IN)],
    "create cm x --from-literal=a=b --from-env-file=e": [("e", Kind.FILE)],
    "create secret tls x --cert=c.pem --key k.pem": [("c.pem", Kind.FILE), ("k.pem", Kind.FILE)],
    "create secret generic x --key k": [],
    "patch deploy x --patch-file p.yaml": [("p.yaml", Kind.FILE)],
    "patch deploy x -p {}": [],
    "kustomize overlay": [("overlay", Kind.KUSTOMIZATION)],
    "kustomize": [],
    "cp here pod:/there": [("here", Kind.TREE)],
    "cp pod:/there here": [],
    "exec pod -- tail -f x": [],
    "get pods -o yaml -l a=b": [],
    "rollout undo -f a.yaml": [("a.yaml", Kind.MANIFESTS)],
    "--kubeconfig x get -f a.yaml": [("a.yaml", Kind.MANIFESTS)],
}


@pytest.mark.parametrize(("typed", "named"), HERE.items())
def test_what_is_named(typed: str, named: list[tuple[str, Kind]]) -> None:
    words = ["kubectl", *typed.split()]
    found = kubectl_mentions(words)
    assert [(one.path, one.kind) for one in found] == named
    assert all(words[one.index][one.start : one.end] == one.path for one in found)
