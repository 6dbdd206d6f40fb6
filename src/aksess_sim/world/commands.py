"""Commands that Azure runs inside a cluster (Command Invoke): what is refused, when a pod starts, what is kept of it.

Whoever runs pods takes commands from `next` and tells their end; here nothing is executed. Sources: AKS docs
access-private-cluster (60 s to be scheduled, 512 kB of output), azure-cli#27776 (30 s to start; the request that
submits a command waits that long and brings the refusal), #28572 (states and shapes).
"""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from aksess_sim.world.clock import WorldClock
from aksess_sim.world.clusters import Cluster
from aksess_sim.world.people import Person
from aksess_sim.world.refusals import Refused

SCHEDULED_WITHIN = 60.0
STARTED_WITHIN = 30.0
"""World seconds."""
LARGEST_OUTPUT = 512 * 1024
"""Bytes. Which end is kept is not documented; here the beginning, as `kubectl logs --limit-bytes` does."""


@dataclass(frozen=True)
class Order:
    """What somebody wants to have run: a shell's text, files by their path, a token for the API server."""

    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    """Only looked at where people sign in with Entra ID: the command is then theirs, not an administrator's."""


@dataclass
class Command:
    """One command whose pod has started; its id is what the person sees."""

    id: str
    cluster: Cluster
    person: Person
    order: Order
    started: datetime
    state: Literal["Running", "Succeeded", "Failed"] = "Running"
    """Succeeded means that it ran to its end, whatever its exit code."""
    finished: datetime | None = None
    exit_code: int | None = None
    logs: str | None = None
    """Both of its output streams, in the order they were written."""
    reason: str | None = None
    """Why it failed."""

    @property
    def token(self) -> str:
        """What proves to the API server who runs it."""
        return self.order.token if self.cluster.entra else self.cluster.token_secret


class Commands:
    """The commands of every cluster; their results stay as long as the world."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._by_id: dict[str, Command] = {}
        self._started: asyncio.Queue[Command] = asyncio.Queue()

    async def submit(self, cluster: Cluster, order: Order, person: Person) -> Command:
        """The command once its pod has started, which takes world seconds.

        Raises Refused: at once for what can be seen at once, later when no pod comes to run.
        """
        _check(cluster, order)
        name = uuid.uuid4().hex
        await self._come_up(cluster, f"command-{name}")
        command = Command(name, cluster, person, order, self._clock.now())
        self._by_id[name] = command
        if cluster.command_pod.fails:
            self.fail(command, cluster.command_pod.fails)
        else:
            self._started.put_nowait(command)
        return command

    async def next(self) -> Command:
        """The next command that waits to be carried out."""
        return await self._started.get()

    def find(self, cluster: Cluster, command_id: str) -> Command | None:
        """A cluster's command by its id."""
        found = self._by_id.get(command_id.lower())
        return found if found and found.cluster is cluster else None

    def finish(self, command: Command, exit_code: int, output: bytes) -> None:
        """It ran to its end; of its output the beginning is kept."""
        self._end(command, "Succeeded")
        command.exit_code = exit_code
        command.logs = output[:LARGEST_OUTPUT].decode(errors="replace")

    def fail(self, command: Command, reason: str) -> None:
        """It did not run to its end; what it wrote is lost."""
        self._end(command, "Failed")
        command.reason = reason

    def _end(self, command: Command, state: Literal["Succeeded", "Failed"]) -> None:
        command.state = state
        command.finished = self._clock.now()

    async def _come_up(self, cluster: Cluster, pod: str) -> None:
        """Let the time pass until the pod's container runs."""
        plan = cluster.command_pod
        if plan.denied is not None:
            raise Refused("KubernetesOperationError", f"{_KUBERNETES_FAILURE} details: {plan.denied}")
        schedulable = any(node.ready for node in cluster.nodes())
        if not schedulable or plan.schedule > SCHEDULED_WITHIN:
            await self._clock.sleep(SCHEDULED_WITHIN)
            raise Refused("KubernetesPerformanceError", _NOT_SCHEDULED)
        await self._clock.sleep(plan.schedule + min(plan.start, STARTED_WITHIN))
        if plan.start > STARTED_WITHIN:
            raise Refused("KubernetesPerformanceError", _NOT_STARTED.format(pod=pod))


def _check(cluster: Cluster, order: Order) -> None:
    if not cluster.runs_commands:
        # Azure's own words are not documented.
        raise Refused(
            "BadRequest", "Run command is disabled on this cluster (apiServerAccessProfile.disableRunCommand)."
        )
    if not cluster.running:
        # Worded as the refusal of another action on a stopped cluster is (azure-docs#85161).
        state = "managed cluster is in Provisioning State(Succeeded) and Power State(Stopped)"
        raise Refused("BadRequest", f"{state}, running command cannot be performed")
    if not order.text.strip():
        raise Refused("InvalidParameter", "The value of parameter command is invalid: it must not be empty.")
    if cluster.entra and not order.token:
        # azure-rest-api-specs#22480
        message = "This cluster have Azure Active Directory enabled, .clusterToken is required."
        raise Refused("MissingAADClusterToken", message)


_KUBERNETES_FAILURE = "Failed to run command in managed cluster due to kubernetes failure."
"""aks-baseline-automation#37"""
_NOT_SCHEDULED = (
    "Pod is not schedulable: Insufficient resources for the RunCommand pod. "
    "Consider adjusting AutoScaler settings or manually scaling the cluster."
)
_NOT_STARTED = (
    "Failed to run command due to cluster perf issue, container {pod} in aks-command namespace did not start within "
    "30s on your cluster, retry may helps. If issue persist, you may need to tune your cluster with better performance "
    "(larger node/paid tier)."
)
"""azure-cli#27776"""
