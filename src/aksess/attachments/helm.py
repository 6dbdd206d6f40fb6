"""Which words of a helm command name local files. Pure. The flags are those of helm 3 and 4."""

from collections.abc import Sequence

from aksess.attachments.mention import Kind, Mention, is_remote, mentions_in
from aksess.attachments.words import Valued, positionals, read_words

WITH_VALUES = frozenset({"install", "upgrade", "template", "lint"})
WITH_CHART = WITH_VALUES | {"package", "show", "inspect", "dependency", "dep", "push"}
FILES = frozenset({"--ca-file", "--cert-file", "--key-file"})
VALUED = Valued(
    "adflmnos",
    frozenset(
        (
            "as", "as-group", "as-uid", "burst-limit", "ca-file", "cert-file", "description", "history-max", "key-file",
            "keyring", "kube-apiserver", "kube-as-group", "kube-as-user", "kube-ca-file", "kube-context",
            "kube-tls-server-name", "kube-token", "kubeconfig", "max", "name-template", "namespace", "output",
            "password", "qps", "registry-config", "repo", "repository-cache", "repository-config", "revision", "set",
            "set-file", "set-json", "set-literal", "set-string", "show-only", "timeout", "username", "values",
            "version",
        )
    ),
)  # fmt: skip


def helm_mentions(words: Sequence[str]) -> list[Mention]:
    """In the order they stand."""
    found = list(read_words(words, VALUED))
    verb = next(iter(positionals(found)), "")
    mentioned: list[Mention] = []
    for one in found:
        if one.value is None:
            continue
        if verb in WITH_VALUES and one.flag in ("-f", "--values"):
            mentioned += mentions_in(one.value, one.index, one.start, Kind.FILE)
        elif one.flag == "--set-file":
            mentioned += _set_files(one.value, one.index, one.start)
        elif one.flag in FILES:
            mentioned.append(Mention(one.index, one.start, one.start + len(one.value), one.value, Kind.FILE))
        elif not one.flag and verb in WITH_CHART and not is_remote(one.value):
            mentioned.append(Mention(one.index, 0, len(one.value), one.value, Kind.CHART))
    return mentioned


def _set_files(value: str, index: int, start: int) -> list[Mention]:
    """`a=path,b=path`."""
    mentioned = []
    at = start
    for pair in value.split(","):
        key, _, path = pair.partition("=")
        if path and not is_remote(path):
            begin = at + len(key) + 1
            mentioned.append(Mention(index, begin, begin + len(path), path, Kind.FILE))
        at += len(pair) + 1
    return mentioned
