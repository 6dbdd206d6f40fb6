"""Everything that comes from outside the command line: one frozen record, every environment variable named here.

It reads the environment it is given and the person's settings file, and decides nothing else.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aksess.errors import BadInput

ARM = "https://management.azure.com"
ARM_AUDIENCE = "https://management.azure.com/"
AKS_AUDIENCE = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The AKS Entra server application, the same in every cloud (azure-cli, `aks_runcommand`)."""

LEASE_DEFAULT = timedelta(minutes=30)
LEASE_LONGEST = timedelta(hours=8)
OBSERVERS = (
    "https://api.ipify.org",
    "https://ifconfig.me/ip",
    "https://checkip.amazonaws.com",
    "https://icanhazip.com",
)

VARIABLES = {
    "AKSESS_CLUSTER": "the cluster when none is named: a resource id, GROUP/NAME or NAME",
    "AKSESS_SUBSCRIPTION": "the subscription to look in, like --subscription",
    "AKSESS_LEDGER": "where leases are recorded: deployments (default) or local",
    "AKSESS_WIDEST": "the widest range that may be leased, as a prefix length (default 32: single addresses)",
    "AKSESS_OBSERVERS": "addresses, split by commas, that answer with the caller's public address over HTTPS",
    "AKSESS_DEBUG": "1 prints tracebacks and request lines (never tokens) to stderr",
    "AZURE_SUBSCRIPTION_ID": "the subscription to look in, when AKSESS_SUBSCRIPTION is not set",
    "AZURE_CONFIG_DIR": "az's own folder; its default subscription is honoured",
    "MSI_ENDPOINT": "Cloud Shell's token endpoint, set by Cloud Shell",
    "MSI_SECRET": "set where MSI_ENDPOINT is not Cloud Shell's",
    "AZURE_CLIENT_ID": "the service principal or workload identity to sign in as (azure-identity)",
    "AZURE_TENANT_ID": "its tenant (azure-identity)",
    "AZURE_FEDERATED_TOKEN_FILE": "the token of a workload identity (azure-identity)",
    "IDENTITY_ENDPOINT": "the endpoint of a managed identity, set where there is one (azure-identity)",
    "KUBERNETES_EXEC_INFO": "set by kubectl: which version of the exec credential it wants",
    "HTTPS_PROXY": "the proxy for HTTPS (http_proxy, HTTP_PROXY, ALL_PROXY and the lower-case forms as well)",
    "NO_PROXY": "hosts that are reached without the proxy; 127.0.0.1 joins them for commands behind a tunnel",
    "SSL_CERT_FILE": "certificates to trust instead of the system's",
    "SSL_CERT_DIR": "a folder of certificates to trust",
    "REQUESTS_CA_BUNDLE": "certificates to trust, as az and requests name it",
    "KUBECONFIG": "not read; set for the commands aksess runs",
    "SHELL": "the shell `aksess connect` opens",
    "PS1": "its prompt; a sign is put in front of it",
    "ZDOTDIR": "where zsh's own start-up file lies",
    "HOME": "where az's folder, the settings file and the local ledger lie, unless said otherwise",
    "XDG_CONFIG_HOME": "where the settings file lies (default ~/.config)",
    "XDG_STATE_HOME": "where the local ledger and the kept price list lie (default ~/.local/state)",
    "XDG_RUNTIME_DIR": "where kubeconfigs live while a route is open (default: a private temporary folder)",
    "NO_COLOR": "no colours",
    "TERM": "`dumb` means no colours and no live progress",
}


class Secret:
    """A token: it masks itself wherever it is printed, logged or formatted. `reveal()` is for the wire alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"


_PASSWORD = re.compile(r"(\w+://)[^\s/]+@")


def masked(text: str) -> str:
    """What a library says about a fault: it may quote the proxy's address, whose user and password are masked here."""
    return _PASSWORD.sub(r"\1***@", text)


@dataclass(frozen=True)
class Settings:
    """Made once per command by `from_environment`."""

    environment: Mapping[str, str]
    cluster: str | None = None
    subscription: str | None = None
    ledger: str = "deployments"
    widest_prefix: int = 32
    observers: tuple[str, ...] = OBSERVERS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Environment first, then the settings file. Errors: BadInput for what cannot be meant."""
        kept = read_settings_file(settings_file(environment))
        ledger = environment.get("AKSESS_LEDGER") or kept.get("ledger") or "deployments"
        if ledger not in ("deployments", "local"):
            raise BadInput(
                f"AKSESS_LEDGER is `{ledger}`; only deployments and local are known",
                "unset AKSESS_LEDGER, or set it to deployments",
            )
        observers = tuple(filter(None, environment.get("AKSESS_OBSERVERS", "").split(","))) or OBSERVERS
        return cls(
            environment=environment,
            cluster=environment.get("AKSESS_CLUSTER") or kept.get("cluster"),
            subscription=environment.get("AKSESS_SUBSCRIPTION") or environment.get("AZURE_SUBSCRIPTION_ID"),
            ledger=ledger,
            widest_prefix=_prefix(environment.get("AKSESS_WIDEST", "32")),
            observers=observers,
        )

    @property
    def home(self) -> Path:
        return _home(self.environment)

    @property
    def state_folder(self) -> Path:
        return Path(self.environment.get("XDG_STATE_HOME") or self.home / ".local" / "state") / "aksess"


def wants_debug(environment: Mapping[str, str]) -> bool:
    """Asked before there are settings: what cannot be read into them is told with its traceback too."""
    return environment.get("AKSESS_DEBUG", "") not in ("", "0")


def settings_file(environment: Mapping[str, str]) -> Path:
    """Where `aksess use` keeps the default cluster."""
    folder = environment.get("XDG_CONFIG_HOME") or _home(environment) / ".config"
    return Path(folder) / "aksess" / "settings.json"


def read_settings_file(path: Path) -> dict[str, str]:
    """The kept settings, `{}` when there are none. Errors: BadInput when the file is not what aksess wrote."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as fault:
        raise BadInput(f"the settings file {path} cannot be read: {fault}", f"mend or remove {path}") from fault
    if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
        raise BadInput(f"the settings file {path} is not an object of strings", f"mend or remove {path}")
    return kept


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or Path.home())


def _prefix(text: str) -> int:
    if text.lstrip("/").isdecimal() and 8 <= int(text.lstrip("/")) <= 32:
        return int(text.lstrip("/"))
    raise BadInput(f"AKSESS_WIDEST is `{text}`; it takes a prefix length from 8 to 32", "set it to 32, or unset it")
