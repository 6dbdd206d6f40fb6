"""The article's third way as a route: this very shell stands in a network that reaches the API server.

There is nothing to open: the way is there, as for `direct`, or it is not. What makes it is `aksess vnet`; here it is
only told whether one stands in it, and what is missing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Network

from aksess.azure.resource_ids import name_of
from aksess.errors import AksessError, RouteRefused
from aksess.routes.base import Endpoint, Facts, RouteName, Verdict, Wishes

POSTURE = "unchanged: the network is there for as long as somebody keeps it"


class ShellNetwork:
    name = RouteName.VNET

    def judge(self, facts: Facts, wishes: Wishes) -> Verdict:
        if wishes.lock_down and not facts.cluster.ranges and not facts.cluster.private:
            why = "it would leave the API server open, and --lock-down was asked"
            return Verdict(self.name, False, why, POSTURE, exists=False)
        if where := standpoint(facts):
            taken = facts.proof.seconds if facts.proof else None
            return Verdict(self.name, True, f"this shell stands {where}, and the API server answers", POSTURE, taken)
        fault = refusal(facts)
        exists = facts.shell_network is not None
        return Verdict(self.name, False, fault.sentence, POSTURE, refusal=fault, exists=exists)

    @asynccontextmanager
    async def open(self, facts: Facts, wishes: Wishes) -> AsyncIterator[Endpoint]:
        del wishes
        if not standpoint(facts):
            raise refusal(facts)
        if facts.proof is None or facts.kubeconfig is None:
            raise ValueError("the route was chosen without a proof")
        yield Endpoint(self.name, facts.kubeconfig, facts.proof)


def standpoint(facts: Facts) -> str:
    """Where this shell stands, as far as it shows; empty when it shows nothing. A private API server answers inside
    only; at a public one, the address one is seen from tells."""
    if facts.proof is None or not facts.proof.open:
        return ""
    network = facts.shell_network
    if network is not None and facts.egress is not None and IPv4Network(facts.egress) in network.entries:
        return f"in `{name_of(network.network)}`, seen as {facts.egress}"
    return "in a network that reaches it privately" if facts.cluster.private else ""


def refusal(facts: Facts) -> AksessError:
    """What is missing, and the command for it."""
    if facts.kubeconfig_fault is not None:
        return facts.kubeconfig_fault
    cluster = f"-g {facts.cluster.id.group} -n {facts.cluster.id.name}"
    if facts.shell_network is None:
        return RouteRefused(
            f"no Cloud Shell network was applied for `{facts.cluster.id.name}`",
            f"see what it would be and cost: aksess vnet plan {cluster}",
            code="no-shell-network",
        )
    name = name_of(facts.shell_network.network)
    return RouteRefused(
        f"this shell does not stand in `{name}`, or the way from there is broken",
        f"look at each link: aksess vnet status {cluster}; when all is well, open a new Cloud Shell",
        code="outside-network",
    )
