"""Command Invoke: runCommand and commandResults of a cluster (REST reference, Managed Clusters - Run Command and
Get Command Result; answers as azure-cli#28572 shows them)."""

from datetime import datetime
from typing import Any

from aksess_sim.services.arm.attachments import unpacked
from aksess_sim.services.arm.clusters import CLUSTER, KIND, cluster_asked
from aksess_sim.services.arm.exchange import HOST, Answer, Asked
from aksess_sim.services.arm.json_bodies import strict
from aksess_sim.services.arm.routing import Route
from aksess_sim.world.clock import iso
from aksess_sim.world.commands import Command, Order
from aksess_sim.world.quotas import Quota
from aksess_sim.world.refusals import Refused

LARGEST_REQUEST = 1_572_864
"""Bytes of the whole body. Azure does not document its limit; this is what etcd, where attachments end up, takes."""
_RESULT = CLUSTER + "/commandResults/{command}"


def routes() -> list[Route]:
    """To run and to read are separate rights (AKS docs access-private-cluster)."""
    action = f"{KIND}/runcommand/action"
    return [
        Route("POST", f"{CLUSTER}/runCommand", _run, action, CLUSTER, bare=True, reads=_limited),
        Route("GET", _RESULT, _result, f"{KIND}/commandResults/read", CLUSTER, bare=True),
    ]


async def _run(asked: Asked) -> Answer:
    """Answers when the pod has started, or could not."""
    cluster = cluster_asked(asked)
    asked.world.quotas.spend(Quota.CLUSTER_OTHER, asked.subscription)
    order = Order(
        _text(asked.body, "command"), unpacked(_text(asked.body, "context")), _text(asked.body, "clusterToken")
    )
    return _shown(asked, await asked.world.commands.submit(cluster, order, asked.person))


def _result(asked: Asked) -> Answer:
    cluster = cluster_asked(asked)
    asked.world.quotas.spend(Quota.CLUSTER_OTHER, asked.subscription)
    command = asked.world.commands.find(cluster, asked.names["command"])
    if command is None:
        raise Refused("NotFound", f"Command {asked.names['command']} could not be found.")
    answer = _shown(asked, command)
    return answer if command.state == "Running" else Answer(answer.body)


def _shown(asked: Asked, command: Command) -> Answer:
    """202 with a body: az reads the state there, never from the status, and breaks on an empty one."""
    address = f"{HOST}{command.cluster.id}/commandResults/{command.id}?api-version={asked.query['api-version']}"
    return Answer({"id": command.id, "properties": _properties(command)}, 202, {"Location": address})


def _properties(command: Command) -> dict[str, Any]:
    properties = {
        "provisioningState": command.state,
        "exitCode": command.exit_code,
        "startedAt": _to_the_second(command.started),
        "finishedAt": _to_the_second(command.finished),
        "logs": command.logs,
        "reason": command.reason,
    }
    return {name: value for name, value in properties.items() if value is not None}


def _to_the_second(moment: datetime | None) -> str | None:
    return iso(moment.replace(microsecond=0)) if moment else None


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise Refused("InvalidParameter", f"The value of parameter {key} is invalid: it must be text.")
    return value or ""


def _limited(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST_REQUEST:
        raise Refused("RequestEntityTooLarge", "Request Entity Too Large")
    return strict(content)
