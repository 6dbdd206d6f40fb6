"""PUT, PATCH and DELETE of any resource that has rules: the checks in ARM's order, the new state, the operation.

A body is shown as soon as a PUT is taken, `Updating` until its operation ends. An operation that fails leaves what it
made, `Failed`; the next PUT mends it. What follows elsewhere (a peering that becomes Connected, a record that a zone
group writes) follows when the operation has ended well.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aksess_sim.world.operations import Operation, Operations
from aksess_sim.world.people import People, Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import kind_of, name_of, parent_of, subscription_of
from aksess_sim.world.resources.back_references import refresh
from aksess_sim.world.resources.bodies import body_of, location_of, readable
from aksess_sim.world.resources.catalogue import RULES
from aksess_sim.world.resources.etags import Etags, etag_of, renew_etag
from aksess_sim.world.resources.limits import check_limit
from aksess_sim.world.resources.rules import Attempt, Rules, Surroundings, parent_not_found
from aksess_sim.world.resources.store import Store, inside, is_inline
from aksess_sim.world.tags import check_tags

Body = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """What came of a PUT: the body as shown now, whether it is new, the operation unless it is done already."""

    body: Body
    new: bool
    operation: Operation | None


class Writes:
    """The write side of all resources that have rules."""

    def __init__(
        self,
        store: Store,
        operations: Operations,
        people: People,
        guests: Callable[[str], list[str]],
        limits: Mapping[str, int],
    ) -> None:
        self._store = store
        self._operations = operations
        self._people = people
        self._guests = guests
        self._limits = limits

    def put(self, id_: str, sent: Body, person: Person, etags: Etags | None = None) -> Written:
        """Make or replace a resource. Raises Refused; nothing has changed then."""
        rules = RULES[kind_of(id_).lower()]
        before = self._store.find(id_)
        around = self._around(person)
        if rules.place == "parent" or rules.kind.count("/") > 1:
            self._check_parent(id_)
        (etags or Etags()).check(id_, etag_of(before))
        location = location_of(rules, sent, before, name_of(id_))
        check_tags(sent.get("tags") or {})
        self._check_busy(id_)
        if before is None:
            check_limit(self._store, self._limits, rules.kind, id_, location)
        with readable(id_):
            self._check_links(rules, id_, sent, person)
            attempt = Attempt(before["id"] if before else id_, copy.deepcopy(sent), before, around)
            body = body_of(rules, attempt, location)
        self._store.put(body)
        rules.begun(self._store, body)
        operation = self._run(rules, body, "Put")
        self._touch_parent(body)
        refresh(self._store)
        return Written(body, before is None, operation)

    def patch_tags(self, id_: str, tags: dict[str, str]) -> Body:
        """Replace a resource's tags, the only thing that a PATCH changes here.

        Raises Refused when the tags are not allowed or the resource is busy.
        """
        check_tags(tags)
        self._check_busy(id_)
        body = self._existing(id_)
        body["tags"] = dict(tags)
        renew_etag(body)
        return body

    def delete(self, id_: str, person: Person, etags: Etags | None = None) -> tuple[bool, Operation | None]:
        """Begin to delete a resource: whether it was there, and the operation unless it has gone already.

        Raises Refused while it is in use or busy.
        """
        body = self._store.find(id_)
        if body is None:
            return False, None
        rules = RULES[kind_of(id_).lower()]
        (etags or Etags()).check(id_, etag_of(body))
        self._check_busy(id_)
        rules.keep(self._around(person), body)
        if not rules.removal:
            self._drop(rules, body)
            return True, None
        before = body["properties"].get("provisioningState", "Succeeded")
        body["properties"]["provisioningState"] = "Deleting"

        def end(operation: Operation) -> None:
            if operation.status == "Succeeded":
                self._drop(rules, body)
            else:
                body["properties"]["provisioningState"] = before

        return True, self._operations.begin(body["id"], _name(rules, "Delete"), rules.removal, end)

    def empty(self, scope: str, person: Person) -> list[tuple[str, Refused]]:
        """Delete what is in a group at once, users before the used; what is left, each with its reason."""
        around = self._around(person)
        while True:
            left: list[tuple[str, Refused]] = []
            bodies = self._store.below(scope)
            for body in bodies:
                rules = RULES.get(str(body["type"]).lower())
                try:
                    if rules and self._store.find(body["id"]):
                        rules.keep(around, body)
                        self._drop(rules, body)
                    else:
                        self._store.remove(body["id"])
                except Refused as refused:
                    left.append((body["id"], refused))
            if len(left) in (0, len(bodies)):
                return left

    def busy(self, id_: str) -> Operation | None:
        """The operation in progress on a resource, or on what is one with it."""
        running = (self._operations.running_on(one) for one in self._family(id_))
        return next((operation for operation in running if operation), None)

    def _run(self, rules: Rules, body: Body, verb: str) -> Operation | None:
        if not rules.creation:
            rules.settled(self._store, body)
            return None
        body["properties"]["provisioningState"] = "Updating"

        def end(operation: Operation) -> None:
            body["properties"]["provisioningState"] = operation.status
            renew_etag(body)
            if operation.status == "Succeeded":
                rules.settled(self._store, body)
            refresh(self._store)

        return self._operations.begin(body["id"], _name(rules, verb), rules.creation, end)

    def _drop(self, rules: Rules, body: Body) -> None:
        rules.dropped(self._store, body)
        self._store.remove(body["id"])
        self._people.forget_below(body["id"])
        self._touch_parent(body)
        refresh(self._store)

    def _touch_parent(self, body: Body) -> None:
        """What shows its children changes its etag with theirs."""
        parent = self._store.find(parent_of(body["id"]))
        if parent and is_inline(body["id"]):
            renew_etag(parent)

    def _around(self, person: Person) -> Surroundings:
        return Surroundings(
            self._store, lambda action, scope: self._people.allowed(person, action, scope), self._guests
        )

    def _check_parent(self, id_: str) -> None:
        if self._store.find(parent_of(id_)) is None:
            raise parent_not_found(id_)

    def _check_busy(self, id_: str) -> None:
        """Code and sentence as in Azure/bicep#5132; 429, so that clients may try again."""
        operation = self.busy(id_)
        if operation:
            address = f"https://management.azure.com/subscriptions/{subscription_of(id_)}/providers/Microsoft.Network"
            raise Refused(
                "AnotherOperationInProgress",
                "Another operation on this or dependent resource is in progress. To retrieve status of the operation "
                f"use uri: {address}/locations/westeurope/operations/{operation.id}?api-version=2025-01-01.",
            )

    def _family(self, id_: str) -> Iterator[str]:
        """A network, its subnets and its peerings are one as far as operations go, and so is a child with its own."""
        yield id_
        kind, root = kind_of(id_), id_
        while kind.count("/") > 1:
            root, kind = parent_of(root), kind.rpartition("/")[0]
            yield root
        for child in inside(self._store.find(root)):
            yield child["id"]

    def _check_links(self, rules: Rules, id_: str, sent: Body, person: Person) -> None:
        for action, scope in rules.linked(sent):
            if not self._people.allowed(person, action, scope):
                raise Refused(
                    "LinkedAuthorizationFailed",
                    f"The client '{person.user_principal_name}' with object id '{person.object_id}' has permission to "
                    f"perform action '{rules.kind}/write' on scope '{id_}'; however, it does not have permission to "
                    f"perform action(s) '{action}' on the linked scope(s) '{scope}' or the linked scope(s) are "
                    "invalid.",
                )

    def _existing(self, id_: str) -> Body:
        body = self._store.find(id_)
        if body is None:
            raise Refused("ResourceNotFound", f"The Resource '{id_}' was not found.")
        return body


def _name(rules: Rules, verb: str) -> str:
    return f"{verb}{rules.kind.rpartition('/')[2]}Operation"
