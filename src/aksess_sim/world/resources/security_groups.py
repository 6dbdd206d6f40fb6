"""Network security groups. This world shows them and filters nothing by them.

Source: Network Security Groups REST reference; Virtual Network docs network-security-groups-overview (priorities).
"""

from typing import Any

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.network_bodies import Body
from aksess_sim.world.refusals import Refused
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
    rules = [_rule(attempt.id, item) for item in attempt.properties.get("securityRules") or []]
    seen: dict[tuple[str, int], str] = {}
    for rule in rules:
        place = (rule["properties"]["direction"].lower(), rule["properties"]["priority"])
        if place in seen:
            message = f"Security rule {rule['name']} conflicts with rule {seen[place]}. Rules cannot have the same "
            raise Refused("SecurityRuleConflict", message + "Priority and Direction.")
        seen[place] = rule["name"]
    return attempt.properties | {
        "securityRules": rules,
        "defaultSecurityRules": [_default(attempt.id, words) for words in _DEFAULTS],
        "subnets": attempt.known.get("subnets") or [],
        "resourceGuid": kinds.stable_guid(attempt.id),
    }


def _rule(group: str, sent: Any) -> Body:
    name, properties = str(sent.get("name") or ""), sent.get("properties") or {}
    missing = [field for field in _WANTED if field not in properties]
    if not name or missing:
        message = f"Required security rule parameters are missing for security rule with Id {group}/securityRules/"
        raise Refused("SecurityRuleParameterMissing", f"{message}{name}: {', '.join(missing or ['name'])}.")
    priority = properties["priority"]
    if not isinstance(priority, int) or not 100 <= priority <= 4096:
        message = f"Security rule has invalid Priority. Value provided: {priority} Allowed range 100-4096."
        raise Refused("SecurityRuleInvalidPriority", message)
    return kinds.resource(f"{group}/securityRules/{name}", f"{kinds.NSG}/securityRules", properties)


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


SECURITY_GROUPS = Rules(kind=kinds.NSG, properties=_properties, creation=3, keep=_keep)
