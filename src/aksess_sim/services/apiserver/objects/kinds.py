"""The kinds this API server knows, as one table; discovery, routing and authorization all read it.

To add a kind, add a row (and columns in `wire/columns.py` where NAME and AGE are too little).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One resource type; `name` is what manifests call it, `plural` what URLs call it."""

    group: str
    plural: str
    name: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    counts_generations: bool = False
    """Whether metadata.generation counts the changes of spec."""
    stored: bool = True
    """False for reviews: they are answered, never kept."""
    version: str = "v1"

    @property
    def group_version(self) -> str:
        """As in a manifest's apiVersion: `v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def singular(self) -> str:
        """As kubectl accepts it: `pod`."""
        return self.name.lower()

    @property
    def qualified(self) -> str:
        """As error sentences name the resource: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_name(self) -> str:
        """As Invalid sentences name the kind: `Pod`, `Deployment.apps`."""
        return f"{self.name}.{self.group}" if self.group else self.name

    @property
    def has_status(self) -> bool:
        """Whether status is written apart from the rest, through the status subresource."""
        return "status" in self.subresources

    @property
    def verbs(self) -> tuple[str, ...]:
        """What discovery offers."""
        return ALL_VERBS if self.stored else ("create",)


ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")

_ALL = ("all",)
_SCALED = ("scale", "status")

NAMESPACES = Kind("", "namespaces", "Namespace", False, ("ns",), subresources=("status",))
NODES = Kind("", "nodes", "Node", False, ("no",), subresources=("status",))
PODS = Kind("", "pods", "Pod", True, ("po",), _ALL, ("attach", "eviction", "exec", "log", "portforward", "status"))
SERVICES = Kind("", "services", "Service", True, ("svc",), _ALL, ("status",))
CONFIG_MAPS = Kind("", "configmaps", "ConfigMap", True, ("cm",))
SECRETS = Kind("", "secrets", "Secret")
SERVICE_ACCOUNTS = Kind("", "serviceaccounts", "ServiceAccount", True, ("sa",))
EVENTS = Kind("", "events", "Event", True, ("ev",))
DEPLOYMENTS = Kind("apps", "deployments", "Deployment", True, ("deploy",), _ALL, _SCALED, True)
REPLICA_SETS = Kind("apps", "replicasets", "ReplicaSet", True, ("rs",), _ALL, _SCALED, True)
DAEMON_SETS = Kind("apps", "daemonsets", "DaemonSet", True, ("ds",), _ALL, ("status",), True)
STATEFUL_SETS = Kind("apps", "statefulsets", "StatefulSet", True, ("sts",), _ALL, _SCALED, True)
JOBS = Kind("batch", "jobs", "Job", True, (), _ALL, ("status",), True)

ACCESS_REVIEWS = Kind(
    "authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", False, stored=False
)
RULES_REVIEWS = Kind("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview", False, stored=False)
SUBJECT_REVIEWS = Kind("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", False, stored=False)

KINDS: tuple[Kind, ...] = (
    NAMESPACES,
    NODES,
    PODS,
    SERVICES,
    CONFIG_MAPS,
    SECRETS,
    SERVICE_ACCOUNTS,
    EVENTS,
    DEPLOYMENTS,
    REPLICA_SETS,
    DAEMON_SETS,
    STATEFUL_SETS,
    JOBS,
    ACCESS_REVIEWS,
    RULES_REVIEWS,
    SUBJECT_REVIEWS,
)

STORED_KINDS: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.stored)

GROUPS: tuple[str, ...] = tuple(sorted({kind.group for kind in KINDS if kind.group}))
"""The named groups; the core group, whose name is empty, is not among them."""

_BY_URL = {(kind.group, kind.version, kind.plural): kind for kind in KINDS}


def kind_at(group: str, version: str, plural: str) -> Kind | None:
    """The kind a URL names, or None."""
    return _BY_URL.get((group, version, plural))


def kinds_of(group: str) -> list[Kind]:
    """The kinds of one group, in the table's order; the core group is the empty string."""
    return [kind for kind in KINDS if kind.group == group]
