"""From what a person types about a Cloud Shell network to wishes, and back to the command that says the same. Pure."""

import re
import shlex
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from aksess.azure.ids import ClusterId
from aksess.azure.network_bodies import VNET
from aksess.azure.resource_ids import resource_id
from aksess.errors import BadInput
from aksess.vnet.model import Variant, Wishes

_ID = re.compile(
    r"/subscriptions/[^/?#%]+/resourceGroups/[^/?#%]+/providers/Microsoft\.Network/virtualNetworks/[^/?#%]+",
    re.IGNORECASE,
)
_OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
Target = ClusterId
"""The cluster that a network is for."""


def wishes_from(
    cluster: ClusterId,
    *,
    private: bool = False,
    public: bool = False,
    network: str | None = None,
    address_space: str | None = None,
    location: str | None = None,
    nat: bool = False,
    principal: str | None = None,
) -> Wishes:
    """As typed. Errors: BadInput."""
    if private and public:
        raise BadInput("an API server is private or public, not both", "give --private or --public, or neither")
    return Wishes(
        variant=Variant.PRIVATE if private else Variant.PUBLIC if public else None,
        network=network_id(cluster, network) if network else None,
        address_space=_space(address_space) if address_space else None,
        location=location,
        nat=nat,
        principal=_object_id(principal) if principal is not None else None,
    )


def _object_id(typed: str) -> str:
    if _OBJECT_ID.fullmatch(typed.strip()):
        return typed.strip().lower()
    raise BadInput(
        f"`{typed}` is not an object id",
        "ask somebody who may read the directory: az ad sp list --display-name 'Azure Container Instance Service' "
        "--query [].id",
    )


def command_again(cluster: ClusterId, wishes: Wishes) -> str:
    """The command that applies the same wishes, from any shell."""
    words = ["aksess", "vnet", "apply", "-g", cluster.group, "-n", cluster.name]
    words += ["--vnet", wishes.network] if wishes.network else []
    words += ["--location", wishes.location] if wishes.location else []
    return shlex.join([*words, *(["--nat"] if wishes.nat else [])])


def network_id(cluster: ClusterId, typed: str) -> str:
    """Of an id, GROUP/NAME, or NAME in the cluster's own group. Errors: BadInput for what can be none of them."""
    if _ID.fullmatch(typed.rstrip("/")):
        return typed.rstrip("/")
    group, _, name = typed.rpartition("/")
    if not name or "/" in group or typed.startswith("/"):
        raise BadInput(
            f"`{typed}` cannot be the name of a virtual network",
            "name it by its full id, as GROUP/NAME, or by its name alone",
            code="network-unreadable",
        )
    return resource_id(f"/subscriptions/{cluster.subscription}/resourceGroups/{group or cluster.group}", VNET, name)


def _space(typed: str) -> IPv4Network:
    try:
        return IPv4Network(typed)
    except (AddressValueError, NetmaskValueError, ValueError) as fault:
        raise BadInput(
            f"`{typed}` is no range of IPv4 addresses ({fault})", "write it like 10.7.0.0/24", code="space-malformed"
        ) from fault
