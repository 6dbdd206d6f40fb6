"""Network security groups. What they let out of a subnet is decided elsewhere, when somebody connects.

Source: Network Security Groups REST reference; Virtual Network docs network-security-groups-overview (priorities).
"""

from collections.abc import Iterable
from typing import Any

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import name_of
from aksess_sim.world.resources.rules import Attempt, Rules, Surroundings, reference

_DEFAULTS = (
    ("AllowVnetInBound", "Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowAzureLoadBalancerInBound", "Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
    ("DenyAllInBound", "Inbound", 65500, "Deny", "*", "*"),
    ("AllowVnetOutBound", "Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowInternetOutBound", "Outbound", 65001, "Allow", "*", "Internet"),
    ("DenyAllOutBound", "Outbound", 65500, "Deny", "*", "*"),
)
_WANTED = ("priority", "direction", "access", "protocol")


def _properties(attempt: Attempt) -> Body:
    rules: list[Body] = []
    for sent in attempt.properties.get("securityRules") or []:
        name, properties = str(sent.get("name") or ""), sent.get("properties") or {}
        _check_rule(attempt.id, name, properties, rules)
        rules.append(kinds.resource(f"{attempt.id}/securityRules/{name}", kinds.SECURITY_RULE, properties))
    return attempt.properties | {
        "securityRules": rules,
        "defaultSecurityRules": [_default(attempt.id, words) for words in _DEFAULTS],
        "subnets": attempt.known.get("subnets") or [],
        "resourceGuid": kinds.stable_guid(attempt.id),
    }


def _rule_properties(attempt: Attempt) -> Body:
    siblings = attempt.parent["properties"]["securityRules"]
    _check_rule(attempt.parent["id"], name_of(attempt.id), attempt.properties, siblings)
    return attempt.properties


def _check_rule(group: str, name: str, properties: Body, beside: Iterable[Body]) -> None:
    missing = [field for field in _WANTED if field not in properties]
    if not name or missing:
        message = f"Required security rule parameters are missing for security rule with Id {group}/securityRules/"
        raise Refused("SecurityRuleParameterMissing", f"{message}{name}: {', '.join(missing or ['name'])}.")
    priority = properties["priority"]
    if not isinstance(priority, int) or not 100 <= priority <= 4096:
        message = f"Security rule has invalid Priority. Value provided: {priority} Allowed range 100-4096."
        raise Refused("SecurityRuleInvalidPriority", message)
    for other in beside:
        same = _place(other["properties"]) == _place(properties)
        if same and other["name"].lower() != name.lower():
            message = f"Security rule {name} conflicts with rule {other['name']}. Rules cannot have the same "
            raise Refused("SecurityRuleConflict", message + "Priority and Direction.")


def _place(properties: Body) -> tuple[Any, str]:
    return properties["priority"], str(properties["direction"]).lower()


def _default(group: str, words: tuple[str, str, int, str, str, str]) -> Body:
    name, direction, priority, access, source, target = words
    properties = {
        "direction": direction,
        "priority": priority,
        "access": access,
        "protocol": "*",
        "sourceAddressPrefix": source,
        "sourcePortRange": "*",
        "destinationAddressPrefix": target,
        "destinationPortRange": "*",
    }
    return kinds.resource(f"{group}/defaultSecurityRules/{name}", f"{kinds.NSG}/defaultSecurityRules", properties)


def _keep(around: Surroundings, body: Body) -> None:
    users = [
        str(subnet["id"])
        for subnet in around.store.of_kind(kinds.SUBNET)
        if reference(subnet["properties"].get("networkSecurityGroup")).lower() == body["id"].lower()
    ]
    if users:
        raise Refused(
            "InUseNetworkSecurityGroupCannotBeDeleted",
            f"Network security group {body['id']} cannot be deleted because it is in use by the following resources: "
            f"{', '.join(users)}. In order to delete the Network security group, remove the association with the "
            "resource(s). To learn how to do this, see aka.ms/deletensg.",
        )


SECURITY_RULES = Rules(kind=kinds.SECURITY_RULE, properties=_rule_properties, place="parent", creation=3, removal=3)
SECURITY_GROUPS = Rules(kind=kinds.NSG, properties=_properties, creation=3, keep=_keep)
