"""Where the shells will stand: which network, in which region, on which addresses. Pure.

A network that is named is used as it is: what it lacks is put into it. Otherwise it is one of our own in the cluster's
resource group, on a space that is free beside the cluster's network, its pods and services, and everything that
network is peered with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from aksess.azure.network_bodies import SUBNET
from aksess.azure.resource_ids import group_path_of, name_of, names_of, resource_id, same
from aksess.errors import BadInput, RouteRefused
from aksess.vnet.adoption import Found, recognise
from aksess.vnet.model import Names, Part, Wishes, stem_of
from aksess.vnet.regions import plain
from aksess.vnet.spaces import Cut, check_fit, check_size, cut, free_block, overlap, room_within
from aksess.vnet.survey import Network, Survey, networks, own_network_id


@dataclass(frozen=True)
class Ground:
    """`block` is None when a named network has all its subnets already."""

    network: str
    ours: bool
    location: str
    names: Names
    found: Found
    block: IPv4Network | None
    prefixes: dict[Part, IPv4Network]
    subnets: dict[Part, str]


def choose_ground(survey: Survey, wishes: Wishes) -> Ground:
    """Errors: BadInput and RouteRefused, one code for each reason."""
    return _named(survey, wishes) if wishes.network else _own(survey, wishes)


def taken(survey: Survey, besides: str = "") -> Iterator[tuple[str, IPv4Network]]:
    """What must not be overlapped, with what it is; `besides` is the id of the network that may overlap itself."""
    profile = survey.cluster.network
    for what, one, several in (("pods", "podCidr", "podCidrs"), ("services", "serviceCidr", "serviceCidrs")):
        spaces = networks([*filter(None, [profile.get(one)]), *(profile.get(several) or ())])
        yield from ((f"the cluster's {what}", space) for space in dict.fromkeys(spaces))
    near = [one for one in (survey.cluster_network, *survey.neighbours) if one and not same(one.id, besides)]
    for network in near:
        yield from ((f"the network `{network.name}`", space) for space in network.spaces)
    for network in filter(None, (survey.cluster_network, survey.shell_network)):
        for peering in network.peerings:
            if not same(peering.remote, besides):
                who = f"`{name_of(peering.remote)}`, peered with `{network.name}`"
                yield from ((who, space) for space in peering.remote_spaces)


def _own(survey: Survey, wishes: Wishes) -> Ground:
    cluster = survey.cluster
    stem = stem_of(cluster.id)
    network = own_network_id(cluster, Names(stem).network)
    standing = survey.shell_network if survey.shell_network and same(survey.shell_network.id, network) else None
    location = plain(wishes.location or (standing.location if standing else "") or cluster.location)
    if standing and plain(standing.location) != location:
        raise _other_region(standing, location)
    names = Names(stem, location)
    made = cut(_own_block(survey, wishes, network, standing))
    subnets = {part: _subnet_id(network, name) for part, name in _subnet_names(names).items()}
    found = recognise(survey, standing, names) if standing else Found()
    return Ground(network, True, location, names, found, made.block, _prefixes(made), subnets)


def _own_block(survey: Survey, wishes: Wishes, network: str, standing: Network | None) -> IPv4Network:
    wished = wishes.address_space
    if standing and standing.spaces:
        if wished and wished not in standing.spaces:
            raise BadInput(
                f"`{standing.name}` stands already, on {standing.spaces[0]}; it cannot move to {wished}",
                "leave --address-space out, or take it away first: aksess vnet remove",
                code="space-differs",
            )
        return wished or standing.spaces[0]
    others = list(taken(survey, network))
    if wished is None:
        found = free_block(space for _, space in others)
        if found is None:
            raise RouteRefused(
                "no private address space is free beside the cluster's network and its peerings",
                "name one with --address-space, or a network of yours with --vnet",
                code="space-full",
            )
        return found
    check_size(wished)
    check_fit(wished)
    if hit := overlap(wished, others):
        raise _overlaps(wished, hit)
    return wished


def _named(survey: Survey, wishes: Wishes) -> Ground:
    network = survey.shell_network
    if network is None or not same(network.id, wishes.network):
        raise BadInput(
            f"there is no virtual network `{name_of(wishes.network or '')}`, or you may not see it",
            "list what you can see: az network vnet list -o table",
            code="network-unknown",
        )
    if same(group_path_of(network.id), survey.cluster.node_group_path):
        raise RouteRefused(
            f"`{network.name}` belongs to AKS, which keeps the group it is in; it is not yours to change",
            "name a network of your own with --vnet, or leave it out",
            code="network-of-aks",
        )
    if wishes.location and plain(wishes.location) != plain(network.location):
        raise _other_region(network, plain(wishes.location))
    _check_beside_cluster(survey, network)
    names = Names(stem_of(survey.cluster.id, network.id), plain(network.location))
    found = recognise(survey, network, names)
    there = {Part.SHELL_SUBNET: found.shell, Part.RELAY_SUBNET: found.relay_subnet, Part.STORAGE_SUBNET: found.storage}
    standing = {part: one for part, one in there.items() if one is not None and one.prefixes}
    missing = [part for part in (Part.SHELL_SUBNET, Part.RELAY_SUBNET) if part not in standing]
    made = cut(_room(wishes, network)) if missing else None
    if Part.SHELL_SUBNET in missing and Part.STORAGE_SUBNET not in standing:
        missing.append(Part.STORAGE_SUBNET)
    prefixes = {part: one.prefixes[0] for part, one in standing.items()}
    subnets = {part: one.id for part, one in standing.items()}
    for part in missing if made else ():
        prefixes[part] = _prefixes(made)[part] if made else prefixes[part]
        subnets[part] = _subnet_id(network.id, _subnet_names(names)[part])
    return Ground(
        network.id, False, plain(network.location), names, found, made.block if made else None, prefixes, subnets
    )


def _room(wishes: Wishes, network: Network) -> IPv4Network:
    used = [(f"the subnet `{one.name}`", space) for one in network.subnets for space in one.prefixes]
    wished = wishes.address_space
    if wished is None:
        found = room_within(network.spaces, (space for _, space in used))
        if found is None:
            raise RouteRefused(
                f"`{network.name}` has no room for the subnets: a free /27 is the least",
                "widen it (az network vnet update --address-prefixes), or leave --vnet out",
                code="space-full",
            )
        return found
    check_size(wished)
    if not any(wished.subnet_of(space) for space in network.spaces):
        raise BadInput(
            f"{wished} is not inside `{network.name}`, which has {', '.join(map(str, network.spaces))}",
            "name a part of it that is free",
            code="space-outside",
        )
    if hit := overlap(wished, used):
        raise _overlaps(wished, hit)
    return wished


def _check_beside_cluster(survey: Survey, network: Network) -> None:
    """A network that is to be peered must not overlap. A public API server is not met over a peering."""
    home = survey.cluster_network
    if home is None or same(home.id, network.id) or not survey.cluster.private:
        return
    for space in network.spaces:
        if hit := overlap(space, taken(survey, network.id)):
            raise _overlaps(space, hit)


def _prefixes(made: Cut) -> dict[Part, IPv4Network]:
    return {Part.SHELL_SUBNET: made.shell, Part.RELAY_SUBNET: made.relay, Part.STORAGE_SUBNET: made.storage}


def _subnet_names(names: Names) -> dict[Part, str]:
    return {
        Part.SHELL_SUBNET: names.shell_subnet,
        Part.RELAY_SUBNET: names.relay_subnet,
        Part.STORAGE_SUBNET: names.storage_subnet,
    }


def _subnet_id(network: str, name: str) -> str:
    return resource_id(group_path_of(network), SUBNET, names_of(network), name)


def _overlaps(space: IPv4Network, hit: tuple[str, IPv4Network]) -> BadInput:
    return BadInput(
        f"{space} overlaps {hit[1]}, which is {hit[0]}",
        "choose another; without --address-space a free one is found",
        code="space-overlaps",
    )


def _other_region(network: Network, location: str) -> BadInput:
    return BadInput(
        f"`{network.name}` is in `{plain(network.location)}`; all of it must be in one region, not in `{location}`",
        "leave --location out, or name a network that is there",
        code="network-region",
    )
