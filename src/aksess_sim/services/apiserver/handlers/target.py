"""What a URL is about: a kind, perhaps a namespace, a name and a subresource. Pure."""

from dataclasses import dataclass

from aksess_sim.services.apiserver.objects import kinds, refusals
from aksess_sim.services.apiserver.objects.kinds import Kind, kind_at


@dataclass(frozen=True)
class Target:
    """The place a request is about; empty strings for what the URL does not name."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def parse(path: str) -> Target:
    """The target of `/api/v1/...` or `/apis/GROUP/VERSION/...`; raises NotFound for what is not served."""
    steps = path.strip("/").split("/")
    if steps[0] == "api":
        group, version, rest = "", *steps[1:2], steps[2:]
    else:
        group, version, rest = *steps[1:3], steps[3:]
    namespace = ""
    if rest[0] == kinds.NAMESPACES.plural and len(rest) > 2 and rest[2] not in kinds.NAMESPACES.subresources:
        namespace, rest = rest[1], rest[2:]
    kind = kind_at(group, version, rest[0])
    if kind is None or len(rest) > 3 or bool(namespace) > kind.namespaced:
        raise refusals.no_such_resource()
    name, subresource = (*rest[1:], "", "")[:2]
    if subresource and subresource not in kind.subresources:
        raise refusals.no_such_resource()
    if kind.namespaced and name and not namespace:
        raise refusals.no_such_resource()
    return Target(kind, namespace, name, subresource)


def verb(method: str, target: Target, *, watch: bool) -> str:
    """What Kubernetes calls this method here; raises MethodNotAllowed."""
    if target.subresource in ("attach", "exec", "portforward"):
        return "create"
    on_one = bool(target.name)
    match method:
        case "GET" if watch:
            return "watch"
        case "GET":
            return "get" if on_one else "list"
        case "POST" if not on_one or target.subresource:
            return "create"
        case "PUT" | "PATCH" if on_one:
            return "update" if method == "PUT" else "patch"
        case "DELETE" if not target.subresource:
            return "delete" if on_one else "deletecollection"
    raise refusals.method_not_allowed()
