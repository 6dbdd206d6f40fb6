"""The rules for the body of a cluster PUT: what must be there, what may not change, what is ours and not the caller's.

Unknown fields are nobody's business and stay as sent. Sources: Azure/AKS#2094 and #2274 (kubelet identity),
Azure/azure-cli#24764 (PropertyChangeNotAllowed), Azure/azure-cli#22232 and Azure/aad-pod-identity#613 (linked rights).
"""

from collections.abc import Callable, Iterator
from typing import Any

from aksess_sim.world.refusals import Refused

Body = dict[str, Any]

_READ_ONLY_TOP = ("id", "name", "type", "eTag", "systemData", "kind")
_READ_ONLY_PROPERTIES = (
    "provisioningState",
    "powerState",
    "currentKubernetesVersion",
    "fqdn",
    "privateFQDN",
    "azurePortalFQDN",
    "maxAgentPools",
    "resourceUID",
    "status",
)
_READ_ONLY_IN_POOL = ("eTag", "provisioningState", "currentOrchestratorVersion", "nodeImageVersion", "powerState")
_IMMUTABLE = ("dnsPrefix", "nodeResourceGroup", "enableRBAC")
_IMMUTABLE_NETWORK = ("networkPlugin", "podCidr", "serviceCidr", "dnsServiceIP", "loadBalancerSku")
_OUTBOUND_PROFILES = ("loadBalancerProfile", "natGatewayProfile")


def check_shape(sent: Body) -> None:
    """What no PUT can do without. Raises Refused."""
    if not isinstance(sent.get("location"), str):
        raise Refused("LocationRequired", "The location property is required for this definition.")
    properties = sent.get("properties")
    if not isinstance(properties, dict):
        raise Refused("InvalidParameter", "Required parameter properties is missing (null).")
    pools = properties.get("agentPoolProfiles")
    if not isinstance(pools, list) or not pools or not all(isinstance(pool, dict) for pool in pools):
        raise Refused("InvalidParameter", "Required parameter agentPoolProfiles is missing (null).")
    for name in ("apiServerAccessProfile", "networkProfile", "identityProfile"):
        if not isinstance(properties.get(name) or {}, dict):
            raise Refused("InvalidParameter", f"The value of parameter {name} is invalid: it must be an object.")


def check_immutable(now: Body, sent: Body) -> None:
    """What a PUT may leave out but not change. Raises Refused."""
    if _plain(sent["location"]) != _plain(now["location"]):
        raise Refused("InvalidResourceLocation", f"The resource exists in location {now['location']}.")
    for path, old, new in _immutable_values(now["properties"], sent["properties"]):
        if new is not None and new != old:
            raise Refused("PropertyChangeNotAllowed", f"Changing property '{path}' is not allowed.")
    old_identity = str(_kubelet(now["properties"]).get("resourceId"))
    new_identity = str(_kubelet(sent["properties"]).get("resourceId", old_identity))
    if new_identity.lower() != old_identity.lower():
        message = "Change kubelet identity from one to another is not allowed."
        raise Refused("ChangeKubeletIdentityNotAllowed", message)


def with_read_only(sent: Body, now: Body) -> Body:
    """The sent body with what only Azure writes taken from the present one; changes and returns `sent`."""
    _restore(sent, now, _READ_ONLY_TOP)
    properties, known = sent["properties"], now["properties"]
    _restore(properties, known, _READ_ONLY_PROPERTIES)
    pools = {pool["name"]: pool for pool in known["agentPoolProfiles"]}
    for pool in properties["agentPoolProfiles"]:
        _restore(pool, pools.get(pool.get("name"), {}), _READ_ONLY_IN_POOL)
    for kept in ("identityProfile", "networkProfile", "nodeResourceGroup", "dnsPrefix"):
        if properties.get(kept) is None:
            properties[kept] = known.get(kept)
    for profile in _OUTBOUND_PROFILES:
        _restore(
            properties["networkProfile"].get(profile) or {},
            known["networkProfile"].get(profile) or {},
            ("effectiveOutboundIPs",),
        )
    return sent


def check_linked_rights(wanted: Body, may: Callable[[str, str], bool]) -> None:
    """The caller needs rights on what the body points at, too. Raises Refused `LinkedAuthorizationFailed`."""
    for action, scope in _linked(wanted):
        if not may(action, scope):
            raise Refused(
                "LinkedAuthorizationFailed",
                "The client has permission to perform action 'Microsoft.ContainerService/managedClusters/write' on "
                f"scope '{wanted['id']}'; however, it does not have permission to perform action(s) '{action}' on "
                f"the linked scope(s) '{scope}' or the linked scope(s) are invalid.",
            )


def _linked(body: Body) -> Iterator[tuple[str, str]]:
    properties = body["properties"]
    subnets = [pool.get(key) for pool in properties["agentPoolProfiles"] for key in ("vnetSubnetID", "podSubnetID")]
    subnets.append((properties.get("apiServerAccessProfile") or {}).get("subnetId"))
    for subnet in dict.fromkeys(filter(None, subnets)):
        yield "Microsoft.Network/virtualNetworks/subnets/join/action", subnet
    for identity in (body.get("identity") or {}).get("userAssignedIdentities") or {}:
        yield "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", identity
    agent = ((properties.get("addonProfiles") or {}).get("omsagent") or {}).get("config") or {}
    if agent.get("logAnalyticsWorkspaceResourceID"):
        yield "Microsoft.OperationalInsights/workspaces/sharedkeys/read", agent["logAnalyticsWorkspaceResourceID"]


def _immutable_values(now: Body, sent: Body) -> Iterator[tuple[str, Any, Any]]:
    for key in _IMMUTABLE:
        yield f"properties.{key}", now.get(key), sent.get(key)
    network = sent.get("networkProfile") or {}
    for key in _IMMUTABLE_NETWORK:
        yield f"properties.networkProfile.{key}", now["networkProfile"].get(key), network.get(key)
    private = (sent.get("apiServerAccessProfile") or {}).get("enablePrivateCluster")
    was = (now.get("apiServerAccessProfile") or {}).get("enablePrivateCluster") or False
    yield "properties.apiServerAccessProfile.enablePrivateCluster", was, private


def _kubelet(properties: Body) -> Body:
    return (properties.get("identityProfile") or {}).get("kubeletidentity") or {}


def _restore(target: Body, source: Body, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in source:
            target[key] = source[key]
        else:
            target.pop(key, None)


def _plain(location: str) -> str:
    return location.replace(" ", "").lower()
