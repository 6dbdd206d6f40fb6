"""Lay a plan beside what stands: what is to be made, what changed, what is right as it is, what is in the way. Pure.

What Azure adds on its own (states, back references, further service endpoint regions) is no difference; what is planned
and missing or other, is. Some differences cannot be cured by a change, and a change to somebody else's resource may
only add: both are refused, by name.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from aksess.azure.arm import Json
from aksess.azure.resource_ids import name_of, names_of, same
from aksess.errors import AksessError, RouteRefused
from aksess.vnet.model import TAG_VALUE_LIMIT, Action, Part, Piece, Plan, made_by_us, made_for
from aksess.vnet.regions import plain

Standing = Mapping[str, Json | AksessError | None]
"""By a piece's id: its body, None where there is none, the error where it may not be read."""
_PREFIX = "properties.addressPrefix"
FIXED: dict[Part, tuple[str, ...]] = {
    Part.SECURITY_GROUP: ("location",),
    Part.ADDRESS: ("location", "sku", "properties.publicIPAllocationMethod"),
    Part.NAT_GATEWAY: ("location", "sku"),
    Part.NETWORK: ("location", "properties.addressSpace"),
    Part.SHELL_SUBNET: (_PREFIX, "properties.delegations"),
    Part.RELAY_SUBNET: (_PREFIX,),
    Part.STORAGE_SUBNET: (_PREFIX,),
    Part.PROFILE: ("location", "properties"),
    Part.RELAY: ("location", "sku"),
    Part.ENDPOINT: ("location", "properties"),
    Part.ZONE_LINK: ("properties.virtualNetwork",),
    Part.CLUSTER_LINK: ("properties.virtualNetwork",),
    Part.PEERING_THERE: ("properties.remoteVirtualNetwork",),
    Part.PEERING_BACK: ("properties.remoteVirtualNetwork",),
    Part.PROFILE_ROLE: ("properties",),
    Part.SUBNET_ROLE: ("properties",),
    Part.RELAY_ROLE: ("properties",),
}
"""What cannot be changed while it exists; somewhere else in the body, a change cures it."""
BESIDE = frozenset({"tags", "locations", "principalType", "description"})
"""Not compared: who made it first stays written on it, and Azure widens regions by itself."""
NAMED = frozenset({"subnets"})
"""Lists whose members are resources themselves: there a name is part of an id."""
READ_ONLY = frozenset(
    [
        *("etag", "provisioningState", "resourceGuid", "systemData"),
        *(
            "ipConfigurationProfiles",
            "privateEndpoints",
            "serviceAssociationLinks",
            "resourceNavigationLinks",
            "purpose",
        ),
        *("defaultSecurityRules", "networkInterfaces", "containerNetworkInterfaces", "customDnsConfigs", "recordSets"),
        *("createdAt", "updatedAt", "serviceBusEndpoint", "metricId", "status", "privateEndpointConnections"),
        *("virtualNetworkLinkState", "internalId", "ipAddress"),
    ]
)
"""What Azure alone writes (REST references of these types), and so is not sent back."""


def compared(plan: Plan, standing: Standing) -> Plan:
    """The plan with an action for each piece. Errors: RouteRefused for what is in the way, and for what is aksess's
    and another cluster's."""
    check_made_for(plan, standing)
    unread = [piece.part.value for piece in plan.pieces if isinstance(standing.get(piece.id), AksessError)]
    note = f"may not be read, and is taken as not there: {', '.join(unread)}" if unread else ""
    return replace(
        plan,
        deployment=tuple(_judged(piece, standing.get(piece.id)) for piece in plan.deployment),
        afterwards=tuple(_judged(piece, standing.get(piece.id)) for piece in plan.afterwards),
        notes=(*plan.notes, *filter(None, [note])),
    )


def check_made_for(plan: Plan, standing: Standing) -> None:
    """Two clusters must not lean on the same pieces: with the one's network the other's would go, and its address
    would stay listed for the next who gets it. Zones are shared; `remove.py` looks who else uses them. Errors:
    RouteRefused."""
    mine = plan.cluster.path[:TAG_VALUE_LIMIT]
    for piece in plan.pieces:
        owner = made_for(standing.get(piece.id))
        if piece.part is not Part.ZONE and owner and not same(owner, mine):
            raise RouteRefused(
                f"the {piece.part.value} `{piece.name}` was made by aksess for another cluster, `{name_of(owner)}`",
                "leave --vnet out for a network of its own, or name one where aksess has made nothing",
                code="made-for-another",
            )


def differing(planned: Any, there: Any, path: str = "") -> Iterator[str]:
    """Paths of what is planned and is not there as planned."""
    if isinstance(planned, dict):
        for key, value in planned.items():
            if key not in BESIDE:
                yield from differing(value, _member(there, key), f"{path}.{key}".strip("."))
    elif isinstance(planned, list):
        others = there if isinstance(there, list) else []
        if any(not _has_like(value, others, named=path.rpartition(".")[2] in NAMED) for value in planned):
            yield path
    elif not _alike(planned, there, path):
        yield path


def merged(there: Any, planned: Any) -> Any:
    """What stands, with what is planned laid over it: nobody's property is lost by a change."""
    if isinstance(there, dict) and isinstance(planned, dict):
        kept = {key: _bare(value) for key, value in there.items() if key not in READ_ONLY}
        for key, value in planned.items():
            kept[key] = merged(kept.get(key), value) if key in kept else copy.deepcopy(value)
        return kept
    if isinstance(there, list) and isinstance(planned, list):
        return _merged_lists(there, planned)
    return copy.deepcopy(planned)


def _judged(piece: Piece, body: Json | AksessError | None) -> Piece:
    if body is None or isinstance(body, AksessError):
        return replace(piece, action=Action.CREATE)
    found = tuple(differing(piece.body, body))
    ours = is_ours(piece, body)
    if not found and not ours:
        return replace(piece, action=Action.ADOPT)
    if stuck := [path for path in found if _within(path, FIXED.get(piece.part, ()))]:
        raise _in_the_way(piece, stuck, ours=ours)
    kept = {key: value for key, value in body.items() if key not in ("id", "name", "type", *READ_ONLY)}
    laid = merged(kept, {key: value for key, value in piece.body.items() if key != "tags" or "tags" not in kept})
    return replace(piece, action=Action.CHANGE if found else Action.KEEP, differs=found, body=laid)


def is_ours(piece: Piece, body: Json) -> bool:
    """By the tag; what has no tags (subnets, peerings, roles) by a name that only we give."""
    if made_by_us(body):
        return True
    has_tags = "tags" in piece.body
    return not has_tags and same(str(body.get("id", "")), piece.id) and _our_name(piece)


def _our_name(piece: Piece) -> bool:
    roles = (Part.PROFILE_ROLE, Part.SUBNET_ROLE, Part.RELAY_ROLE)
    return (
        piece.part in roles
        or any("aksess-" in name for name in names_of(piece.id).lower().split("/")[1:])
        or (piece.part is Part.ZONE_RECORD and "aksess-" in names_of(piece.id).lower())
    )


def _in_the_way(piece: Piece, paths: Iterable[str], *, ours: bool) -> RouteRefused:
    """Half a leftover of the official template ends here too when it cannot be used as it is."""
    where = ", ".join(paths)
    if ours:
        return RouteRefused(
            f"the {piece.part.value} `{piece.name}` was made by aksess for other wishes ({where} differs)",
            "wish for the same again, or take it away first: aksess vnet remove",
            code="made-otherwise",
        )
    return RouteRefused(
        f"there is a {piece.part.value} `{piece.name}` already that is not aksess's and not as it must be ({where})",
        f"rename or remove it if nobody needs it, or choose another network with --vnet; it is {piece.id}",
        code="name-taken",
    )


def _within(path: str, fixed: Iterable[str]) -> bool:
    return any(path == one or path.startswith(f"{one}.") for one in fixed)


def _member(there: Any, key: str) -> Any:
    """ARM's answers spell some names in another case than its references; a lone prefix may stand in a list."""
    if not isinstance(there, dict):
        return None
    if key == "addressPrefix" and not there.get(key):
        several = there.get("addressPrefixes") or [None]
        return several[0] if len(several) == 1 else None
    return next((value for name, value in there.items() if name.lower() == key.lower()), None)


def _has_like(planned: Any, others: Iterable[Any], *, named: bool = False) -> bool:
    """By what it says: the name of a rule or a connection inside a resource is anybody's choice."""
    if isinstance(planned, dict) and not named:
        planned = {key: value for key, value in planned.items() if key != "name"}
    return any(not list(differing(planned, other)) for other in others)


def _alike(planned: Any, there: Any, path: str) -> bool:
    if isinstance(planned, str) and isinstance(there, str):
        if path.rpartition(".")[2] == "location":
            return plain(planned) == plain(there)
        return planned.lower().rstrip("/") == there.lower().rstrip("/")
    return planned == there or (not planned and not there)


def _merged_lists(there: list[Any], planned: list[Any]) -> list[Any]:
    kept = [_bare(one) for one in there]
    for value in planned:
        if _has_like(value, kept):
            continue
        name = value.get("name") if isinstance(value, dict) else None
        at = next((i for i, one in enumerate(kept) if name and isinstance(one, dict) and one.get("name") == name), None)
        if at is None:
            kept.append(copy.deepcopy(value))
        else:
            kept[at] = merged(kept[at], value)
    return kept


def _bare(value: Any) -> Any:
    """Without what Azure alone writes, however deep."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key not in READ_ONLY}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value
