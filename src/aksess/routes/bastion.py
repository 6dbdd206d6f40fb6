"""The article's fourth way, done right: a tunnel through an Azure Bastion, a connection of its own for each kubectl.

Nothing changes on the cluster. Which Bastion, and when none may be taken, is `bastion_rules.py`'s; the bytes are
`tunnels/`'s, the tokens `azure/bastion_tokens.py`'s.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aksess.azure.bastion_exchange import DataPlane, websocket_address
from aksess.azure.bastion_refusals import not_proven_step, websocket_refused
from aksess.azure.bastion_tokens import BastionTokens, bastion_tokens
from aksess.clock import Clock
from aksess.errors import AksessError, AzureBusy, AzureRefused, AzureUnreachable, NotProven
from aksess.kube.kubeconfig import Kubeconfig
from aksess.kube.probe import Probe, Proof, Reach
from aksess.progress import Progress
from aksess.routes.base import Endpoint, Facts, RouteName, Verdict, Wishes
from aksess.routes.bastion_rules import choose_bastion
from aksess.tunnels.far_end import FarEnd
from aksess.wire import Wire

if TYPE_CHECKING:
    from aksess.tunnels.tunnel import Tunnel

POSTURE = "unchanged: the way leads through a Bastion, to whoever Azure knows"
USUAL_SECONDS = 2.0
PROOF_SECONDS = 20.0
"""A Bastion that has just been restarted, or whose host is new, may take a moment; more than that means no."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 4.0
"""Seconds between attempts, growing: each takes an exchange of tokens."""


@dataclass(frozen=True)
class ThroughBastion:
    """The route of tunnels."""

    plane: DataPlane
    wire: Wire
    clock: Clock
    progress: Progress
    name: RouteName = RouteName.BASTION

    def judge(self, facts: Facts, wishes: Wishes) -> Verdict:
        choice = choose_bastion(facts, wishes)
        if choice.candidate is not None:
            return Verdict(self.name, True, choice.why, POSTURE, USUAL_SECONDS)
        return Verdict(
            self.name,
            False,
            choice.why,
            POSTURE,
            usd_month=choice.usd_month,
            refusal=choice.refusal,
            exists=choice.exists,
        )

    @asynccontextmanager
    async def open(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Endpoint]:
        choice = choose_bastion(facts, wishes)
        if choice.refusal is not None:
            raise choice.refusal
        if choice.candidate is None or facts.kubeconfig is None:
            raise ValueError("a tunnel without a Bastion")
        # Its websocket library takes a tenth of the start-up, which no other route needs.
        from aksess.tunnels.tunnel import open_tunnel

        bastion = choice.candidate.bastion
        self.progress.note(choice.why)
        self.progress.stage(f"opening a tunnel through {bastion.name}", usually=USUAL_SECONDS)
        async with (
            bastion_tokens(self.plane, bastion, str(facts.cluster.id), self.progress) as tokens,
            open_tunnel(
                BastionPermits(tokens),
                self.wire.trust,
                self.wire.proxy_for,
                self.clock,
                self.progress,
                port=wishes.port,
            ) as tunnel,
        ):
            kubeconfig = facts.kubeconfig.through(tunnel.port)
            yield Endpoint(self.name, kubeconfig, await self._proven(kubeconfig, tunnel, bastion.name))

    async def _proven(self, kubeconfig: Kubeconfig, tunnel: "Tunnel", bastion: str) -> Proof:
        """Errors: what the Bastion has against it, NotProven."""
        probe, began, wait = Probe(kubeconfig, self.wire, self.clock), self.clock.monotonic(), FIRST_WAIT
        try:
            while True:
                proof = await probe.once()
                took = self.clock.monotonic() - began
                if proof.open:
                    return Proof(Reach.OPEN, took, proof.status)
                self._give_up(proof, tunnel.last_fault, bastion, took)
                await self.clock.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
        finally:
            await probe.aclose()

    def _give_up(self, proof: Proof, fault: AksessError | None, bastion: str, took: float) -> None:
        """At once for what will not pass, after a while for what may."""
        if isinstance(fault, AzureRefused) and fault.status:
            fault = websocket_refused(bastion, fault)
        if proof.reach is Reach.STRANGER:
            raise NotProven(
                f"what answers through Bastion `{bastion}` is not this cluster's API server: {proof.fault}",
                "do not go on through it; compare the certificate authority: az aks get-credentials -f -",
            )
        passing = fault is None or isinstance(fault, AzureBusy | AzureUnreachable)
        if passing and took < PROOF_SECONDS:
            return
        if fault is not None and fault.code != "tunnel-lost":
            raise fault
        words = fault.sentence if fault else proof.fault
        raise NotProven(
            f"the API server does not answer through Bastion `{bastion}`: {words}", not_proven_step(bastion)
        ) from fault


@dataclass(frozen=True)
class BastionPermits:
    """Far ends for a tunnel: each connection's own exchange."""

    tokens: BastionTokens

    @asynccontextmanager
    async def permit(self) -> AsyncIterator[FarEnd]:
        async with self.tokens.granted() as grant:
            yield FarEnd(websocket_address(self.tokens.bastion, grant), {})
