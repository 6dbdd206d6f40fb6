"""Plain calls with nothing but Python's own library, so that the demonstration does not vouch for itself.

plain.py address | kubeconfig | version | ranges | records
"""

import base64
import json
import os
import re
import socket
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

ARM = "https://management.azure.com"
GROUP = "/resourceGroups/rg-demo"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/web"
KUBECONFIG = Path(os.environ.get("KUBECONFIG", "kubeconfig"))


def fetch(url: str, data: bytes | None = None, context: ssl.SSLContext | None = None, **headers: str) -> str:
    """One request, through the proxy and with the certificates the environment names."""
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - fixed https addresses
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:  # noqa: S310
        return str(answer.read().decode())


def arm(path: str, api_version: str, data: bytes | None = None) -> Any:
    """A call to Azure Resource Manager with this Cloud Shell's own token."""
    form = urllib.parse.urlencode({"resource": f"{ARM}/"}).encode()
    token = json.loads(fetch(os.environ["MSI_ENDPOINT"], form, Metadata="true"))["access_token"]
    return json.loads(fetch(f"{ARM}{path}?api-version={api_version}", data, Authorization=f"Bearer {token}"))


def subscription() -> str:
    return str(arm("/subscriptions", "2022-12-01")["value"][0]["id"])


def address() -> None:
    print(fetch("https://api.ipify.org"))


def kubeconfig() -> None:
    answer = arm(f"{subscription()}{CLUSTER}/listClusterUserCredential", "2026-06-01", b"")
    text = base64.b64decode(answer["kubeconfigs"][0]["value"]).decode()
    KUBECONFIG.touch(mode=0o600)
    KUBECONFIG.write_text(text, encoding="utf-8")
    print(re.search(r"server: .*", text)[0])  # type: ignore[index]


def version() -> None:
    """What the API server says to somebody it does not know, if it can be reached at all."""
    server = kept("server")
    trust = ssl.create_default_context(cadata=base64.b64decode(kept("certificate-authority-data")).decode())
    try:
        print(through_tunnel(server, trust) if kept("tls-server-name") else fetch(f"{server}/version", context=trust))
    except OSError as fault:
        sys.exit(f"no answer from {server}: {fault}")


def kept(key: str) -> str:
    """What the kubeconfig, YAML or JSON, says for a key; empty when it says nothing."""
    found = re.search(rf'\b{key}"?: "?([^\s",]+)', KUBECONFIG.read_text(encoding="utf-8"))
    return found[1] if found else ""


def through_tunnel(server: str, trust: ssl.SSLContext) -> str:
    """A loopback port that leads to the API server: whoever answers must still show the server's own certificate."""
    port = urllib.parse.urlsplit(server).port
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        trust.wrap_socket(plain, server_hostname=kept("tls-server-name")) as secured,
    ):
        secured.sendall(b"GET /version HTTP/1.1\r\nHost: kubernetes\r\nConnection: close\r\n\r\n")
        return "".join(line.decode() for line in secured.makefile("rb")).partition("\r\n\r\n")[2]


def ranges() -> None:
    body = arm(f"{subscription()}{CLUSTER}", "2026-06-01")
    print(json.dumps(body["properties"]["apiServerAccessProfile"]["authorizedIPRanges"]))


def records() -> None:
    found = arm(f"{subscription()}{GROUP}/providers/Microsoft.Resources/deployments", "2025-04-01")["value"]
    for record in found:
        tags = record.get("tags") or {}
        if "aksess" in tags:
            keys = ("aksess-address", "aksess-holder", "aksess-state", "aksess-reason", "aksess-ends")
            print(record["name"], json.dumps({key.removeprefix("aksess-"): tags[key] for key in keys}))


if __name__ == "__main__":
    {one.__name__: one for one in (address, kubeconfig, version, ranges, records)}[sys.argv[1]]()
