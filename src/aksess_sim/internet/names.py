"""Which fake host stands behind a public host name; the names are those of the real ones, from their documentation."""

from typing import Literal

ServiceName = Literal["arm", "login", "echo", "graph", "prices"]

PUBLIC: dict[str, ServiceName] = {
    "management.azure.com": "arm",
    "login.microsoftonline.com": "login",
    "api.ipify.org": "echo",
    "ifconfig.me": "echo",
    "icanhazip.com": "echo",
    "checkip.amazonaws.com": "echo",
    "graph.microsoft.com": "graph",
    "prices.azure.com": "prices",
}

CLOUD_SHELL_TOKENS = ("localhost", 50342)
"""Where every Cloud Shell has its token endpoint; MSAL knows no other place (msal/cloudshell.py)."""
