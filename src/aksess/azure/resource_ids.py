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


def same(one: str | None, other: str | None) -> bool:
    return (one or "").rstrip("/").lower() == (other or "").rstrip("/").lower()


def resource_id(scope: str, kind: str, *names: str) -> str:
    """Below a group, or for an extension below any resource; one name for each segment of the type.

    Errors: ValueError when their number does not fit.
    """
    namespace, *types = kind.split("/")
    pairs = zip(types, names, strict=True)
    return "/".join([f"{scope}/providers/{namespace}", *(part for pair in pairs for part in pair)])


def names_of(id: str) -> str:  # noqa: A002 - ARM's own word
    """All names behind the provider, as a template's `name` wants them: `vnet/subnet`."""
    return "/".join(_PROVIDERS.split(id.rstrip("/"))[-1].split("/")[2::2])


def scope_of(id: str) -> str:  # noqa: A002 - ARM's own word
    """What it stands below: its resource group, or what an extension extends."""
    return id[: [found.start() for found in _PROVIDERS.finditer(id)][-1]]
