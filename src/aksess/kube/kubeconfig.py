"""Kubeconfigs: read what Azure hands out, keep one context, write it privately. Pure but for `write_private`.

The person's own kubeconfig is never touched. The file written is JSON, which is YAML too: kubectl reads it, and no
writer has to get quoting right.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aksess.errors import AzureRefused

Json = dict[str, Any]


@dataclass(frozen=True)
class Kubeconfig:
    """One context with its cluster and user, as plain data."""

    context: str
    cluster: Json
    user: Json
    namespace: str = ""

    @property
    def server(self) -> str:
        return str(self.cluster.get("server", ""))

    @property
    def host(self) -> str:
        return urlsplit(self.server).hostname or ""

    @property
    def authority(self) -> str:
        """`certificate-authority-data`, base64; empty when the cluster relies on public authorities."""
        return str(self.cluster.get("certificate-authority-data") or "")

    @property
    def server_name(self) -> str:
        """The name its certificate must show, where that is not the host's (`tls-server-name`); else empty."""
        return str(self.cluster.get("tls-server-name") or "")

    @property
    def loopback(self) -> bool:
        """Its server is this machine: no proxy stands between (as Go's `net/http` has it, and so kubectl)."""
        return self.host in ("127.0.0.1", "localhost", "::1")

    def through(self, port: int) -> "Kubeconfig":
        """The same cluster by a tunnel that listens on this machine; its certificate must be the one it was before."""
        cluster = {
            **self.cluster,
            "server": f"https://127.0.0.1:{port}{urlsplit(self.server).path}",
            "tls-server-name": self.server_name or self.host,
        }
        return Kubeconfig(self.context, cluster, self.user, self.namespace)

    @property
    def signs_in(self) -> bool:
        """Whether the user needs an exec credential (Entra clusters)."""
        return bool(self.user.get("exec") or self.user.get("auth-provider"))

    def with_exec(self, command: list[str]) -> "Kubeconfig":
        """The same, signing in by running `command` for an ExecCredential (client authentication v1)."""
        user = {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": command[0],
                "args": command[1:],
                "interactiveMode": "Never",
                "provideClusterInfo": False,
            }
        }
        return Kubeconfig(self.context, self.cluster, user, self.namespace)

    def to_data(self) -> Json:
        context: Json = {"cluster": self.context, "user": self.context}
        if self.namespace:
            context["namespace"] = self.namespace
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": self.context,
            "clusters": [{"name": self.context, "cluster": self.cluster}],
            "users": [{"name": self.context, "user": self.user}],
            "contexts": [{"name": self.context, "context": context}],
        }


def read_kubeconfig(text: str) -> Kubeconfig:
    """The current (else the first) context of a kubeconfig. Errors: AzureRefused when it is not one."""
    import yaml

    try:
        document = yaml.safe_load(text)
        contexts = _by_name(document, "contexts", "context")
        name = document.get("current-context") or next(iter(contexts))
        context = contexts[name]
        cluster = _by_name(document, "clusters", "cluster")[context["cluster"]]
        user = _by_name(document, "users", "user")[context["user"]]
        found = Kubeconfig(str(name), cluster, user, str(context.get("namespace") or ""))
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, StopIteration) as fault:
        raise _unreadable(type(fault).__name__) from fault
    if not found.server.startswith("https://"):
        raise _unreadable("its server is not an https address")
    return found


def _by_name(document: Json, kind: str, inner: str) -> dict[str, Json]:
    return {str(entry["name"]): dict(entry[inner]) for entry in document[kind]}


def _unreadable(why: str) -> AzureRefused:
    return AzureRefused(
        f"the kubeconfig Azure handed out cannot be read ({why})", "compare: az aks get-credentials -f -"
    )


def write_private(kubeconfig: Kubeconfig, path: Path) -> None:
    """A new file that only its owner can read; refuses to write over or through anything that is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kubeconfig.to_data(), file, indent=1)
