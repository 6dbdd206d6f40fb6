"""The exec credential kubectl asks for on Entra clusters: one JSON document on stdout, so kubelogin is not needed."""

from datetime import datetime
from typing import Any

from aksess.settings import Secret

VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")


def exec_credential(secret: Secret, expires: datetime, api_version: str = VERSIONS[0]) -> dict[str, Any]:
    """The document kubectl reads (kubernetes.io, Client Authentication v1). It holds the token: never log it."""
    return {
        "apiVersion": api_version if api_version in VERSIONS else VERSIONS[0],
        "kind": "ExecCredential",
        "status": {"token": secret.reveal(), "expirationTimestamp": expires.strftime("%Y-%m-%dT%H:%M:%SZ")},
    }
