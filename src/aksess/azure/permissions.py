"""What this caller may do, asked beforehand, so that nobody is sent into a five-minute operation that must fail.

The list does not show deny assignments, policies or roles that are only eligible; a right found here can still be
refused, a right not found here is surely missing.
"""

import re
from collections.abc import Iterable
from typing import Any

from aksess.azure.arm import Arm
from aksess.errors import AksessError

API_VERSION = "2022-05-01-preview"


class Permissions:
    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def missing(self, scope: str, actions: Iterable[str]) -> tuple[str, ...] | None:
        """The actions that no role grants at this scope; None when the list cannot be had (then nothing is known)."""
        try:
            path = f"{scope}/providers/Microsoft.Authorization/permissions"
            roles = [role async for role in self._arm.items(path, API_VERSION)]
        except AksessError:
            return None
        return tuple(action for action in actions if not granted(roles, action))


def granted(roles: Iterable[dict[str, Any]], action: str) -> bool:
    """One role must grant the action without itself excluding it (REST reference, Permissions)."""
    return any(_matches(role.get("actions"), action) and not _matches(role.get("notActions"), action) for role in roles)


def _matches(patterns: Iterable[str] | None, action: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) for pattern in patterns or ()
    )
