"""Virtual networks with their subnets, and peerings, whose state is made of both halves.

Sources: Virtual Networks and Virtual Network Peerings REST references; Virtual Network docs
virtual-network-manage-peering (states) and virtual-network-peering-overview (overlaps).
"""

from collections.abc import Iterator
from ipaddress import IPv4Network

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of, parent_of
from aksess_sim.world.resources import prefixes
from aksess_sim.world.resources.rules import Attempt, Links, Rules, Surroundings, reference
from aksess_sim.world.resources.store import Store
from aksess_sim.world.resources.subnets import refuse_used, subnet_links, subnet_properties


def _vnet_properties(attempt: Attempt) -> Body:
    """Subnets that a PUT does not mention stay; a list of subnets replaces the one there is, but for those in use.

    Peerings have addresses of their own and never change with their network's PUT (a decision of this world's).
    """
    texts = (attempt.properties.get("addressSpace") or {}).get("addressPrefixes") or []
    space = [prefixes.parsed(text, attempt.id) for text in texts]
    if not space:
        raise Refused("InvalidRequestFormat", f"Virtual network {name_of(attempt.id)} needs an address space.")
    peerings = attempt.known.get("virtualNetworkPeerings") or []
    _check_peers(attempt, space, peerings)
    return attempt.properties | {
        "addressSpace": {"addressPrefixes": texts},
        "subnets": _subnets(attempt, space),
        "virtualNetworkPeerings": peerings,
        "resourceGuid": kinds.stable_guid(attempt.id),
    }


def _subnets(attempt: Attempt, space: list[IPv4Network]) -> list[Body]:
    before: list[Body] = attempt.known.get("subnets") or []
    sent = attempt.properties.get("subnets")
    wanted = before if sent is None else sent
    kept = {str(subnet.get("name", "")).lower() for subnet in wanted}
    for subnet in before:
        if subnet["name"].lower() not in kept:
            refuse_used(attempt.around, subnet)
    done: list[Body] = []
    for subnet in wanted:
        id_ = f"{attempt.id}/subnets/{subnet['name']}"
        known = next((one for one in before if one["id"].lower() == id_.lower()), None)
        properties = subnet_properties(Attempt(id_, subnet, known, attempt.around), space, done)
        done.append(kinds.resource(known["id"] if known else id_, kinds.SUBNET, properties))
    return done


def _check_peers(attempt: Attempt, space: list[IPv4Network], peerings: list[Body]) -> None:
    for peering in peerings:
        remote = attempt.around.store.find(_remote_of(peering))
        if remote and prefixes.overlapping(space, prefixes.of_space(remote)):
            raise _overlap_with_peer(attempt.id, remote["id"], "the virtual network itself")


def _vnet_links(body: Body) -> Links:
    for subnet in (body.get("properties") or {}).get("subnets") or []:
        yield from subnet_links(subnet)


def _keep_vnet(around: Surroundings, vnet: Body) -> None:
    for subnet in vnet["properties"]["subnets"]:
        refuse_used(around, subnet)


def _vnet_gone(store: Store, vnet: Body) -> None:
    for half in vnet["properties"]["virtualNetworkPeerings"]:
        _peering_gone(store, half)


def _peering_properties(attempt: Attempt) -> Body:
    here, there = parent_of(attempt.id), reference(attempt.properties.get("remoteVirtualNetwork"))
    remote = attempt.referenced(attempt.properties.get("remoteVirtualNetwork"), kinds.VNET)
    if there.lower() == here.lower():
        raise Refused("InvalidRequestFormat", f"Virtual network {here} cannot be peered with itself.")
    ours = prefixes.of_space(attempt.parent)
    for half in attempt.parent["properties"]["virtualNetworkPeerings"]:
        if half["id"].lower() != attempt.id.lower():
            _check_beside(attempt, half, remote)
    if prefixes.overlapping(ours, prefixes.of_space(remote)):
        raise Refused(
            "VnetAddressSpacesOverlap",
            f"Cannot create or update peering {attempt.id}. Virtual networks {here} and {there} cannot be peered "
            "because their address spaces overlap.",
        )
    other = _other_half(attempt.around.store, here, there)
    if other and other["properties"]["peeringState"] == "Disconnected":
        raise Refused(
            "RemotePeeringIsDisconnected",
            f"Cannot create or update peering {attempt.id} because remote peering {other['id']} referencing parent "
            f"virtual network {here} is in Disconnected state. Update or re-create the remote peering to get it back "
            "to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted.",
        )
    usual = {"allowVirtualNetworkAccess": True, "allowForwardedTraffic": False}
    usual |= {"allowGatewayTransit": False, "useRemoteGateways": False}
    address_space = remote["properties"]["addressSpace"]
    state = attempt.known.get("peeringState") if attempt.known.get("peeringState") == "Connected" else "Initiated"
    return {
        **usual,
        **attempt.properties,
        "remoteVirtualNetwork": {"id": remote["id"]},
        "remoteAddressSpace": address_space,
        "remoteVirtualNetworkAddressSpace": address_space,
        "peeringState": state,
        "peeringSyncLevel": "FullyInSync" if state == "Connected" else "RemoteNotInSync",
    }


def _check_beside(attempt: Attempt, half: Body, remote: Body) -> None:
    if _remote_of(half).lower() == remote["id"].lower():
        raise Refused(
            "AnotherPeeringAlreadyReferencesRemoteVnet",
            f"Peering {half['id']} already references remote virtual network {remote['id']}. Cannot add another "
            "peering referencing the same remote virtual network.",
        )
    other = attempt.around.store.find(_remote_of(half))
    if other and prefixes.overlapping(prefixes.of_space(other), prefixes.of_space(remote)):
        raise _overlap_with_peer(parent_of(attempt.id), remote["id"], other["id"])


def _overlap_with_peer(vnet: str, remote: str, other: str) -> Refused:
    return Refused(
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
        f"Cannot create or update peering. Virtual networks {vnet} and {remote} cannot be peered because address space "
        f"of the first virtual network overlaps with address space of {other}, already peered with the second.",
    )


def _peering_links(body: Body) -> Links:
    remote = reference((body.get("properties") or {}).get("remoteVirtualNetwork"))
    if remote:
        yield f"{kinds.VNET}/peer/action", remote


def _peering_settled(store: Store, half: Body) -> None:
    """Two halves that are both there are connected; one alone stays Initiated."""
    other = _other_half(store, parent_of(half["id"]), _remote_of(half))
    if other and other["properties"]["provisioningState"] == "Succeeded":
        for one in (half, other):
            one["properties"] |= {"peeringState": "Connected", "peeringSyncLevel": "FullyInSync"}


def _peering_gone(store: Store, half: Body) -> None:
    """What is left of a peering is Disconnected, and stays so until it is written again."""
    other = _other_half(store, parent_of(half["id"]), _remote_of(half))
    if other:
        other["properties"] |= {"peeringState": "Disconnected", "peeringSyncLevel": "RemoteNotInSync"}


def _remote_of(half: Body) -> str:
    return reference(half["properties"]["remoteVirtualNetwork"])


def _other_half(store: Store, here: str, there: str) -> Body | None:
    return next(_halves_towards(store.find(there), here), None)


def _halves_towards(vnet: Body | None, remote: str) -> Iterator[Body]:
    halves = vnet["properties"]["virtualNetworkPeerings"] if vnet else []
    return (half for half in halves if _remote_of(half).lower() == remote.lower())


VNETS = Rules(
    kind=kinds.VNET, properties=_vnet_properties, creation=4, linked=_vnet_links, keep=_keep_vnet, dropped=_vnet_gone
)
PEERINGS = Rules(
    kind=kinds.PEERING,
    properties=_peering_properties,
    place="parent",
    linked=_peering_links,
    settled=_peering_settled,
    dropped=_peering_gone,
)
