"""From what a person types to one cluster: `-g`, `-n`, an id or a bare name, over the subscriptions they can see."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from aksess.azure.arm import Arm
from aksess.azure.clusters import Clusters, id_of
from aksess.azure.ids import ClusterId, check_group, check_name
from aksess.errors import ClusterUnknown, RightsMissing
from aksess.tasks import owned_tasks

API_VERSION = "2022-12-01"


async def find_cluster(
    arm: Arm, *, group: str | None, name: str, subscription: str | None, environment: Mapping[str, str]
) -> ClusterId:
    """The one cluster meant. Errors: BadInput for impossible names, ClusterUnknown for none or several."""
    check_name(name)
    candidates = [subscription] if subscription else await _subscriptions(arm, environment)
    if group and len(candidates) == 1:
        return ClusterId(candidates[0], check_group(group), name)
    async with owned_tasks() as tasks:
        searches = [tasks.create_task(_named(arm, one, group, name)) for one in candidates]
    found = [cluster for search in searches for cluster in search.result()]
    if len(found) == 1:
        return found[0]
    place = f"in resource group `{group}`" if group else "anywhere you can see"
    if not found:
        raise ClusterUnknown(f"there is no cluster `{name}` {place}", "list them: az aks list -o table")
    listed = "; ".join(f"-g {one.group} --subscription {one.subscription}" for one in found)
    raise ClusterUnknown(
        f"there are {len(found)} clusters named `{name}`", f"say which: {listed}", code="cluster-ambiguous"
    )


async def _subscriptions(arm: Arm, environment: Mapping[str, str]) -> Sequence[str]:
    if default := default_of_az(environment):
        return [default]
    found = [item["subscriptionId"] async for item in arm.items("/subscriptions", API_VERSION)]
    if not found:
        raise ClusterUnknown(
            "you can see no subscription at all", "ask for Reader on one; then sign in again (`az login`)"
        )
    return found


async def _named(arm: Arm, subscription: str, group: str | None, name: str) -> list[ClusterId]:
    try:
        everything = [id_of(body) async for body in Clusters(arm).in_subscription(subscription)]
    except RightsMissing:
        # A subscription one may not list has nothing one could open; another may hold the cluster.
        return []
    return [
        one
        for one in everything
        if one.name.lower() == name.lower() and (group is None or one.group.lower() == group.lower())
    ]


def default_of_az(environment: Mapping[str, str]) -> str | None:
    """The subscription `az account set` chose, from az's own profile file; None when there is no such choice."""
    home = environment.get("HOME", "")
    folder = environment.get("AZURE_CONFIG_DIR") or (f"{home}/.azure" if home else "")
    try:
        profile = json.loads(Path(folder, "azureProfile.json").read_text(encoding="utf-8-sig"))
        chosen = [one["id"] for one in profile["subscriptions"] if one.get("isDefault")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return str(chosen[0]) if chosen else None
