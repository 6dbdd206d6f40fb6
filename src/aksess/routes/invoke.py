"""The article's second way, done right: the command runs in a pod of the cluster; nothing is opened, nothing to close.

When it may be taken is `invoke_rules.py`'s, what its output means `invoke_output.py`'s.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aksess.attachments.parcel import Parcel
from aksess.azure.command_refusals import failed
from aksess.azure.commands import CommandResult, Commands, is_id
from aksess.azure.credentials import Credentials
from aksess.azure.ids import ClusterId
from aksess.clock import Clock
from aksess.errors import BadInput, NotFound
from aksess.progress import Progress
from aksess.routes.base import Facts, RouteName, Runner, Verdict, Wishes
from aksess.routes.invoke_rules import refuse
from aksess.settings import AKS_AUDIENCE, Secret

POSTURE = "unchanged: Azure runs the command in a pod of the cluster"
USUAL_SECONDS = 10.0
TOLD_EVERY = 15.0
"""Seconds between two words to whoever waits."""


@dataclass(frozen=True)
class Invoke:
    """The route of single commands."""

    commands: Commands
    credentials: Credentials
    clock: Clock
    progress: Progress
    name: RouteName = RouteName.INVOKE

    def judge(self, facts: Facts, wishes: Wishes) -> Verdict:
        refusal = refuse(facts, wishes)
        if refusal is not None:
            return Verdict(self.name, False, refusal.sentence, POSTURE, refusal=refusal)
        return Verdict(self.name, True, "Azure can run the command inside the cluster", POSTURE, USUAL_SECONDS)

    @asynccontextmanager
    async def open(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Runner]:
        if refusal := refuse(facts, wishes):
            raise refusal
        # As az does it: only an Entra cluster wants to know whose command it is.
        token = (await self.credentials.token(AKS_AUDIENCE)).secret if facts.cluster.entra else None
        yield self.runner(facts.cluster.id, token)

    def runner(self, cluster: ClusterId, token: Secret | None = None) -> "Pods":
        """Also without a token: to follow a command that runs already."""
        return Pods(self.commands, cluster, self.clock, self.progress, token)


@dataclass(frozen=True)
class Pods:
    """Runs commands in one cluster, each in a pod of its own."""

    commands: Commands
    cluster: ClusterId
    clock: Clock
    progress: Progress
    token: Secret | None = field(default=None, repr=False)
    route: RouteName = RouteName.INVOKE

    async def begin(self, parcel: Parcel) -> CommandResult:
        self.progress.stage(f"starting a pod in {self.cluster.name}", usually=USUAL_SECONDS)
        try:
            return await self.commands.begin(self.cluster, parcel.line, parcel.context, self.token)
        except asyncio.CancelledError:
            self.progress.note("the command may have been sent, and then it runs on; it cannot be called back")
            raise

    async def look(self, id: str) -> CommandResult:  # noqa: A002 - Azure's own word
        """Errors: BadInput for an id that Azure does not know, or no longer."""
        if is_id(id):
            with suppress(NotFound):
                return await self.commands.look(self.cluster, id)
        raise BadInput(
            f"there is no command `{id}` on `{self.cluster.name}`, or no longer",
            "check the id, and the cluster it ran in",
            code="command-unknown",
        )

    def later(self, id: str) -> str:  # noqa: A002 - Azure's own word
        return f"aksess invoke result {id} -g {self.cluster.group} -n {self.cluster.name} --wait"

    async def finish(self, begun: CommandResult) -> CommandResult:
        if begun.running:
            self.progress.stage(f"running as command {begun.id}")
        began = told = self.clock.monotonic()
        seen = begun
        async for seen in self.commands.follow(self.cluster, begun):
            now = self.clock.monotonic()
            if not seen.ended and now - told >= TOLD_EVERY:
                told = now
                self.progress.stage(f"still running after {now - began:.0f} s")
        if seen.state != "succeeded":
            raise failed(self.cluster.name, seen.reason)
        return seen
