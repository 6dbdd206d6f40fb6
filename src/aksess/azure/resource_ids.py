"""The parts of any ARM resource id. Pure; ids compare without regard to case, as ARM compares them."""

import re

_GROUP = re.compile(r"^(/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+))", re.IGNORECASE)
_PROVIDERS = re.compile(r"/providers/", re.IGNORECASE)
GROUP_TYPE = "Microsoft.Resources/resourceGroups"


def type_of(id: str) -> str:  # noqa: A002 - ARM's own word
    """`Microsoft.Network/virtualNetworks/subnets`; of an extension resource its own type; that of a resource group for
    a group's id, and empty for a scope that is no resource."""
    _, *tails = _PROVIDERS.split(id.rstrip("/"))
    if not tails:
        return GROUP_TYPE if _GROUP.fullmatch(id.rstrip("/")) else ""
    namespace, *rest = tails[-1].split("/")
    return "/".join([namespace, *rest[::2]])


def name_of(id: str) -> str:  # noqa: A002 - ARM's own word
    return id.rstrip("/").rpartition("/")[2]


def parent_of(id: str) -> str:  # noqa: A002 - ARM's own word
    """What a child resource stands in: the network of a subnet, the zone of a link."""
    return id.rstrip("/").rsplit("/", 2)[0]


def group_path_of(id: str) -> str:  # noqa: A002 - ARM's own word
    """The id of its resource group; empty for what stands in none."""
    found = _GROUP.match(id)
    return found[1] if found else ""


def group_of(id: str) -> str:  # noqa: A002 - ARM's own word
    """The name of its resource group; empty for what stands in none."""
    return name_of(group_path_of(id))


def subscription_of(id: str) -> str:  # noqa: A002 - ARM's own word
    """The subscription's id, which many a path begins with; empty for none."""
    parts = id.strip("/").split("/")
    return parts[1] if len(parts) > 1 and parts[0].lower() == "subscriptions" else ""


def same(one: str, other: str) -> bool:
    return one.rstrip("/").lower() == other.rstrip("/").lower()
