"""What AKS accepts in `authorizedIPRanges`, and whom a list admits; pure.

Sources: AKS docs api-server-authorized-ip-ranges (limits, the sentinel, network addresses) and
api-server-service-tags; Azure/AKS#4085 (a bare address is stored as /32); terraform-azurerm-aks#378 (the sentinel
mixed with others is `InvalidParameter`). What the service says about a malformed entry is not documented: the code is
the documented one, the sentence ours.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Any

from aksess_sim.world.refusals import Refused

NOBODY = "0.0.0.0/32"
"""Stands alone in a list and admits only the cluster's own outbound address."""
LIMIT = 200
LIMIT_WITH_VNET_INTEGRATION = 2000
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9.]*")

ServiceTags = Mapping[str, Sequence[IPv4Network]]


def normalized(ranges: Any, *, limit: int = LIMIT, tags: bool = False) -> list[str]:
    """The list as AKS stores it: networks in CIDR form, order kept.

    `tags` says whether the subscription may use one service tag. Raises Refused `InvalidParameter`.
    """
    if ranges is None:
        return []
    if not isinstance(ranges, list) or not all(isinstance(entry, str) for entry in ranges):
        raise _invalid("it must be a list of strings")
    entries = [_normalized_entry(entry, tags=tags) for entry in ranges]
    if len(entries) > limit:
        raise _invalid(f"it has {len(entries)} entries, the limit is {limit}")
    if NOBODY in entries and len(entries) > 1:
        raise _invalid(f"{NOBODY} cannot be combined with other IP ranges. See https://aka.ms/aks/auth-ip-ranges")
    if sum(is_tag(entry) for entry in entries) > 1:
        raise _invalid("at most one service tag is allowed")
    return entries


def is_tag(entry: str) -> bool:
    """Is the entry a service tag (`AzureCloud`) and no address?"""
    return _TAG.fullmatch(entry) is not None


def admits(ranges: Iterable[str], address: IPv4Address, tags: ServiceTags | None = None) -> bool:
    """Does a stored, non-empty list let the address in? A tag lets in what the world says it covers."""
    known = tags or {}
    return any(
        address in network
        for entry in ranges
        if entry != NOBODY
        for network in (known.get(entry, ()) if is_tag(entry) else (IPv4Network(entry),))
    )


def _normalized_entry(entry: str, *, tags: bool) -> str:
    if is_tag(entry):
        if tags:
            return entry
        raise _invalid(f"`{entry}` is a service tag, and EnableServiceTagAuthorizedIPPreview is not registered")
    try:
        return str(IPv4Network(entry, strict=True))
    except (AddressValueError, NetmaskValueError):
        raise _invalid(f"`{entry}` is not an IPv4 address or CIDR range") from None
    except ValueError:
        raise _invalid(f"`{entry}` must start at the network address, its host bits are set") from None


def _invalid(reason: str) -> Refused:
    return Refused("InvalidParameter", f"The value of parameter authorizedIPRanges is invalid: {reason}.")
