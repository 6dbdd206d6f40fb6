"""What the caller may do at a group or resource: one item for each role in force (Permissions REST reference)."""

from typing import Any

from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, Route
from aksess_sim.world.people import Role

_RESOURCE = GROUP + "/providers/{resource*}"
_PERMISSIONS = "/providers/Microsoft.Authorization/permissions"
_READ = "Microsoft.Authorization/permissions/read"


def routes() -> list[Route]:
    """Group and resource scope; ARM has no list at subscription scope."""
    return [
        Route("GET", GROUP + _PERMISSIONS, _list, _READ, GROUP),
        Route("GET", _RESOURCE + _PERMISSIONS, _list, _READ, _RESOURCE),
    ]


def _list(asked: Asked) -> Answer:
    scope = asked.path[: -len(_PERMISSIONS)]
    return page(asked, [_body(role) for role in asked.world.people.roles_at(asked.person, scope)])


def _body(role: Role) -> dict[str, Any]:
    return {
        "actions": list(role.actions),
        "notActions": list(role.not_actions),
        "dataActions": list(role.data_actions),
        "notDataActions": [],
    }
