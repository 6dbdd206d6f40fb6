"""What to type for a piece without aksess: for those whose right it is, and for the template's notes. Pure."""

import shlex

from aksess.azure import network_bodies as bodies
from aksess.azure.resource_ids import group_of, name_of, parent_of, scope_of, subscription_of
from aksess.vnet.model import Part, Piece

PEERINGS = (Part.PEERING_THERE, Part.PEERING_BACK)
ROLES = (Part.PROFILE_ROLE, Part.SUBNET_ROLE, Part.RELAY_ROLE)
APPLY = "aksess vnet apply, run by them"
_ROLE_NAMES = {bodies.CONTRIBUTOR: "Contributor", bodies.NETWORK_CONTRIBUTOR: "Network Contributor"}


def command_for(piece: Piece) -> str:
    """One line of az; for pieces of the template, which go together, the command that makes them all."""
    properties = piece.body.get("properties") or {}
    where = ["--subscription", subscription_of(piece.id), "-g", group_of(piece.id)]
    if piece.part in PEERINGS:
        remote = str(properties["remoteVirtualNetwork"]["id"])
        rest = ["--vnet-name", name_of(parent_of(piece.id)), "-n", piece.name, "--remote-vnet", remote]
        return shlex.join(["az", "network", "vnet", "peering", "create", *where, *rest, "--allow-vnet-access"])
    if piece.part is Part.CLUSTER_LINK:
        network = str(properties["virtualNetwork"]["id"])
        rest = ["-z", name_of(parent_of(piece.id)), "-n", piece.name, "-v", network, "-e", "false"]
        return shlex.join(["az", "network", "private-dns", "link", "vnet", "create", *where, *rest])
    if piece.part in ROLES:
        to = ["--assignee-object-id", str(properties["principalId"]), "--assignee-principal-type", "ServicePrincipal"]
        given = ["--role", role_name(piece), "--scope", scope_of(piece.id)]
        return shlex.join(["az", "role", "assignment", "create", *to, *given])
    return APPLY


def role_name(piece: Piece) -> str:
    """Of the built-in role that a role assignment gives."""
    role = name_of(str(piece.body["properties"]["roleDefinitionId"]))
    return _ROLE_NAMES.get(role, role)
