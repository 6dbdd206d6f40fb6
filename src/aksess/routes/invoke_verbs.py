"""Which commands can be sent away to run, and which need somebody at the other end. Pure."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from aksess.attachments.kubectl import kubectl_words
from aksess.attachments.parcel import is_line
from aksess.attachments.shell_line import commands_in
from aksess.attachments.words import is_set, positionals

TALKING = {
    "attach": "talks to a running container",
    "port-forward": "carries connections of this machine",
    "proxy": "serves this machine",
    "edit": "opens an editor",
}
SWITCHES = (
    (("exec", "run", "debug"), ("-i", "-t", "--stdin", "--tty"), "needs somebody at this end"),
    (("delete",), ("-i", "--interactive"), "asks before it deletes"),
    (("create", "replace"), ("--edit",), TALKING["edit"]),
    (("logs",), ("-f", "--follow"), "never ends"),
    (("get", "events"), ("-w", "--watch", "--watch-only"), "never ends"),
)
"""Verbs that can be sent away unless one of these is switched on."""
READING = frozenset(
    {"api-resources", "api-versions", "describe", "diff", "events", "explain", "get", "logs", "top", "version"}
)
HELM_READING = frozenset({"get", "history", "lint", "list", "ls", "search", "show", "status", "template", "version"})
_ENDLESS = re.compile(r"\b(while\s+(true|:)|until\s+false)\b|\bwhile\s+:\s*;")


def talks(command: Sequence[str]) -> str:
    """Why a command cannot be sent away, to stand behind its name; empty for those that can."""
    if not is_line(command):
        return _talks(command)
    if _ENDLESS.search(command[0]):
        return "never ends"
    return next(filter(None, map(_talks, commands_in(command[0]))), "")


def only_reads(command: Sequence[str]) -> bool:
    """Whether it surely changes nothing, so that it may be run again. A shell line may do anything."""
    if is_line(command):
        return False
    verb = next(iter(positionals(kubectl_words(command))), "")
    known = {"kubectl": READING, "helm": HELM_READING}
    return verb in known.get(program(command), ())


def program(command: Sequence[str]) -> str:
    return PurePosixPath(command[0]).name


def _talks(words: Sequence[str]) -> str:
    name = program(words)
    if name == "watch":
        return "never ends"
    return _kubectl_talks(words) if name == "kubectl" else ""


def _kubectl_talks(words: Sequence[str]) -> str:
    found = kubectl_words(words)
    verb, *rest = positionals(found) or [""]
    if verb == "apply" and rest[:1] == ["edit-last-applied"]:
        return TALKING["edit"]
    if verb == "cp" and len(rest) == 2 and ":" in rest[0] and ":" not in rest[1]:
        return "writes a file on this machine"
    switched = (why for verbs, flags, why in SWITCHES if verb in verbs and is_set(found, *flags))
    return TALKING.get(verb) or next(switched, "")
