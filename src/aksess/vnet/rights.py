"""Which rights applying a plan takes, and where; who must do what, when the deployer lacks some. Pure.

Only what is still to be done is asked for. A right is asked for where the thing stands, or will stand: what is not made
yet has no scope of its own but its group. Linked rights (join, peer) are those ARM checks on what a body refers to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from aksess.azure.clusters import WRITE_ACTION
from aksess.azure.resource_ids import group_path_of, name_of, parent_of, same, type_of
from aksess.errors import RightsMissing
from aksess.vnet.by_hand import APPLY, ROLES, command_for
from aksess.vnet.model import Action, Errand, Part, Piece, Plan

DEPLOY = tuple(
    f"Microsoft.Resources/deployments/{verb}" for verb in ("read", "write", "validate/action", "whatIf/action")
)
JOIN_SUBNET = "Microsoft.Network/virtualNetworks/subnets/join/action"
PEER = "Microsoft.Network/virtualNetworks/peer/action"
LINKED: dict[Part, tuple[str, ...]] = {
    Part.NAT_GATEWAY: ("Microsoft.Network/publicIPAddresses/join/action",),
    Part.NETWORK: ("Microsoft.Network/networkSecurityGroups/join/action",),
    Part.SHELL_SUBNET: ("Microsoft.Network/networkSecurityGroups/join/action",),
    Part.PROFILE: (JOIN_SUBNET,),
    Part.ENDPOINT: (JOIN_SUBNET, "Microsoft.Relay/namespaces/privateEndpointConnectionsApproval/action"),
    Part.ZONE_LINK: ("Microsoft.Network/virtualNetworks/join/action",),
    Part.ZONE_RECORD: ("Microsoft.Network/privateDnsZones/join/action",),
    Part.PEERING_BACK: (PEER,),
    Part.CLUSTER_LINK: ("Microsoft.Network/virtualNetworks/join/action",),
}
"""At the group of the plan, where what they refer to is as well."""
Needed = dict[str, tuple[str, ...]]


def needed_rights(plan: Plan) -> Needed:
    """Scope to actions, each once, in the order they come up."""
    needed: dict[str, dict[str, None]] = {}

    def need(scope: str, *actions: str) -> None:
        needed.setdefault(scope, {}).update(dict.fromkeys(actions))

    for name in plan.registrations:
        need(plan.group_path, f"{name}/register/action")
    if any(not piece.stands for piece in plan.deployment):
        need(plan.group_path, *DEPLOY)
    for piece in plan.pieces:
        if piece.stands:
            continue
        need(scope_to_write(piece, plan), f"{type_of(piece.id)}/write")
        need(plan.group_path, *LINKED.get(piece.part, ()))
        if piece.part is Part.PEERING_THERE:
            need(str(piece.body["properties"]["remoteVirtualNetwork"]["id"]), PEER)
    if plan.admitted:
        need(plan.cluster.path, WRITE_ACTION)
    return {scope: tuple(actions) for scope, actions in needed.items() if actions}


def scope_to_write(piece: Piece, plan: Plan) -> str:
    """The nearest thing that surely exists already."""
    if piece.action is Action.CHANGE:
        return piece.id
    if piece.part in ROLES:
        return group_path_of(plan.network)
    if piece.part in (Part.PEERING_BACK, Part.CLUSTER_LINK):
        return parent_of(piece.id)
    if piece.part in (Part.SHELL_SUBNET, Part.RELAY_SUBNET, Part.STORAGE_SUBNET):
        return plan.network
    return group_path_of(piece.id)


def with_rights(plan: Plan, missing: Mapping[str, Iterable[str] | None]) -> Plan:
    """The plan with what the deployer surely lacks, and who must do those pieces; None for a scope is: not known."""
    lacking = tuple((action, scope) for scope, actions in missing.items() for action in actions or ())
    unknown = [f"which rights you have at {scope} may not be read" for scope, found in missing.items() if found is None]
    errands = (*_errands(plan, lacking), *plan.errands)
    return replace(plan, lacking=lacking, errands=errands, notes=(*plan.notes, *unknown))


def check_rights(plan: Plan) -> None:
    """Before anything is changed. Errors: RightsMissing, with a code of its own for a network that was named."""
    if not plan.lacking:
        return
    more = f", and {len(plan.lacking) - 1} more" if len(plan.lacking) > 1 else ""
    theirs = [action for action, scope in plan.lacking if same(scope, plan.network)]
    if theirs and not plan.network_is_ours:
        raise RightsMissing(
            f"the network `{name_of(plan.network)}` is not yours to change: you lack {theirs[0]} there{more}",
            "ask its owner to apply the plan, or leave --vnet out for a network of your own",
            code="network-not-yours",
        )
    action, scope = plan.lacking[0]
    raise RightsMissing(
        f"you lack the right {action} at {scope}{more}",
        "`aksess vnet plan` lists them all, and who can do it in your place",
    )


def _errands(plan: Plan, lacking: Iterable[tuple[str, str]]) -> Iterable[Errand]:
    """One for each scope; the commands are those of the pieces it is about, which `apply` makes all at once."""
    by_scope: dict[str, list[str]] = {}
    for action, scope in lacking:
        by_scope.setdefault(scope, []).append(action)
    for scope, actions in by_scope.items():
        pieces = [one for one in plan.pieces if not one.stands and _is_about(one, actions, scope, plan)]
        commands = list(dict.fromkeys(command_for(one) for one in pieces)) or _other_commands(plan, actions)
        what = ", ".join(one.part.value for one in pieces) or "what the deployment takes"
        how = APPLY if APPLY in commands else "; ".join(commands)
        yield Errand(f"somebody who is {role_for(actions)} at {scope}", what, how)


def role_for(actions: Iterable[str]) -> str:
    """The narrowest built-in role that holds them all (Azure built-in roles), or what comes nearest."""
    asked = [action.lower() for action in actions]
    if any(action.startswith("microsoft.authorization/") for action in asked):
        return "Owner"
    if all(action.startswith("microsoft.network/") for action in asked):
        return "Network Contributor"
    return "Contributor"


def _is_about(piece: Piece, actions: Iterable[str], scope: str, plan: Plan) -> bool:
    return f"{type_of(piece.id)}/write" in actions and scope_to_write(piece, plan) == scope


def _other_commands(plan: Plan, actions: Iterable[str]) -> list[str]:
    registering = [one for one in plan.registrations if f"{one}/register/action" in actions]
    if registering:
        return [f"az provider register --wait -n {one}" for one in registering]
    return [APPLY]
