"""ARM resource ids as Azure writes them, and the scopes above them; pure text, no look-ups."""


def subscription_path(subscription: str) -> str:
    """`/subscriptions/{subscription}`."""
    return f"/subscriptions/{subscription}"


def group_id(subscription: str, group: str) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def resource_id(subscription: str, group: str, kind: str, *names: str) -> str:
    """The id of a resource of `kind` (`Microsoft.Network/virtualNetworks/subnets`) with one name a level."""
    provider, *levels = kind.split("/")
    pairs = "".join(f"/{level}/{name}" for level, name in zip(levels, names, strict=True))
    return f"{group_id(subscription, group)}/providers/{provider}{pairs}"


def cluster_id(subscription: str, group: str, name: str) -> str:
    """The id of a managed cluster."""
    return resource_id(subscription, group, "Microsoft.ContainerService/managedClusters", name)


def within(scope: str, outer: str) -> bool:
    """Is `scope` the same as `outer` or below it? Ids compare without case, whole segments only."""
    inner, above = scope.lower().rstrip("/"), outer.lower().rstrip("/")
    return inner == above or inner.startswith(above + "/")


def group_of(resource: str) -> str:
    """The resource group's name in an id.

    Raises ValueError when the id names none.
    """
    return _segment_after(resource, "resourcegroups")


def subscription_of(resource: str) -> str:
    """The subscription's id in a resource id.

    Raises ValueError when the id names none.
    """
    return _segment_after(resource, "subscriptions")


def kind_of(resource: str) -> str:
    """The type in an id, `Microsoft.Network/virtualNetworks/subnets`; empty for what is no resource.

    Of an extension (`.../providers/Microsoft.Authorization/roleAssignments/x`) it is the extension's.
    """
    _, provider, rest = resource.rpartition("/providers/")
    namespace, *levels = rest.split("/")
    return "/".join([namespace, *levels[::2]]) if provider else ""


def parent_of(resource: str) -> str:
    """The id without its last type and name: a subnet's network, a network's group with `/providers/...` left over."""
    return resource.rsplit("/", 2)[0]


def name_of(resource: str) -> str:
    """The last segment: the resource's own name."""
    return resource.rsplit("/", 1)[-1]


def _segment_after(resource: str, word: str) -> str:
    segments = resource.strip("/").split("/")
    return segments[[segment.lower() for segment in segments].index(word) + 1]
