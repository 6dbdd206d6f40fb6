"""Managed clusters: read, write the authorized ranges, fetch kubeconfigs.

The body is kept as Azure gave it; a write changes one field and sends the rest back untouched, with If-Match.
"""

import base64
import copy
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from aksess.azure.arm import Arm, Json
from aksess.azure.ids import ClusterId
from aksess.azure.operations import Operation
from aksess.errors import AksessError, AzureRefused, ClusterUnfit, ClusterUnknown, NotFound

API_VERSION = "2026-06-01"
PREVIEW = "2026-06-02-preview"
"""The newest preview of the specification; which one first has `cloudShellProfile` is not told anywhere."""
WRITE_ACTION = "Microsoft.ContainerService/managedClusters/write"
CREDENTIAL_ACTION = "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"
READ_ONLY = frozenset({"id", "name", "type", "eTag", "systemData"})
READ_ONLY_PROPERTIES = frozenset(
    [
        "provisioningState",
        "powerState",
        "maxAgentPools",
        "currentKubernetesVersion",
        "fqdn",
        "privateFQDN",
        "azurePortalFQDN",
        "resourceUID",
        "status",
    ]
)
"""What Azure alone writes, as azure-mgmt-containerservice 41 marks it; everything else goes back as it came."""


@dataclass(frozen=True)
class Cluster:
    """A managed cluster as ARM showed it at one moment; the properties read the raw body."""

    id: ClusterId
    body: Json

    @property
    def etag(self) -> str | None:
        return self.body.get("eTag") or self.body.get("etag")

    @property
    def ranges(self) -> tuple[str, ...]:
        """`apiServerAccessProfile.authorizedIPRanges` as written; empty means open to the world (AKS docs)."""
        return tuple(str(entry) for entry in self._profile.get("authorizedIPRanges") or ())

    @property
    def location(self) -> str:
        return str(self.body.get("location", ""))

    @property
    def provisioning_state(self) -> str:
        return str(self._properties.get("provisioningState", ""))

    @property
    def busy(self) -> bool:
        """Another operation holds the cluster: a write now would be refused."""
        return self.provisioning_state.lower() not in ("succeeded", "failed", "canceled")

    @property
    def failed(self) -> bool:
        """Its last operation did, and what that changed may have been taken back."""
        return self.provisioning_state.lower() == "failed"

    @property
    def deleting(self) -> bool:
        return self.provisioning_state.lower() == "deleting"

    @property
    def stopped(self) -> bool:
        return str((self._properties.get("powerState") or {}).get("code", "")).lower() == "stopped"

    @property
    def private(self) -> bool:
        """Reached over a private endpoint only; authorized ranges are not supported there (AKS docs)."""
        return (
            bool(self._profile.get("enablePrivateCluster")) or self._properties.get("publicNetworkAccess") == "Disabled"
        )

    @property
    def vnet_integrated(self) -> bool:
        """API server vNet integration: nodes reach it privately, and 2,000 ranges fit (AKS docs)."""
        return bool(self._profile.get("enableVnetIntegration"))

    @property
    def fqdn(self) -> str:
        return str(self._properties.get("fqdn") or self._properties.get("privateFQDN") or "")

    @property
    def entra(self) -> bool:
        """Sign-in by Entra tokens."""
        return bool((self._properties.get("aadProfile") or {}).get("managed"))

    @property
    def runs_commands(self) -> bool:
        """Command Invoke is not switched off (`disableRunCommand`)."""
        return not self._profile.get("disableRunCommand")

    @property
    def network(self) -> Json:
        """`networkProfile`, for the way its nodes leave."""
        return self._properties.get("networkProfile") or {}

    @property
    def node_subnets(self) -> tuple[str, ...]:
        pools = self._properties.get("agentPoolProfiles") or ()
        return tuple(sorted({pool["vnetSubnetID"] for pool in pools if pool.get("vnetSubnetID")}))

    @property
    def subnets(self) -> tuple[str, ...]:
        """The subnets of its nodes and of its API server; none where AKS made a network of its own for it."""
        own = self._profile.get("subnetId")
        return tuple(sorted({*self.node_subnets, *([str(own)] if own else [])}))

    @property
    def node_group_path(self) -> str:
        """The resource group in which AKS keeps what it made for this cluster."""
        return f"/subscriptions/{self.id.subscription}/resourceGroups/{self._properties.get('nodeResourceGroup') or ''}"

    @property
    def named_publicly(self) -> bool:
        """Its name means something everywhere, be it a private address (`enablePrivateClusterPublicFQDN`)."""
        return bool(self._properties.get("fqdn"))

    @property
    def private_zone(self) -> str | None:
        """The private DNS zone that knows its private name; AKS makes one unless told otherwise (AKS docs)."""
        kept = str(self._profile.get("privateDNSZone") or "system")
        if kept.startswith("/"):
            return kept
        zone = str(self._properties.get("privateFQDN") or "").partition(".")[2]
        if kept.lower() == "none" or not zone:
            return None
        return f"{self.node_group_path}/providers/Microsoft.Network/privateDnsZones/{zone}"

    @property
    def managed_bastion(self) -> str | None:
        """The Bastion that AKS keeps for it (`networkProfile.bastionProfile`, REST reference, preview)."""
        profile = self.network.get("bastionProfile") or {}
        return str(profile["bastionId"]) if profile.get("enabled") is not False and profile.get("bastionId") else None

    @property
    def locked(self) -> bool:
        """AKS Automatic, or a locked node resource group: Bastion does not support them (AKS docs)."""
        restriction = (self._properties.get("nodeResourceGroupProfile") or {}).get("restrictionLevel")
        sku = (self.body.get("sku") or {}).get("name")
        return str(restriction).lower() == "readonly" or str(sku).lower() == "automatic"

    @property
    def node_public_addresses(self) -> bool:
        """Some nodes leave by a public address of their own (`enableNodePublicIP`)."""
        return any(pool.get("enableNodePublicIP") for pool in self._properties.get("agentPoolProfiles") or ())

    @property
    def range_limit(self) -> int:
        return 2000 if self.vnet_integrated else 200

    @property
    def _properties(self) -> Json:
        return self.body.get("properties") or {}

    @property
    def _profile(self) -> Json:
        return self._properties.get("apiServerAccessProfile") or {}

    def with_ranges(self, ranges: Sequence[str]) -> Json:
        """The body to send for these ranges: only they differ, and what Azure alone writes is left out."""
        body = {key: copy.deepcopy(value) for key, value in self.body.items() if key not in READ_ONLY}
        properties = {k: v for k, v in (body.get("properties") or {}).items() if k not in READ_ONLY_PROPERTIES}
        profile = dict(properties.get("apiServerAccessProfile") or {})
        profile["authorizedIPRanges"] = list(ranges)
        properties["apiServerAccessProfile"] = profile
        body["properties"] = properties
        return body


class Clusters:
    """The managedClusters calls of ARM. Errors: those of `refusals.py`, with ClusterUnknown for a 404."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def read(self, id: ClusterId) -> Cluster:  # noqa: A002 - ARM's own word
        try:
            return Cluster(id, await self._arm.get(id.path, API_VERSION))
        except NotFound as missing:
            raise _unknown(id) from missing

    async def cloud_shell_profile(self, id: ClusterId) -> Json:  # noqa: A002 - ARM's own word
        """The preview `cloudShellProfile`; `{}` where Azure knows none, or does not know the preview here."""
        try:
            body = await self._arm.get(id.path, PREVIEW)
        except AksessError:
            return {}
        found: Json = (body.get("properties") or {}).get("cloudShellProfile") or {}
        return found

    async def replace_ranges(self, cluster: Cluster, ranges: Sequence[str]) -> Operation:
        """One PUT of the whole body with If-Match, never repeated by itself. Errors: Conflict: others came first."""
        if not ranges:
            raise ValueError("an empty list would open the API server to the world")
        if not cluster.etag:
            raise AzureRefused(
                f"Azure told no eTag for `{cluster.id.name}`; without it a write could undo somebody else's",
                "try again; if it stays so, a proxy between here and Azure changes answers",
            )
        headers = {"If-Match": f'"{cluster.etag}"'}
        address, body = cluster.id.path, cluster.with_ranges(ranges)
        try:
            reply = await self._arm.send(
                "PUT", address, {"api-version": API_VERSION}, body, headers=headers, retry=False
            )
        except NotFound as missing:
            raise _unknown(cluster.id) from missing
        return Operation.of(reply)

    async def kubeconfig(self, cluster: Cluster) -> str:
        """The user kubeconfig as YAML text (`listClusterUserCredential`; format exec on Entra clusters)."""
        params = {"api-version": API_VERSION} | ({"format": "exec"} if cluster.entra else {})
        try:
            reply = await self._arm.send("POST", f"{cluster.id.path}/listClusterUserCredential", params, reads=True)
        except AzureRefused as refusal:
            if "static credential" in refusal.sentence:
                raise ClusterUnfit(
                    f"`{cluster.id.name}` has its local accounts disabled and no Entra sign-in: there is no kubeconfig",
                    "turn Entra on: az aks update --enable-aad",
                    code="no-credentials",
                ) from refusal
            raise
        try:
            return base64.b64decode(reply.body["kubeconfigs"][0]["value"]).decode()
        except (KeyError, IndexError, ValueError) as fault:
            raise AzureRefused("Azure handed out no kubeconfig", "try az aks get-credentials and compare") from fault

    def in_subscription(self, subscription: str) -> AsyncIterator[Json]:
        """Every cluster the caller can see there, as raw bodies."""
        path = f"/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters"
        return self._arm.items(path, API_VERSION)


def id_of(body: dict[str, Any]) -> ClusterId:
    """The id inside a listed body."""
    return ClusterId.parse(str(body["id"]))


def _unknown(cluster_id: ClusterId) -> ClusterUnknown:
    return ClusterUnknown(
        f"there is no cluster `{cluster_id.name}` in resource group `{cluster_id.group}`, or you may not see it",
        f"list what you can see: az aks list -o table --subscription {cluster_id.subscription}",
    )
