"""The certificates behind production host names: authorities whose keys never leave memory.

Public hosts (ARM, sign-in, echo services) are vouched for by one authority, the one a simulated shell trusts. Each
API server has an authority of its own, as on AKS, where the kubeconfig carries it. Nothing here knows what a host does.
"""

import ssl

import trustme


class Authority:
    """One certificate authority, and one server context for each host it vouches for."""

    def __init__(self, organization: str) -> None:
        self._authority = trustme.CA(organization_name=organization)
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def pem(self) -> bytes:
        """The authority's own certificate, PEM."""
        return self._authority.cert_pem.bytes()

    def context(self, host: str, *aliases: str) -> ssl.SSLContext:
        """The TLS server context that presents a certificate for `host` and its other names.

        Made at the first call (some 5 ms).
        """
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_alpn_protocols(["http/1.1"])
            self._authority.issue_cert(host, *aliases).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]


class Certificates:
    """Every authority of one simulated internet."""

    def __init__(self) -> None:
        self.public = Authority("Simulated public authority")
        self._clusters: dict[str, Authority] = {}

    def cluster(self, resource_id: str) -> Authority:
        """The authority of one cluster's API server; resource ids compare without case, as in ARM."""
        return self._clusters.setdefault(resource_id.lower(), Authority("Simulated cluster authority"))
