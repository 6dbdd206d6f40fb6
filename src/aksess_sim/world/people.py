"""Who may do what: the tenant's people, role definitions and assignments.

Evaluation follows Azure's role-based access control: an action is allowed when one role assigned at the scope or above
grants it and that same role does not exclude it. Nothing here knows tokens or HTTP.
"""

import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from aksess_sim.world.resource_ids import within


@dataclass(frozen=True)
class Application:
    """What makes a person a service principal: its client id and the ways it proves itself."""

    client_id: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    federated_subject: str | None = None
    first_party: bool = False
    """A service of Microsoft's; nobody signs in as it here."""


@dataclass(frozen=True)
class Person:
    """A user of the tenant, or a service principal when `application` is there."""

    name: str
    object_id: str
    display_name: str
    user_principal_name: str
    application: Application | None = None
    reads_directory: bool = True
    """Whether Microsoft Graph tells about others: members may ask unless the tenant forbids it, applications may not
    unless they were given the right (Entra docs, default user permissions)."""


@dataclass(frozen=True)
class Role:
    """A role definition; actions may hold `*` anywhere, standing for any text."""

    name: str
    id: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()

    def grants(self, action: str) -> bool:
        """Does this role alone allow the (control plane) action? Case does not matter."""
        return _any_matches(self.actions, action) and not _any_matches(self.not_actions, action)


@dataclass(frozen=True)
class Assignment:
    """One principal (an object id), one role, one scope (and everything below it); `name` is a GUID."""

    principal: str
    role: Role
    scope: str
    name: str

    @property
    def id(self) -> str:
        """Its resource id, an extension of its scope."""
        return f"{self.scope}/providers/Microsoft.Authorization/roleAssignments/{self.name}"


class People:
    """The tenant: its persons by name, its roles, and who holds which."""

    def __init__(self, tenant_id: str, domain: str) -> None:
        self.tenant_id = tenant_id
        self.domain = domain
        self._persons: dict[str, Person] = {}
        self._services: list[Person] = []
        self._assignments: dict[str, Assignment] = {}
        self._roles: dict[str, Role] = {}

    def __iter__(self) -> Iterator[Person]:
        return iter(self._persons.values())

    def __getitem__(self, name: str) -> Person:
        """The person of that name; KeyError names those who are there."""
        try:
            return self._persons[name]
        except KeyError:
            raise KeyError(f"no person `{name}` in this world; there are: {', '.join(self._persons)}") from None

    def add(self, person: Person) -> None:
        """Let a person join the tenant."""
        self._persons[person.name] = person

    def welcome(self, service: Person) -> None:
        """Let a service of Microsoft's act in the tenant; roles can be given to it, and nobody can be it."""
        self._services.append(service)

    def principals(self) -> Iterator[Person]:
        """Everybody who can hold a role: the persons, then Microsoft's services."""
        yield from self._persons.values()
        yield from self._services

    def assign(self, person: str, role: Role, scope: str) -> None:
        """Give a role at a scope; it holds for everything below."""
        principal = self[person].object_id
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{principal}/{role.id}/{scope}".lower())
        self.grant(Assignment(principal, role, scope, str(name)))

    def grant(self, assignment: Assignment) -> None:
        """Let an assignment hold from now on, in place of the one of its id."""
        self._assignments[assignment.id.lower()] = assignment

    def revoke(self, assignment: Assignment) -> None:
        """Let an assignment hold no longer."""
        self._assignments.pop(assignment.id.lower(), None)

    def forget_below(self, scope: str) -> None:
        """Let go of what was assigned at or below something that is no more."""
        for held in self.assignments():
            if within(held.scope, scope):
                self.revoke(held)

    def assignments(self) -> list[Assignment]:
        """Every assignment, in the order granted."""
        return list(self._assignments.values())

    def assignment(self, id_: str) -> Assignment | None:
        """The assignment of that id."""
        return self._assignments.get(id_.lower())

    def define(self, role: Role) -> None:
        """Let a role be known, so that it can be assigned by its id."""
        self._roles[role.id.lower()] = role

    def roles(self) -> list[Role]:
        """Every role that can be assigned."""
        return list(self._roles.values())

    def role(self, id_: str) -> Role | None:
        """The role of that GUID."""
        return self._roles.get(id_.lower())

    def by_object_id(self, object_id: str) -> Person | None:
        """Whose token is it?"""
        return next((person for person in self.principals() if person.object_id == object_id), None)

    def by_client_id(self, client_id: str) -> Person | None:
        """The service principal of an application."""
        return next((p for p in self.principals() if p.application and p.application.client_id == client_id), None)

    def roles_at(self, person: Person, scope: str) -> list[Role]:
        """The roles in force at a scope: assigned there or anywhere above."""
        return [held.role for held in self._held_by(person) if within(scope, held.scope)]

    def allowed(self, person: Person, action: str, scope: str) -> bool:
        """May the person do the action at the scope?"""
        return any(role.grants(action) for role in self.roles_at(person, scope))

    def present_under(self, person: Person, scope: str) -> bool:
        """Does the person hold any role at, above or below the scope? ARM lists a subscription to whoever does."""
        return any(within(scope, held.scope) or within(held.scope, scope) for held in self._held_by(person))

    def _held_by(self, person: Person) -> Iterator[Assignment]:
        return (held for held in self._assignments.values() if held.principal == person.object_id)


def _any_matches(patterns: tuple[str, ...], action: str) -> bool:
    return any(_pattern(pattern).fullmatch(action) for pattern in patterns)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE | re.DOTALL)
