"""Storage accounts and file shares, as far as Cloud Shell's quickstart makes them; nothing can be stored.

Source: Storage Accounts, Blob Services, File Services and File Shares REST references.
"""

import re

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of
from aksess_sim.world.resources.private_links import STORAGE
from aksess_sim.world.resources.rules import Attempt, Links, Rules

_NAME = re.compile(r"[a-z0-9]{3,24}")
_OPEN: Body = {"bypass": "AzureServices", "virtualNetworkRules": [], "ipRules": [], "defaultAction": "Allow"}
"""The network rules of an account that nobody gave any."""
_SERVICES = ("blob", "file", "queue", "table", "dfs", "web")


def is_name(name: str) -> bool:
    """May an account be called so?"""
    return bool(_NAME.fullmatch(name))


def _properties(attempt: Attempt) -> Body:
    name = name_of(attempt.id)
    if not is_name(name):
        raise Refused(
            "AccountNameInvalid",
            f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in "
            "length and use numbers and lower-case letters only.",
        )
    others = (one["id"] for one in attempt.around.store.of_kind(STORAGE) if one["id"].lower() != attempt.id.lower())
    if any(name_of(other) == name for other in others):
        raise Refused("StorageAccountAlreadyTaken", f"The storage account named {name} is already taken.")
    acls = _OPEN | (attempt.properties.get("networkAcls") or {})
    for rule in acls["virtualNetworkRules"] or []:
        _check_rule(attempt, rule)
    endpoints = {service: f"https://{name}.{service}.core.windows.net/" for service in _SERVICES}
    location = (attempt.before or attempt.sent).get("location")
    return {
        "accessTier": "Hot",
        "supportsHttpsTrafficOnly": True,
        **attempt.properties,
        "networkAcls": acls,
        "primaryEndpoints": endpoints,
        "primaryLocation": location,
        "statusOfPrimary": "available",
    }


def _check_rule(attempt: Attempt, rule: Body) -> None:
    """A subnet that is listed must have the service endpoint (Storage docs storage-network-security)."""
    subnet = attempt.referenced(rule, kinds.SUBNET)
    services = [endpoint["service"] for endpoint in subnet["properties"].get("serviceEndpoints") or []]
    if not {"Microsoft.Storage", "Microsoft.Storage.Global"} & set(services):
        raise Refused(
            "NetworkAclsValidationFailure",
            f"Validation of network acls failure: SubnetsHaveNoServiceEndpointsConfigured:Subnets {subnet['name']} of "
            "virtual network do not have ServiceEndpoints for Microsoft.Storage resources configured. Add "
            "Microsoft.Storage to subnet's ServiceEndpoints collection before trying to ACL Microsoft.Storage "
            "resources to these subnets..",
        )


def _links(body: Body) -> Links:
    acls = (body.get("properties") or {}).get("networkAcls") or {}
    for rule in acls.get("virtualNetworkRules") or []:
        yield f"{kinds.SUBNET}/joinViaServiceEndpoint/action", str(rule.get("id"))


def _as_sent(attempt: Attempt) -> Body:
    return attempt.properties


def _child(kind: str) -> Rules:
    return Rules(
        kind=f"{STORAGE}/{kind}",
        properties=_as_sent,
        place="parent",
        top=("sku",),
        creation=0,
        removal=0,
        etag=False,
    )


STORAGE_ACCOUNTS = Rules(
    kind=STORAGE,
    properties=_properties,
    top=("sku", "kind"),
    creation=20,
    removal=0,
    etag=False,
    linked=_links,
)
STORAGE_CHILDREN = tuple(_child(kind) for kind in ("blobServices", "fileServices", "fileServices/shares"))
