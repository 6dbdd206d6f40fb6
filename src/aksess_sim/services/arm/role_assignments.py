"""Role assignments at any scope, and the definitions that they name.

Source: Role Assignments and Role Definitions REST references (Microsoft.Authorization, 2022-04-01).
"""

import re

from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, SUBSCRIPTION, Route
from aksess_sim.world import role_assignments as assignments
from aksess_sim.world.people import Assignment
from aksess_sim.world.refusals import Refused

_KIND = assignments.KIND
_DEFINITIONS = "Microsoft.Authorization/roleDefinitions"
_SCOPES = (SUBSCRIPTION, GROUP, GROUP + "/providers/{resource*}")
_PRINCIPAL = re.compile(r"(?:principalId\s+eq\s+|assignedTo\()'([-\w]+)'", re.IGNORECASE)
_ROLE_NAME = re.compile(r"roleName\s+eq\s+'([^']+)'", re.IGNORECASE)


def routes() -> list[Route]:
    """The longer scope comes last: a resource's own pattern would also fit what a shorter one means."""
    return [route for scope in _SCOPES for route in _at(scope)]


def _at(scope: str) -> list[Route]:
    all_, one = f"{scope}/providers/{_KIND}", f"{scope}/providers/{_KIND}/{{assignment}}"
    definitions = f"{scope}/providers/{_DEFINITIONS}"
    return [
        Route("GET", all_, _list, f"{_KIND}/read", scope),
        Route("GET", one, _get, f"{_KIND}/read", scope),
        Route("PUT", one, _put, f"{_KIND}/write", scope),
        Route("DELETE", one, _delete, f"{_KIND}/delete", scope),
        Route("GET", definitions, _definitions, f"{_DEFINITIONS}/read", scope),
        Route("GET", definitions + "/{definition}", _definition, f"{_DEFINITIONS}/read", scope),
    ]


def _list(asked: Asked) -> Answer:
    """`atScope()` leaves out what is assigned below, `principalId eq` and `assignedTo` all others'."""
    wanted = asked.query.get("$filter", "")
    principal = _PRINCIPAL.search(wanted)
    found = assignments.at_scope(asked.world.people, _scope(asked), exactly="atscope()" in wanted.lower())
    shown = [held for held in found if principal is None or held.principal == principal[1].lower()]
    return page(asked, [assignments.body_of(asked.world.people, held) for held in shown])


def _get(asked: Asked) -> Answer:
    return Answer(assignments.body_of(asked.world.people, _existing(asked)))


def _put(asked: Asked) -> Answer:
    scope = _scope(asked)
    if "resource" in asked.names and not asked.world.exists(scope):
        raise Refused("ResourceNotFound", f"The Resource '{scope}' was not found.")
    given, new = assignments.put(asked.world.people, scope, asked.names["assignment"], asked.body)
    return Answer(assignments.body_of(asked.world.people, given), 201 if new else 200)


def _delete(asked: Asked) -> Answer:
    held = asked.world.people.assignment(asked.path)
    if held is None:
        return Answer(None, 204)
    asked.world.people.revoke(held)
    return Answer(assignments.body_of(asked.world.people, held))


def _definitions(asked: Asked) -> Answer:
    name = _ROLE_NAME.search(asked.query.get("$filter", ""))
    roles = asked.world.people.roles()
    found = [role for role in roles if name is None or role.name.lower() == name[1].lower()]
    return page(asked, [assignments.definition(asked.subscription, role) for role in found])


def _definition(asked: Asked) -> Answer:
    role = asked.world.people.role(asked.names["definition"])
    if role is None:
        id_ = asked.names["definition"]
        raise Refused("RoleDefinitionDoesNotExist", f"The specified role definition with ID '{id_}' does not exist.")
    return Answer(assignments.definition(asked.subscription, role))


def _scope(asked: Asked) -> str:
    """The scope as those who made it spell it: assignments are compared by it."""
    path = asked.path[: re.search(r"/providers/Microsoft\.Authorization/", asked.path, re.IGNORECASE).start()]  # type: ignore[union-attr]
    return asked.world.spelled(path)


def _existing(asked: Asked) -> Assignment:
    held = asked.world.people.assignment(asked.path)
    if held is None:
        name = asked.names["assignment"]
        raise Refused("RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
    return held
