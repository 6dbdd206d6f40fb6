"""Making, changing and deleting resource groups; deletion takes along what is in them, in whatever order works.

Sources: Resource Groups REST reference; ARM docs delete-resource-group (order; what becomes of a group that cannot be
emptied).
"""

from dataclasses import replace
from typing import Any

from aksess_sim.world.operations import Operation, OperationError
from aksess_sim.world.people import Person
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import kind_of, name_of, within
from aksess_sim.world.resources.catalogue import REGIONS
from aksess_sim.world.state import Group, World
from aksess_sim.world.tags import check_tags

REMOVAL = 30.0
"""World seconds; Azure takes minutes."""


def put(world: World, subscription: str, name: str, sent: dict[str, Any]) -> tuple[Group, bool]:
    """Make a group or change its tags; True when it is new. Raises Refused."""
    location = str(sent.get("location") or "").replace(" ", "").lower()
    if not location:
        raise Refused("LocationRequired", "The location property is required for this definition.")
    if location not in REGIONS:
        message = f"The provided location '{location}' is not available for resource group. List of available regions "
        raise Refused("LocationNotAvailableForResourceGroup", f"{message}is '{','.join(REGIONS)}'.")
    tags = sent.get("tags") or {}
    check_tags(tags)
    group = Group(subscription, name, location, dict(tags))
    known = world.groups.get(group.id.lower())
    if known is None:
        world.add_group(group)
        return group, True
    check_steady(known)
    if known.location != location:
        raise Refused(
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{location}'. The Resource group already exists in location "
            f"'{known.location}'.",
        )
    return tag(world, known, dict(tags)), False


def tag(world: World, group: Group, tags: dict[str, str]) -> Group:
    """The group with other tags. Raises Refused."""
    check_tags(tags)
    changed = replace(group, tags=tags)
    world.add_group(changed)
    return changed


def delete(world: World, group: Group, person: Person) -> Operation:
    """Begin to delete a group and all that is in it.

    Raises Refused when it has clusters: this world makes none, and so deletes none. A group with something that others
    use stays, without all that could be deleted; its operation fails.
    """
    check_steady(group)
    clusters = world.clusters_in(group.id)
    if clusters or group.managed_by:
        message = "This simulated world deletes no clusters, nor the groups of their nodes"
        raise Refused("OperationNotSupported", f"{message}: {', '.join(c.name for c in clusters) or group.name}.")
    world.add_group(replace(group, state="Deleting"))

    def end(operation: Operation) -> None:
        left = [] if operation.status == "Failed" else world.resources.empty(group.id, person)
        if operation.status == "Failed" or left:
            world.add_group(group)
        else:
            _forget(world, group)
        if left:
            operation.status, operation.error = "Failed", _blocked(group, left)

    return world.operations.begin(group.id, "group deletion", REMOVAL, end)


def _forget(world: World, group: Group) -> None:
    del world.groups[group.id.lower()]
    world.deployments.forget(group.id)
    world.people.forget_below(group.id)


def check_steady(group: Group) -> None:
    """A group on its way out takes nothing new. Raises Refused `ResourceGroupBeingDeleted`."""
    if group.state == "Deleting":
        message = f"The resource group '{group.name}' is in deprovisioning state and cannot perform this operation."
        raise Refused("ResourceGroupBeingDeleted", message)


def _blocked(group: Group, left: list[tuple[str, Refused]]) -> OperationError:
    names = ",".join(f"{kind_of(id_)}/{name_of(id_)}" for id_, _ in left if within(id_, group.id))
    details = tuple({"code": refused.code, "message": refused.message, "target": id_} for id_, refused in left)
    return OperationError(
        "ResourceGroupDeletionBlocked",
        f"Deletion of resource group '{group.name}' failed as resources with identifiers '{names}' could not be "
        "deleted. The provisioning state of the resource group will be rolled back. The tracking Id is not known.",
        details,
    )
