"""A plan as a literal ARM template: ordered, commented, without a parameter or an expression. Pure.

Whoever reads it reads what will be; `az deployment group create -g GROUP --template-file FILE` takes it as well. What
lies in other groups is no part of it and stands in its metadata as commands.
"""

from collections.abc import Iterable
from typing import Any

from aksess.azure.arm import Json
from aksess.azure.resource_ids import names_of, scope_of, type_of
from aksess.vnet.by_hand import command_for
from aksess.vnet.model import Action, Piece, Plan

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"


def template(plan: Plan, pieces: Iterable[Piece] | None = None) -> Json:
    """Of these pieces of the plan's deployment; when none are named, of all but those that are somebody else's."""
    mine = (piece for piece in plan.deployment if piece.action is not Action.ADOPT)
    chosen = tuple(mine if pieces is None else pieces)
    inside = {piece.id for piece in chosen}
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "metadata": escaped(_metadata(plan)),
        "resources": [_resource(piece, inside) for piece in chosen],
    }


def escaped(value: Any) -> Any:
    """A text in brackets would be an expression; a second bracket makes it a text again.

    Only where it also ends with one: elsewhere the bracket would stay (Azure Resource Manager docs, template syntax
    and expressions, escape characters).
    """
    if isinstance(value, str):
        return f"[{value}" if value.startswith("[") and value.endswith("]") else value
    if isinstance(value, dict):
        return {key: escaped(inner) for key, inner in value.items()}
    return [escaped(inner) for inner in value] if isinstance(value, list) else value


def _metadata(plan: Plan) -> Json:
    said: Json = {
        "description": f"A network for Cloud Shell, for the cluster {plan.cluster.path}. Made by aksess vnet plan.",
        "deployInto": plan.group_path,
        "command": f"az deployment group create --subscription {plan.subscription} -g {plan.group} "
        f"-n {plan.deployment_name} --template-file THIS_FILE",
    }
    if plan.registrations:
        said["before"] = [f"az provider register --wait -n {name}" for name in plan.registrations]
    if afterwards := [command_for(piece) for piece in plan.afterwards if not piece.stands]:
        said["afterwards"] = afterwards
    if plan.admitted:
        said["admit"] = [f"the address of {id_}, in the authorized ranges of the cluster" for id_ in plan.admitted]
    return said


def _resource(piece: Piece, inside: set[str]) -> Json:
    kind = type_of(piece.id)
    resource: Json = {
        "comments": f"{piece.part.value}: {piece.why}",
        "type": kind,
        "apiVersion": piece.api_version,
        "name": names_of(piece.id),
    }
    if kind == ROLE_ASSIGNMENT:
        extended = scope_of(piece.id)
        resource["scope"] = extended[len(scope_of(extended)) + len("/providers/") :]
    if needs := [one for one in piece.needs if one in inside]:
        resource["dependsOn"] = needs
    return escaped({**resource, **piece.body})  # type: ignore[no-any-return]  # an object stays one
