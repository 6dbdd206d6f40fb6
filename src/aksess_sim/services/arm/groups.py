"""Resource groups, node resource groups of clusters among them (Resource Groups REST reference)."""

from typing import Any

from aksess_sim.services.arm.exchange import Answer, Asked
from aksess_sim.services.arm.paging import page
from aksess_sim.services.arm.routing import GROUP, SUBSCRIPTION, Route
from aksess_sim.world.resource_ids import within
from aksess_sim.world.state import Group

_READ = "Microsoft.Resources/subscriptions/resourceGroups/read"


def routes() -> list[Route]:
    """Reading groups."""
    return [
        Route("GET", SUBSCRIPTION + "/resourceGroups", _list),
        Route("GET", GROUP, _get, _READ, GROUP),
        Route("HEAD", GROUP, _exists, _READ, GROUP),
    ]


def _list(asked: Asked) -> Answer:
    groups = [g for g in asked.world.groups.values() if within(g.id, asked.subscription) and asked.may(_READ, g.id)]
    return page(asked, [_body(group) for group in groups])


def _get(asked: Asked) -> Answer:
    return Answer(_body(asked.world.groups[asked.group.lower()]))


def _exists(_: Asked) -> Answer:
    return Answer(status=204)


def _body(group: Group) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
        "tags": group.tags,
        "properties": {"provisioningState": "Succeeded"},
    }
    return body | ({"managedBy": group.managed_by} if group.managed_by else {})
