"""Who asks and which nodes there are, as the world outside tells the API server.

Plain values only: how a token is judged or why a node is not ready is decided elsewhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """Somebody who has proven who they are."""

    name: str
    uid: str
    groups: tuple[str, ...]
    may_write: bool
    """False for a reader: every get, list and watch is allowed, every change is Forbidden."""


@dataclass(frozen=True)
class NodeView:
    """One node as the world sees it."""

    name: str
    ready: bool
    version: str
    """Its kubelet's version without the leading `v`, such as `1.33.2`."""
