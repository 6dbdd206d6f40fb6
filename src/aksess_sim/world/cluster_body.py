"""A managed cluster's ARM JSON, shaped as AKS answers it; pure.

Field names and casing are those of the REST reference (api-version 2026-06-01). Two fields are of a future nobody has
heard of, at the top and inside: a client that drops them loses another's change.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from aksess_sim.world.resource_ids import resource_id

Body = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """All that a cluster's JSON is drawn from; ids are whole resource ids, `ranges` None means no profile entry."""

    id: str
    name: str
    group: str
    node_group: str
    subscription: str
    location: str
    tenant_id: str
    version: str
    node_count: int
    ranges: tuple[str, ...] | None
    outbound_type: str
    outbound_ips: tuple[str, ...]
    node_subnet: str | None
    apiserver_subnet: str | None
    private: bool
    private_zone: str
    public_fqdn: bool
    entra: bool
    local_accounts: bool
    stopped: bool
    run_command: bool
    tags: dict[str, str]


def stable_uuid(*parts: str) -> str:
    """A UUID that is the same in every run, so that examples in documents stay true."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts).lower()))


def public_host(plan: Plan) -> str:
    """`web-1a2b3c4d.hcp.westeurope.azmk8s.io`."""
    return f"{_dns_prefix(plan)}.hcp.{plan.location}.azmk8s.io"


def private_host(plan: Plan) -> str:
    """`vault-1a2b3c4d.<guid>.privatelink.westeurope.azmk8s.io`."""
    return f"{_dns_prefix(plan)}.{plan.private_zone}"


def managed_cluster(plan: Plan) -> Body:
    """The body GET shows for a cluster at rest."""
    return {
        "id": plan.id,
        "name": plan.name,
        "type": "Microsoft.ContainerService/ManagedClusters",
        "location": plan.location,
        "tags": dict(plan.tags),
        "eTag": stable_uuid("etag", plan.id),
        "sku": {"name": "Base", "tier": "Standard"},
        "kind": "Base",
        "identity": {
            "type": "SystemAssigned",
            "principalId": stable_uuid("identity", plan.id),
            "tenantId": plan.tenant_id,
        },
        "futureEnvelope": {"cadence": "fortnightly", "rings": [{"name": "early", "weight": 3}]},
        "properties": _properties(plan),
    }


def _properties(plan: Plan) -> Body:
    properties: Body = {
        "provisioningState": "Succeeded",
        "powerState": {"code": "Stopped" if plan.stopped else "Running"},
        "kubernetesVersion": plan.version,
        "currentKubernetesVersion": plan.version,
        "dnsPrefix": plan.name,
        "azurePortalFQDN": f"{_dns_prefix(plan)}.portal.hcp.{plan.location}.azmk8s.io",
        "agentPoolProfiles": [_pool(plan)],
        "linuxProfile": {"adminUsername": "azureuser", "ssh": {"publicKeys": [{"keyData": "ssh-ed25519 AAAA"}]}},
        "servicePrincipalProfile": {"clientId": "msi"},
        "addonProfiles": {"azurepolicy": {"enabled": False, "config": None}},
        "nodeResourceGroup": plan.node_group,
        "enableRBAC": True,
        "supportPlan": "KubernetesOfficial",
        "networkProfile": _network_profile(plan),
        "apiServerAccessProfile": _access_profile(plan),
        "identityProfile": {"kubeletidentity": _kubelet_identity(plan)},
        "maxAgentPools": 100,
        "autoUpgradeProfile": {"upgradeChannel": "none", "nodeOSUpgradeChannel": "NodeImage"},
        "disableLocalAccounts": not plan.local_accounts,
        "securityProfile": {"futureGuard": {"enabled": True, "levels": [1, 2, {"name": "deep"}]}},
        "storageProfile": {"diskCSIDriver": {"enabled": True}, "fileCSIDriver": {"enabled": True}},
        "oidcIssuerProfile": {"enabled": False},
        "resourceUID": stable_uuid("uid", plan.id).replace("-", "")[:24],
        "futureFeature": {"enabled": True, "depth": {"notes": ["kept", None, 7]}},
    }
    if plan.public_fqdn or not plan.private:
        properties["fqdn"] = public_host(plan)
    if plan.private:
        properties["privateFQDN"] = private_host(plan)
    if plan.entra:
        properties["aadProfile"] = {
            "managed": True,
            "enableAzureRBAC": True,
            "adminGroupObjectIDs": None,
            "tenantID": plan.tenant_id,
        }
    return properties


def _pool(plan: Plan) -> Body:
    pool: Body = {
        "name": "nodepool1",
        "eTag": stable_uuid("pool-etag", plan.id),
        "count": plan.node_count,
        "vmSize": "Standard_D4ds_v5",
        "osDiskSizeGB": 150,
        "osDiskType": "Ephemeral",
        "maxPods": 110,
        "type": "VirtualMachineScaleSets",
        "enableAutoScaling": False,
        "provisioningState": "Succeeded",
        "powerState": {"code": "Stopped" if plan.stopped else "Running"},
        "orchestratorVersion": plan.version,
        "currentOrchestratorVersion": plan.version,
        "enableNodePublicIP": False,
        "mode": "System",
        "osType": "Linux",
        "osSKU": "AzureLinux",
        "nodeImageVersion": "AKSAzureLinux-V3gen2-202610.28.0",
        "upgradeSettings": {"maxSurge": "10%"},
        "futurePoolKnob": "keep me",
    }
    if plan.node_subnet:
        pool["vnetSubnetID"] = plan.node_subnet
    return pool


def _network_profile(plan: Plan) -> Body:
    profile: Body = {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "networkPolicy": "cilium",
        "networkDataplane": "cilium",
        "loadBalancerSku": "standard",
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "10.0.0.0/16",
        "dnsServiceIP": "10.0.0.10",
        "outboundType": plan.outbound_type,
        "podCidrs": ["10.244.0.0/16"],
        "serviceCidrs": ["10.0.0.0/16"],
        "ipFamilies": ["IPv4"],
        "futureNet": {"lanes": 2},
    }
    effective = [{"id": ip} for ip in plan.outbound_ips]
    if plan.outbound_type == "loadBalancer":
        managed = {"managedOutboundIPs": {"count": len(effective)}, "backendPoolType": "nodeIPConfiguration"}
        profile["loadBalancerProfile"] = managed | {"effectiveOutboundIPs": effective}
    else:
        profile["natGatewayProfile"] = {"effectiveOutboundIPs": effective, "idleTimeoutInMinutes": 4}
    return profile


def _access_profile(plan: Plan) -> Body | None:
    profile: Body = {}
    if plan.ranges is not None:
        profile["authorizedIPRanges"] = list(plan.ranges)
    if plan.private:
        profile |= {
            "enablePrivateCluster": True,
            "privateDNSZone": "system",
            "enablePrivateClusterPublicFQDN": plan.public_fqdn,
        }
    if plan.apiserver_subnet:
        profile |= {"enableVnetIntegration": True, "subnetId": plan.apiserver_subnet}
    if not plan.run_command:
        profile["disableRunCommand"] = True
    return profile | {"futureAccessKnob": "keep me"} if profile else None


def _kubelet_identity(plan: Plan) -> Body:
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    identity = resource_id(plan.subscription, plan.node_group, kind, f"{plan.name}-agentpool")
    return {
        "resourceId": identity,
        "clientId": stable_uuid("kubelet-client", plan.id),
        "objectId": stable_uuid("kubelet-object", plan.id),
    }


def _dns_prefix(plan: Plan) -> str:
    return f"{plan.name}-{stable_uuid('dns', plan.id)[:8]}".lower()
