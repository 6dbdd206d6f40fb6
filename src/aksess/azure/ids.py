"""ARM resource ids: parse and build. Pure; ids compare without regard to case, as ARM compares them."""

import re
from dataclasses import dataclass

from aksess.errors import BadInput

_CLUSTER = re.compile(
    r"^/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.ContainerService/managedClusters/(?P<name>[^/]+)/?$",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
"""1-63 characters, alphanumeric at both ends (REST reference, Managed Clusters)."""
_GROUP = re.compile(r"[\w().-]{1,90}")


@dataclass(frozen=True)
class ClusterId:
    """A managed cluster's place in ARM."""

    subscription: str
    group: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "ClusterId":
        """From a full resource id. Errors: BadInput."""
        if found := _CLUSTER.match(text.strip()):
            return cls(found["subscription"], found["group"], check_name(found["name"]))
        raise BadInput(
            f"`{text}` is not the resource id of a managed cluster",
            "give it as az prints it (`az aks show --query id`), or use -g GROUP -n NAME",
        )

    @property
    def group_path(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @property
    def path(self) -> str:
        return f"{self.group_path}/providers/Microsoft.ContainerService/managedClusters/{self.name}"

    @property
    def key(self) -> str:
        """For comparing: ARM ignores case."""
        return self.path.lower()

    def __str__(self) -> str:
        return self.path


def check_name(name: str) -> str:
    """A cluster's name as Azure allows it, so that it can stand in a path. Errors: BadInput."""
    if _NAME.fullmatch(name):
        return name
    raise BadInput(
        f"`{name}` cannot be the name of a managed cluster",
        "names have 1 to 63 letters, digits, - and _, with a letter or digit at both ends",
    )


def check_group(group: str) -> str:
    """A resource group's name as Azure allows it. Errors: BadInput."""
    if _GROUP.fullmatch(group) and not group.endswith("."):
        return group
    raise BadInput(f"`{group}` cannot be the name of a resource group", "check -g, or list them: az group list")
