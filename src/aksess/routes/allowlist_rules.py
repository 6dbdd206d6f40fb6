"""When an address may be leased a place, which address, and what a lock-down lists beside it. Pure (S1, S2)."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from aksess.azure.clusters import CREDENTIAL_ACTION, WRITE_ACTION
from aksess.azure.deployments import WRITE_ACTION as LEDGER_ACTION
from aksess.azure.networks import NodeEgress
from aksess.azure.refusals import missing_right
from aksess.errors import AksessError, LedgerRefused, RouteRefused
from aksess.kube.kubeconfig import Kubeconfig
from aksess.routes.base import Facts, Wishes

ACTIONS = (WRITE_ACTION, CREDENTIAL_ACTION, LEDGER_ACTION)


def refuse(facts: Facts, wishes: Wishes, ledger: str) -> AksessError | None:
    """Why this way must not or cannot be opened, or None. Pure."""
    cluster = facts.cluster
    if cluster.private:
        return RouteRefused(
            f"`{cluster.id.name}` is private: authorized ranges do not exist there",
            "for single commands: aksess invoke; else through an Azure Bastion, or from its network: aksess vnet plan",
            code="cluster-private",
        )
    if facts.kubeconfig_fault is not None:
        return facts.kubeconfig_fault
    if lacking := facts.lacking(ACTIONS):
        return _rights(lacking, ledger)
    if not cluster.ranges:
        return _open_to_all(facts, wishes)
    if wishes.address is None and facts.egress is None:
        return facts.egress_fault
    return None


def _rights(missing: Sequence[tuple[str, str]], ledger: str) -> AksessError:
    action, scope = missing[0]
    right = missing_right(action, scope)
    if ledger == "deployments" and all("/deployments/" in one for one, _ in missing):
        return LedgerRefused(
            f"the lease could not be recorded: {right.sentence}",
            "ask for that right, or keep the lease on this machine only: --ledger local",
        )
    return right


def _open_to_all(facts: Facts, wishes: Wishes) -> AksessError | None:
    name = facts.cluster.id.name
    if not wishes.lock_down:
        return RouteRefused(
            f"`{name}` is open to the whole internet: a first entry would shut everybody else out, perhaps its nodes",
            "connect directly; or close it for good with --lock-down, which first shows who would be shut out",
            code="cluster-open",
        )
    nodes = facts.node_egress
    if nodes is None or not (nodes.automatic or nodes.certain):
        return RouteRefused(
            f"`{name}` cannot be locked down safely: where its nodes leave ({_kind(nodes)}) is not known for sure",
            "list the nodes' addresses first: az aks update --api-server-authorized-ip-ranges",
            code="node-egress-unknown",
        )
    return None if facts.egress or wishes.address else facts.egress_fault


def _kind(nodes: NodeEgress | None) -> str:
    return nodes.kind if nodes else "unknown"


def address_of(facts: Facts, wishes: Wishes) -> IPv4Network:
    """What the lease will list: the range named by the caller, else the egress address."""
    if wishes.address is not None:
        return wishes.address
    if facts.egress is None:
        raise ValueError("a lease without an address")
    return IPv4Network(facts.egress)


def kubeconfig_of(facts: Facts) -> Kubeconfig:
    """What a lease is worth nothing without."""
    if facts.kubeconfig is None:
        raise ValueError("a lease without a kubeconfig")
    return facts.kubeconfig


def lock_down_entries(facts: Facts, wishes: Wishes) -> tuple[str, ...] | None:
    """The nodes' own addresses, which stay listed; None unless an open server is to be locked down."""
    if not wishes.lock_down or facts.cluster.ranges or facts.node_egress is None:
        return None
    if facts.node_egress.automatic:
        return ()
    return tuple(f"{address}/32" for address in facts.node_egress.addresses)
