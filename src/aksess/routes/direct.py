"""The way that is open already: nothing to open, nothing to close. Always considered first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aksess.routes.base import Endpoint, Facts, RouteName, Verdict, Wishes

POSTURE = "unchanged: nothing is opened"


class Direct:
    name = RouteName.DIRECT

    def judge(self, facts: Facts, wishes: Wishes) -> Verdict:
        if facts.kubeconfig_fault is not None:
            fault = facts.kubeconfig_fault
            return Verdict(self.name, False, fault.sentence, POSTURE, refusal=fault)
        if wishes.lock_down and not facts.cluster.ranges and not facts.cluster.private:
            return Verdict(self.name, False, "it would leave the API server open, and --lock-down was asked", POSTURE)
        if facts.proof is not None and facts.proof.open:
            how = (
                "open to the whole internet" if not facts.cluster.ranges and not facts.cluster.private else "reachable"
            )
            return Verdict(self.name, True, f"the API server answers from here ({how})", POSTURE, facts.proof.seconds)
        if facts.proof is None:
            return Verdict(self.name, False, f"{facts.egress} is not in the authorized ranges", POSTURE)
        return Verdict(self.name, False, f"the API server does not answer from here: {facts.proof.fault}", POSTURE)

    @asynccontextmanager
    async def open(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Endpoint]:
        del wishes
        if facts.proof is None or facts.kubeconfig is None:
            raise ValueError("the direct route was chosen without a proof")
        yield Endpoint(self.name, facts.kubeconfig, facts.proof)
