"""The kubeconfigs AKS hands out, as YAML text; names and layout by AKS docs control-kubeconfig-access; pure."""

import base64
from typing import Any

import yaml

from aksess_sim.world.clusters import Cluster

_ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
_ENTRA_CLIENT = "80faf920-1908-4b52-b5ef-a8e7bedfc67a"


def local_account(cluster: Cluster, host: str, role: str) -> str:
    """For `clusterUser` or `clusterAdmin` with the static token, which is a full administrator either way."""
    return _kubeconfig(
        cluster, host, f"{role}_{cluster.resource_group}_{cluster.name}", {"token": cluster.token_secret}
    )


def entra_user(cluster: Cluster, host: str, tenant_id: str) -> str:
    """For a person who signs in: kubelogin as an exec plugin (AKS docs kubelogin-authentication)."""
    arguments = ["get-token", "--login", "devicecode", "--environment", "AzurePublicCloud"]
    arguments += ["--tenant-id", tenant_id, "--server-id", _ENTRA_SERVER, "--client-id", _ENTRA_CLIENT]
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": arguments,
        "env": None,
        "installHint": "\nkubelogin is not installed which is required to connect to AAD enabled cluster.\n\n"
        "To learn more, please go to https://aka.ms/aks/kubelogin\n",
        "provideClusterInfo": False,
    }
    return _kubeconfig(cluster, host, f"clusterUser_{cluster.resource_group}_{cluster.name}", {"exec": plugin})


def inside(cluster: Cluster, token: str) -> str:
    """For a pod of the cluster; a private cluster is called by its private name."""
    return _kubeconfig(cluster, cluster.hosts[-1], "run-command", {"token": token})


def _kubeconfig(cluster: Cluster, host: str, user: str, credential: dict[str, Any]) -> str:
    authority = base64.b64encode(cluster.ca_pem).decode()
    server = {"certificate-authority-data": authority, "server": f"https://{host}:443"}
    document = {
        "apiVersion": "v1",
        "clusters": [{"cluster": server, "name": cluster.name}],
        "contexts": [{"context": {"cluster": cluster.name, "user": user}, "name": cluster.name}],
        "current-context": cluster.name,
        "kind": "Config",
        "preferences": {},
        "users": [{"name": user, "user": credential}],
    }
    return yaml.safe_dump(document, sort_keys=False)
