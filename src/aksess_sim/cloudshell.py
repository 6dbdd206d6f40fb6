"""What a Cloud Shell looks like to the programs in it: environment variables, and nothing else.

Which variables a Cloud Shell has: Azure/CloudShell `linux/tools.Dockerfile`; what az takes for one: `ACC_CLOUD`
(azure/cli/core, in_cloud_console); what MSAL takes for one: `AZUREPS_HOST_ENVIRONMENT` (msal/cloudshell.py).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aksess_sim.internet.caller import Caller
from aksess_sim.internet.names import CLOUD_SHELL_TOKENS

TOKEN_ENDPOINT = "http://{}:{}/oauth2/token".format(*CLOUD_SHELL_TOKENS)
FOREIGN = ("AZURE_", "ARM_", "ACC_", "AZUREPS_", "MSI_", "IDENTITY_", "IMDS_", "KUBE", "SSL_CERT_", "ACTIONS_ID_TOKEN_")
"""A person's own settings of this kind do not enter a simulated shell: real credentials stay out of it."""
FOREIGN_NAMES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy", "ws_proxy", "wss_proxy",
                           "requests_ca_bundle", "curl_ca_bundle", "node_extra_ca_certs"})  # fmt: skip


@dataclass(frozen=True)
class Session:
    """One simulated shell: who stands in it, and the way out of it."""

    caller: Caller
    password: str
    """The proxy password; a secret."""
    proxy_port: int
    tenant_id: str
    location: str

    @property
    def proxy(self) -> str:
        """The way out, password included; a secret."""
        return f"http://{self.caller.session}:{self.password}@127.0.0.1:{self.proxy_port}"

    def environment(self, *, ca_file: Path, home: Path) -> dict[str, str]:
        """The variables of the shell. `ca_file` holds the authority of the public hosts, `home` is private to it.

        The proxy is meant for localhost too (there is no NO_PROXY): the token endpoint lives behind it.
        """
        bundle = str(ca_file)
        return {
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), self.proxy),
            "SSL_CERT_FILE": bundle,
            "REQUESTS_CA_BUNDLE": bundle,
            "CURL_CA_BUNDLE": bundle,
            "HOME": str(home),
            "AZURE_CONFIG_DIR": str(home / ".azure"),
            "ACC_CLOUD": "PROD",
            "ACC_LOCATION": self.location,
            "ACC_TERM_ID": str(uuid.uuid5(uuid.NAMESPACE_OID, self.caller.session)),
            "ACC_TID": self.tenant_id,
            "AZUREPS_HOST_ENVIRONMENT": "cloud-shell/1.0",
            "MSI_ENDPOINT": TOKEN_ENDPOINT,
            "POWERSHELL_DISTRIBUTION_CHANNEL": "CloudShell",
            "AZD_IN_CLOUDSHELL": "1",
            "AZURE_CLIENTS_SHOW_SECRETS_WARNING": "True",
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
        }


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """What a simulated shell takes over from the shell it is started in: all but what would betray it."""
    return {
        name: value
        for name, value in environ.items()
        if not name.upper().startswith(FOREIGN) and name.lower() not in FOREIGN_NAMES
    }
