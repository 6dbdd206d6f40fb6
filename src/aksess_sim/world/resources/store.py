"""Every resource of the world by id, as the ARM JSON that GET shows: what is shown is what holds. No rules."""

from collections.abc import Iterator
from typing import Any

from aksess_sim.world.resource_ids import kind_of, parent_of, within

Body = dict[str, Any]

_INLINE = {
    "microsoft.network/virtualnetworks/subnets": "subnets",
    "microsoft.network/virtualnetworks/virtualnetworkpeerings": "virtualNetworkPeerings",
    "microsoft.network/networksecuritygroups/securityrules": "securityRules",
}
"""Kinds that exist only in the JSON of their parent, and where."""


class Store:
    """Resources by lower-case id; those that Azure shows inside their parent are kept there and nowhere else."""

    def __init__(self) -> None:
        self._bodies: dict[str, Body] = {}

    def find(self, id_: str) -> Body | None:
        """The resource of that id."""
        if not is_inline(id_):
            return self._bodies.get(id_.lower())
        return next((child for child in self._siblings(id_) if child["id"].lower() == id_.lower()), None)

    def of_kind(self, kind: str, scope: str = "") -> list[Body]:
        """The resources of a type (`Microsoft.Network/natGateways`) at or below a scope, in the order added.

        A list of its own: who goes through it may take out and put back what it finds.
        """
        wanted = kind.lower()
        field = _INLINE.get(wanted)
        if field:
            parents = self.of_kind(wanted.rpartition("/")[0])
            bodies = [child for parent in parents for child in parent["properties"][field]]
        else:
            bodies = [body for body in self._bodies.values() if body["type"].lower() == wanted]
        return [body for body in bodies if not scope or within(body["id"], scope)]

    def below(self, scope: str) -> list[Body]:
        """Every resource at or below a scope; those inside a parent's JSON come with it, not by themselves."""
        return [body for body in self._bodies.values() if within(body["id"], scope)]

    def put(self, body: Body) -> None:
        """Keep a resource, in place of the one of that id; a child's parent must be there."""
        if not is_inline(body["id"]):
            self._bodies[body["id"].lower()] = body
            return
        siblings = self._siblings(body["id"])
        ids = [sibling["id"].lower() for sibling in siblings]
        at = ids.index(body["id"].lower()) if body["id"].lower() in ids else len(ids)
        siblings[at : at + 1] = [body]

    def remove(self, id_: str) -> None:
        """Forget a resource and all below it; nothing happens when it is not there."""
        if is_inline(id_):
            siblings = self._siblings(id_)
            siblings[:] = [sibling for sibling in siblings if sibling["id"].lower() != id_.lower()]
            return
        for body in self.below(id_):
            del self._bodies[body["id"].lower()]

    def _siblings(self, id_: str) -> list[Body]:
        parent = self._bodies.get(parent_of(id_).lower())
        if parent is None:
            return []
        siblings: list[Body] = parent["properties"][_INLINE[kind_of(id_).lower()]]
        return siblings


def is_inline(id_: str) -> bool:
    """Is it of a kind that exists only in the JSON of its parent?"""
    return kind_of(id_).lower() in _INLINE


def inside(body: Body | None) -> Iterator[Body]:
    """What exists only in the JSON of a resource."""
    for kind, field in _INLINE.items():
        if body and str(body["type"]).lower() == kind.rpartition("/")[0]:
            yield from body["properties"][field]
