"""A place in a command line that names something on this disk, and what was found there. Pure."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

_REMOTE = re.compile(r"^[a-z][a-z0-9+.-]*://|^git@|^git::|\?ref=|^(www\.)?(github|gitlab|bitbucket)\.(com|org)/")
"""Addresses as kubectl, kustomize and helm take them; they are fetched from where the command runs."""


class Kind(Enum):
    FILE = auto()
    """One file, or `-` for what comes in by stdin."""
    MANIFESTS = auto()
    """A file, a pattern, or a folder of .yaml, .yml and .json files."""
    MANIFESTS_BELOW = auto()
    """The same, with the folders below (-R)."""
    FILES_IN = auto()
    """A file, or every file of a folder, not those below it (--from-file)."""
    KUSTOMIZATION = auto()
    """A folder with a kustomization, and all that it refers to."""
    TREE = auto()
    """A file, or a folder and everything below it."""
    CHART = auto()
    """A packed chart, or a folder with a Chart.yaml; any other word means something else."""


@dataclass(frozen=True)
class Mention:
    """`words[index][start:end]` is the path as it was typed."""

    index: int
    start: int
    end: int
    path: str
    kind: Kind


@dataclass(frozen=True)
class Found:
    """What a mention stands for. `named` and `files` lie below `root`; all are absolute, `..` taken out."""

    named: Path
    root: Path
    files: dict[Path, bytes] = field(default_factory=dict)


def is_remote(path: str) -> bool:
    return bool(_REMOTE.search(path))


def mentions_in(value: str, index: int, start: int, kind: Kind) -> list[Mention]:
    """A value that may name several paths, split by commas; addresses are left out."""
    found = []
    at = start
    for path in value.split(","):
        if path and not is_remote(path):
            found.append(Mention(index, at, at + len(path), path, kind))
        at += len(path) + 1
    return found


def keyed_mention(value: str, index: int, start: int, kind: Kind) -> list[Mention]:
    """`key=path`, or a path alone."""
    path = value.partition("=")[2] or value
    at = start + len(value) - len(path)
    return [Mention(index, at, at + len(path), path, kind)] if path and not is_remote(path) else []
