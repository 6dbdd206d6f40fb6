"""Which words of a kubectl command name local files. Pure.

The flags are those of kubectl 1.30 to 1.35; what takes a file is the same in all of them.
"""

from collections.abc import Sequence

from aksess.attachments.mention import Kind, Mention, is_remote, keyed_mention, mentions_in
from aksess.attachments.words import Valued, Word, is_set, positionals, read_words

_LONG = frozenset(
    (
        "annotations", "as", "as-group", "as-uid", "cache-dir", "cert", "certificate-authority", "chunk-size",
        "client-certificate", "client-key", "cluster", "container", "context", "copy-to", "custom", "env",
        "field-manager", "field-selector", "filename", "for", "from", "from-env-file", "from-file", "from-literal",
        "grace-period", "image", "image-pull-policy", "key", "kubeconfig", "kustomize", "label-columns", "labels",
        "limits", "log-flush-frequency", "max-log-requests", "name", "namespace", "output", "override-type",
        "overrides", "password", "patch", "patch-file", "pod-running-timeout", "port", "profile", "profile-output",
        "raw", "replicas", "request-timeout", "requests", "resource-version", "restart", "retries", "revision",
        "selector", "server", "serviceaccount", "since", "since-time", "sort-by", "subresource", "tail", "target",
        "target-port", "template", "timeout", "tls-server-name", "to-revision", "token", "type", "user", "username",
        "v", "vmodule",
    )
)  # fmt: skip
VALUED = Valued("cefklLnopsv", _LONG)
VALUED_FOR_LOGS = Valued("cklLnosv", _LONG)
"""In `logs`, -f follows and -p looks at the previous container."""


def kubectl_words(words: Sequence[str]) -> list[Word]:
    found = list(read_words(words, VALUED))
    return list(read_words(words, VALUED_FOR_LOGS)) if _verb(found) == "logs" else found


def kubectl_mentions(words: Sequence[str]) -> list[Mention]:
    """In the order they stand."""
    found = kubectl_words(words)
    verb = _verb(found)
    manifests = Kind.MANIFESTS_BELOW if is_set(found, "-R", "--recursive") else Kind.MANIFESTS
    kinds = {"-k": Kind.KUSTOMIZATION, "--kustomize": Kind.KUSTOMIZATION, "--patch-file": Kind.FILE}
    kinds |= {"--from-env-file": Kind.FILE}
    if verb != "logs":
        kinds |= {"-f": manifests, "--filename": manifests}
    if positionals(found)[:3] == ["create", "secret", "tls"]:
        kinds |= {"--cert": Kind.FILE, "--key": Kind.FILE}
    mentioned: list[Mention] = []
    for one in found:
        if one.value is None:
            continue
        if one.flag == "--from-file":
            mentioned += keyed_mention(one.value, one.index, one.start, Kind.FILES_IN)
        elif kind := kinds.get(one.flag):
            mentioned += mentions_in(one.value, one.index, one.start, kind)
    return mentioned + _named_by_position(found)


def _named_by_position(found: Sequence[Word]) -> list[Mention]:
    """`kubectl kustomize FOLDER`, and what `kubectl cp` uploads."""
    verb, rest = _verb(found), [one for one in found if not one.flag][1:]
    if verb == "kustomize":
        if rest and rest[0].value == "build":
            rest = rest[1:]
        kind = Kind.KUSTOMIZATION
    elif verb == "cp" and len(rest) == 2 and ":" in (rest[1].value or "") and ":" not in (rest[0].value or ""):
        kind = Kind.TREE
    else:
        return []
    named = [(one.value or "", one.index) for one in rest[:1]]
    return [Mention(index, 0, len(path), path, kind) for path, index in named if not is_remote(path)]


def _verb(found: Sequence[Word]) -> str:
    return next(iter(positionals(found)), "")
