"""What is said to a Bastion's data plane: an ARM token for the tokens of one connection, and those given back.

The wire is that of az's own client (azure-cli-extensions, `bastion/azext_bastion/tunnel.py`). An exchange that names
the token before it would use that one up (azure-cli-extensions#10137), so none is named: connections stay strangers to
each other. No token is ever logged or quoted.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from aksess.azure.bastion_refusals import refused, unreachable
from aksess.azure.bastions import Bastion
from aksess.azure.credentials import Credentials
from aksess.azure.pipeline import retry_after
from aksess.azure.refusals import Refusal
from aksess.clock import Clock
from aksess.errors import AzureBusy, AzureRefused
from aksess.settings import ARM_AUDIENCE, Secret
from aksess.wire import Wire

log = logging.getLogger("aksess.azure")

PORT = 443
"""The API server's; the one that a Bastion opens to a cluster."""
EXCHANGE_SECONDS, RETURN_SECONDS = 20.0, 5.0
PATIENCE_SECONDS = 8.0
"""A Bastion that restarts is asked again for so long; kubectl gives a connection ten seconds to begin with TLS."""
AGAIN_SECONDS = 1.0
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.bastion\.azure\.com", re.IGNORECASE)
"""Where the ARM token may go (REST reference, Bastion Hosts, `dnsName`)."""


@dataclass(frozen=True, eq=False)
class Grant:
    """What one exchange brought, for one connection."""

    auth: Secret
    websocket: Secret
    """Opens one websocket, once."""
    node: str
    """The instance that knows both."""


@dataclass(frozen=True)
class DataPlane:
    """Of every Bastion; it holds nothing."""

    credentials: Credentials
    wire: Wire
    clock: Clock

    async def exchange(self, bastion: Bastion, cluster: str) -> Grant:
        """For a connection to this cluster's API server. Errors: `bastion_refusals.py`'s, NotSignedIn, AzureRefused."""
        patient_until = self.clock.monotonic() + PATIENCE_SECONDS
        renewed = False
        while True:
            status, body, wait = await self._post(bastion, cluster)
            if status == 200:
                return _grant(bastion, body)
            fault = refused(bastion.name, Refusal.read(status, body, wait))
            if status == 401 and not renewed:
                self.credentials.forget(ARM_AUDIENCE)
                renewed = True
                continue
            wait = wait or AGAIN_SECONDS
            if not isinstance(fault, AzureBusy) or self.clock.monotonic() + wait > patient_until:
                raise fault
            await self.clock.sleep(wait)

    async def give_back(self, bastion: Bastion, grant: Grant) -> bool:
        """Whether the Bastion holds it no longer. Never raises."""
        address = f"{_address(bastion)}/{quote(grant.auth.reveal(), safe='')}"
        try:
            async with self.wire.session.delete(
                address,
                headers={"X-Node-Id": grant.node},
                proxy=self.wire.proxy_for(address),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=RETURN_SECONDS),
            ) as answer:
                log.debug("DELETE %s/*** -> %s", _address(bastion), answer.status)
                return answer.status in (200, 204, 404)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def _post(self, bastion: Bastion, cluster: str) -> tuple[int, Mapping[str, Any], float | None]:
        """Status, body, and the seconds the Bastion asks to wait."""
        token = await self.credentials.token(ARM_AUDIENCE)
        address, began = _address(bastion), self.clock.monotonic()
        form = {
            "resourceId": cluster,
            "protocol": "tcptunnel",
            "workloadHostPort": str(PORT),
            "aztoken": token.secret.reveal(),
        }
        try:
            async with self.wire.session.post(
                address,
                data=form,
                proxy=self.wire.proxy_for(address),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=EXCHANGE_SECONDS),
            ) as answer:
                log.debug("POST %s -> %s in %.2f s", address, answer.status, self.clock.monotonic() - began)
                return answer.status, await _body(answer), retry_after(answer.headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise unreachable(bastion.name, fault) from None  # what is chained could quote what was sent


async def _body(answer: aiohttp.ClientResponse) -> Mapping[str, Any]:
    """Whatever it is written in; `{}` for what is no JSON object."""
    try:
        found = await answer.json(content_type=None)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _address(bastion: Bastion) -> str:
    """Errors: AzureRefused for a host that is no Bastion's: the token must not go there."""
    if _HOST.fullmatch(bastion.dns_name):
        return f"https://{bastion.dns_name}/api/tokens"
    raise AzureRefused(
        f"Bastion `{bastion.name}` tells `{bastion.dns_name}` as its address, where no token may go",
        "look at it: az network bastion show --query dnsName",
    )


def _grant(bastion: Bastion, body: Mapping[str, Any]) -> Grant:
    """The node's id is sent back as a header, where only printable ASCII may stand (RFC 9110, field values)."""
    auth, websocket, node = (body.get(name) for name in ("authToken", "websocketToken", "nodeId"))
    for name, value in (("authToken", auth), ("websocketToken", websocket), ("nodeId", node)):
        if not (isinstance(value, str) and value and value.isascii() and value.isprintable()):
            raise AzureRefused(
                f"Bastion `{bastion.name}` answered an exchange without '{name}', or with one that cannot be sent back",
                "try again; if it stays so, a proxy between here and Azure changes answers",
            )
    return Grant(Secret(str(auth)), Secret(str(websocket)), str(node))


def websocket_address(bastion: Bastion, grant: Grant) -> Secret:
    """Where the connection is: good once, and for a short time."""
    token, node = quote(grant.websocket.reveal(), safe=""), quote(grant.node, safe="")
    return Secret(f"wss://{bastion.dns_name}/webtunnelv2/{token}?X-Node-Id={node}")
