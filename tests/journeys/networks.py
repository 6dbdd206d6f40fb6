"""Cloud Shell networks on a stage: the words of the commands, and the world's own opinion of what was made."""

from typing import Any

from aksess.session import ClusterName, open_session
from aksess.settings import Settings
from aksess.vnet.model import Part
from aksess_sim.internet.reachability import Reach, reach
from aksess_sim.world.shell_starts import ShellFailed
from journeys.stage import Played, Shell, Stage


async def vnet(shell: Shell, verb: str, cluster: str, *more: str) -> Played:
    return await shell.run("vnet", verb, "-g", "rg-demo", "-n", cluster, *more)


async def applied(shell: Shell, cluster: str, *more: str) -> Any:
    """The data of an apply that worked, with the caller's own shell set."""
    played = await vnet(shell, "apply", cluster, "--yes", "--set-my-shell", "-o", "json", *more)
    assert played.code == 0, played
    return played.data


def health(data: Any) -> dict[str, str]:
    return {one["link"]: one["health"] for one in data["chain"]}


def broken(data: Any) -> list[str]:
    return [one["link"] for one in data["chain"] if one["health"] == "broken"]


def works(on: Stage, cluster: str, person: str = "ada") -> bool:
    """Whether the world itself lets a new shell of this person start, and reach the API server."""
    try:
        caller = on.shell(person).session.caller
    except ShellFailed:
        return False
    properties = on.cluster(cluster).body["properties"]
    host = properties.get("privateFQDN") or properties["fqdn"]
    return caller.network is not None and reach(on.azure.world, caller, host.lower(), 443) is Reach.OPEN


def resources(on: Stage) -> set[str]:
    """The ids of everything that stands in the world, but for records of deployments."""
    on.azure.world.settle()
    return {str(one["id"]).lower() for one in on.azure.world.store.below("/subscriptions")}


def writes(on: Stage, since: int = 0) -> list[str]:
    """What was asked to be changed, in order: method and the end of the path."""
    seen = list(on.azure.journal)[since:]
    changing = [one for one in seen if one.method in ("PUT", "PATCH", "DELETE")]
    return [f"{one.method} {one.path.split('?')[0].rpartition('/providers/')[2]}" for one in changing]


async def parts(shell: Shell, cluster: str) -> dict[Part, str]:
    """Where each part of the plan is, subnets of its own network included."""
    app = shell.app()
    async with open_session(Settings.from_environment(shell.environment), app.console, app.new_clock()) as session:
        found = await session.find(ClusterName(name=cluster, group="rg-demo"))
        plan = await session.networks.plan(found, await session.networks.wishes(found))
    return {**plan.subnets, **{piece.part: piece.id for piece in plan.pieces}}
