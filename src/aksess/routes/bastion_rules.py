"""Which Bastion to go through, and when none may or can be. Pure.

Everything that can be known beforehand is judged here, before anything is opened; what only the data plane knows is
`azure/bastion_refusals.py`'s.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network

from aksess.azure.bastions import Candidate, Search
from aksess.azure.clusters import Cluster
from aksess.azure.resource_ids import group_of, name_of
from aksess.errors import AksessError, RightsMissing, RouteRefused
from aksess.ranges import covered
from aksess.routes.base import Facts, RouteName, Wishes

TUNNELING = ("standard", "premium")
"""The SKUs that have a native client (Azure docs, Bastion configuration settings)."""
SERVING = ("succeeded", "updating")
USD_HOUR = 0.29
"""List price of one Standard Bastion with its two instances, November 2026 (Azure Retail Prices, meter `Standard
Gateway`); its public address and traffic come on top."""
USD_MONTH = USD_HOUR * 730


@dataclass(frozen=True)
class Choice:
    """The Bastion that would be taken, or the error that taking it would be; `why` in words either way."""

    why: str
    candidate: Candidate | None = None
    refusal: AksessError | None = None
    exists: bool = True
    """There is one within reach at all."""
    usd_month: float = 0.0
    """What there would have to be costs."""


def choose_bastion(facts: Facts, wishes: Wishes) -> Choice:
    """Own network before peered, a settled one before one being changed, then by name; never the first listed."""
    if fault := _before_any(facts):
        return Choice(fault.sentence, refusal=fault)
    if (search := facts.bastions) is None:
        return Choice("nobody looked for one: nothing asked for it", exists=False)
    pinned = wishes.via is RouteName.BASTION
    judged = [(one, _refuse(one, facts.cluster, search.fault, pinned=pinned)) for one in search.candidates]
    judged.sort(key=lambda pair: (pair[1] is not None, *_rank(pair[0])))
    if not judged:
        if search.fault is not None:
            return Choice(search.fault.sentence, refusal=search.fault, exists=False)
        none = _none(facts.cluster, search)
        return Choice(none.sentence, refusal=none, exists=False, usd_month=USD_MONTH)
    (best, refusal), others = judged[0], len(judged) - 1
    if refusal is not None:
        also = f" (and {others} more that will not do)" if others else ""
        return Choice(f"{refusal.sentence}{also}", refusal=refusal)
    return Choice(_why(best, others), best)


def _rank(one: Candidate) -> tuple[bool, bool, str, str]:
    bastion = one.bastion
    return (not one.own, bastion.state.lower() != "succeeded", bastion.name.lower(), bastion.id.lower())


def _why(one: Candidate, others: int) -> str:
    bastion = one.bastion
    where = (
        "in the cluster's own network" if one.own else f"in {name_of(bastion.vnet)}, peered with the cluster's network"
    )
    said = [f"`{bastion.name}` in {bastion.group} ({bastion.sku}) stands {where}"]
    if others:
        said.append(f"the best of {others + 1} within reach")
    if bastion.state.lower() != "succeeded":
        said.append(f"it is {bastion.state.lower()}")
    if one.resolves is None:
        said.append("whether that network knows the private name cannot be seen from here")
    return "; ".join(said)


def _before_any(facts: Facts) -> AksessError | None:
    """What no Bastion would change."""
    if facts.kubeconfig_fault is not None:
        return facts.kubeconfig_fault
    if facts.cluster.locked:
        return RouteRefused(
            f"`{facts.cluster.id.name}` is AKS Automatic, or its node group is locked: no Bastion leads there",
            "for single commands: aksess invoke; else from its own network: aksess vnet plan",
            code="bastion-unsupported",
        )
    return None


def _none(cluster: Cluster, search: Search) -> RouteRefused:
    networks = ", ".join(name_of(one) for one in search.networks)
    unseen = f" (subscription {', '.join(search.unseen)} could not be listed)" if search.unseen else ""
    name = networks.partition(",")[0] or "VNET"
    return RouteRefused(
        f"no Azure Bastion that you may see stands in the network of `{cluster.id.name}`"
        f"{f' ({networks})' if networks else ''} or in one peered with it{unseen}",
        f"for single commands: aksess invoke; else deploy one, with a subnet AzureBastionSubnet (/26), for about "
        f"{USD_MONTH:.0f} USD a month: az network bastion create -g {cluster.id.group} -n NAME --vnet-name {name} "
        "--public-ip-address IP --sku Standard --enable-tunneling true; or a network for Cloud Shell: aksess vnet plan",
        code="bastion-none",
    )


def _refuse(one: Candidate, cluster: Cluster, fault: AksessError | None, *, pinned: bool) -> AksessError | None:
    """Why this one will not do, the most lasting reason first. `fault`: why the cluster's network could not be read."""
    return (
        _by_kind(one)
        or _by_place(one, cluster, fault)
        or (_by_name(one, cluster) if cluster.private else _by_address(one, cluster, pinned=pinned))
    )


def _by_kind(one: Candidate) -> AksessError | None:
    bastion = one.bastion
    update = f"az network bastion update -g {bastion.group} -n {bastion.name}"
    if bastion.sku.lower() not in TUNNELING:
        return RouteRefused(
            f"Bastion `{bastion.name}` has the SKU {bastion.sku or 'unknown'}, which has no native client",
            f"it takes Standard or Premium: {update} --sku Standard --enable-tunneling true "
            f"(about {USD_MONTH:.0f} USD a month); it cannot be taken back",
            code="bastion-sku",
        )
    if bastion.state.lower() not in SERVING:
        return RouteRefused(
            f"Bastion `{bastion.name}` is in the state {bastion.state or 'unknown'}",
            f"look at it: az network bastion show -g {bastion.group} -n {bastion.name}",
            code="bastion-state",
        )
    if not bastion.tunnels:
        return RouteRefused(
            f"Bastion `{bastion.name}` has native client support switched off",
            f"ask its owner to switch it on: {update} --enable-tunneling true",
            code="bastion-tunneling",
        )
    return None


def _by_place(one: Candidate, cluster: Cluster, fault: AksessError | None) -> AksessError | None:
    """Traffic passes in its own network, and to a peered one when both halves let it."""
    if one.own:
        return None
    here = name_of(one.bastion.vnet)
    if not one.halves:
        return fault or RouteRefused(
            f"Bastion `{one.bastion.name}` stands in {here or 'a shared network'}, which is not peered with the "
            f"network of `{cluster.id.name}`",
            "peer the two in both directions (az network vnet peering create), or name another Bastion",
            code="bastion-apart",
        )
    bad = next((half for half in one.halves if not half.works), None)
    if bad is None:
        return None
    why = "does not let traffic pass" if bad.state.lower() == "connected" else f"is {bad.state}, not Connected"
    return RouteRefused(
        f"Bastion `{one.bastion.name}` stands in {here}, whose peering with {name_of(one.joined)} {why}",
        "a peering takes both halves, each allowing access: az network vnet peering create, from either network",
        code="bastion-peering",
    )


def _by_name(one: Candidate, cluster: Cluster) -> AksessError | None:
    if one.resolves is not False or cluster.private_zone is None:
        return None
    zone = cluster.private_zone
    return RouteRefused(
        f"the name of `{cluster.id.name}` is private, and {name_of(one.bastion.vnet)}, where Bastion "
        f"`{one.bastion.name}` stands, does not know it: its zone is not linked there",
        f"link it: az network private-dns link vnet create -g {group_of(zone)} -z {name_of(zone)} -n to-bastion "
        f"-v {one.bastion.vnet} -e false",
        code="bastion-dns",
    )


def _by_address(one: Candidate, cluster: Cluster, *, pinned: bool) -> AksessError | None:
    """A Bastion goes to a public API server from its own public address (Azure docs, Bastion to AKS)."""
    if not cluster.ranges:
        return None
    name = one.bastion.name
    if one.address is None:
        # Who asks for it may try; nobody is sent there without being asked.
        return None if pinned and one.bastion.public_address_id else _address_unknown(name)
    if covered(IPv4Network(one.address), cluster.ranges):
        return None
    where = f"-g {cluster.id.group} -n {cluster.id.name}"
    return RouteRefused(
        f"the public address of Bastion `{name}`, {one.address}, is not in the authorized ranges of "
        f"`{cluster.id.name}`",
        f"list it for a while: aksess allow {where} --ip {one.address}; or for good, beside those that are listed: "
        f"az aks update {where} --api-server-authorized-ip-ranges",
        code="bastion-not-listed",
    )


def _address_unknown(name: str) -> RightsMissing:
    return RightsMissing(
        f"the public address of Bastion `{name}` may not be read: whether the authorized ranges admit it is unknown",
        "ask for Reader on its public IP address; or try it all the same: --via bastion",
        code="bastion-address-unknown",
    )
