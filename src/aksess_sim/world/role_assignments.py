"""Role assignments as resources: who may be given which role where, and what ARM shows of it.

Sources: Role Assignments REST reference; Azure RBAC docs troubleshooting (PrincipalNotFound, RoleAssignmentExists,
RoleAssignmentUpdateNotPermitted).
"""

from typing import Any

from aksess_sim.world.people import Assignment, People, Role
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of, within
from aksess_sim.world.resources.bodies import readable

Body = dict[str, Any]

KIND = "Microsoft.Authorization/roleAssignments"
_DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions/"


def put(people: People, scope: str, name: str, sent: Body) -> tuple[Assignment, bool]:
    """Give what a request asks for; True when the assignment is new, and the same again is no change.

    Raises Refused.
    """
    with readable(f"{scope}/providers/{KIND}/{name}"):
        properties = sent.get("properties") or sent
        principal, role_id = str(properties.get("principalId") or ""), str(properties.get("roleDefinitionId") or "")
    if not principal or not role_id:
        raise Refused("InvalidCreateRoleAssignmentRequest", "`principalId` and `roleDefinitionId` are both required.")
    role = people.role(name_of(role_id))
    if role is None:
        message = f"The specified role definition with ID '{name_of(role_id)}' does not exist."
        raise Refused("RoleDefinitionDoesNotExist", message)
    if people.by_object_id(principal) is None:
        raise Refused(
            "PrincipalNotFound",
            f"Principal {principal.replace('-', '')} does not exist in the directory {people.tenant_id}. Check that "
            "you have the correct principal ID. If you are creating this principal and then immediately assigning a "
            "role, this error might be related to a replication delay. In this case, set the role assignment "
            "principalType property to a value, such as ServicePrincipal, User, or Group.  See "
            "https://aka.ms/docs-principaltype",
        )
    wanted = Assignment(principal, role, scope, name)
    present = people.assignment(wanted.id)
    if present and (present.principal, present.role) != (principal, role):
        message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        raise Refused("RoleAssignmentUpdateNotPermitted", message)
    for other in people.assignments():
        same = (other.principal, other.role, other.scope.lower()) == (principal, role, scope.lower())
        if same and other.id.lower() != wanted.id.lower():
            message = f"The role assignment already exists. The ID of the existing role assignment is {other.name}."
            raise Refused("RoleAssignmentExists", message)
    if present is None:
        people.grant(wanted)
    return present or wanted, present is None


def at_scope(people: People, scope: str, *, exactly: bool) -> list[Assignment]:
    """Those in force at a scope, from above too; and, unless `exactly`, those below it."""
    return [
        held
        for held in people.assignments()
        if within(scope, held.scope) or (not exactly and within(held.scope, scope))
    ]


def body_of(people: People, assignment: Assignment) -> Body:
    """What GET shows."""
    principal = people.by_object_id(assignment.principal)
    service = principal is not None and principal.application is not None
    subscription = "/".join(assignment.scope.split("/")[:3])
    return {
        "id": assignment.id,
        "name": assignment.name,
        "type": KIND,
        "properties": {
            "roleDefinitionId": f"{subscription}{_DEFINITIONS}{assignment.role.id}",
            "principalId": assignment.principal,
            "principalType": "ServicePrincipal" if service else "User",
            "scope": assignment.scope,
            "condition": None,
            "conditionVersion": None,
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
    }


def definition(subscription: str, role: Role) -> Body:
    """What a role definition shows; `subscription` is a path."""
    permissions = {
        "actions": list(role.actions),
        "notActions": list(role.not_actions),
        "dataActions": list(role.data_actions),
        "notDataActions": [],
    }
    return {
        "id": f"{subscription}{_DEFINITIONS}{role.id}",
        "name": role.id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": role.name,
            "assignableScopes": ["/"],
            "permissions": [permissions],
        },
    }
