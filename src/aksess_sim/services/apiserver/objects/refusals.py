"""Every way the API server says no, with Kubernetes' own code, reason and sentence.

The sentences are those of k8s.io/apimachinery `pkg/api/errors`, because kubectl prints them as they come.
"""

from typing import Any

from aksess_sim.services.apiserver.objects.kinds import Kind

Details = dict[str, Any]


class Refusal(Exception):
    """An answer of kind Status; raised anywhere, written to the wire in one place."""

    def __init__(self, code: int, reason: str, message: str, details: Details | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}

    def status(self) -> dict[str, Any]:
        """The Status object."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }
        return body | ({"details": self.details} if self.details else {})


def _about(kind: Kind, name: str) -> Details:
    group = {"group": kind.group} if kind.group else {}
    return {"name": name, **group, "kind": kind.plural}


def not_found(kind: Kind, name: str) -> Refusal:
    """404: no such object."""
    return Refusal(404, "NotFound", f'{kind.qualified} "{name}" not found', _about(kind, name))


def no_such_resource() -> Refusal:
    """404: no such resource type, or a subresource it does not have."""
    return Refusal(404, "NotFound", "the server could not find the requested resource")


def already_exists(kind: Kind, name: str) -> Refusal:
    """409: create found the name taken."""
    return Refusal(409, "AlreadyExists", f'{kind.qualified} "{name}" already exists', _about(kind, name))


def conflict(kind: Kind, name: str, why: str | None = None) -> Refusal:
    """409: the object is not the one the caller last saw."""
    why = why or ("the object has been modified; please apply your changes to the latest version and try again")
    sentence = f'Operation cannot be fulfilled on {kind.qualified} "{name}": {why}'
    return Refusal(409, "Conflict", sentence, _about(kind, name))


def apply_conflict(owners: dict[str, list[str]]) -> Refusal:
    """409: server-side apply met fields that other managers apply; `owners` maps a manager to its paths."""
    count = sum(len(paths) for paths in owners.values())
    named = [f'conflict with "{manager}": {path}' for manager, paths in owners.items() for path in paths]
    causes = [
        {"reason": "FieldManagerConflict", "message": f'conflict with "{manager}"', "field": path}
        for manager, paths in owners.items()
        for path in paths
    ]
    sentence = f"Apply failed with {count} conflict{'s' if count > 1 else ''}: {'; '.join(named)}"
    return Refusal(409, "Conflict", sentence, {"causes": causes})


def invalid(kind: Kind, name: str, causes: list[tuple[str, str]]) -> Refusal:
    """422: the object breaks a rule of its kind; `causes` are (field, what is wrong)."""
    told = [f"{field}: {wrong}" for field, wrong in causes]
    sentence = f'{kind.qualified_name} "{name}" is invalid: '
    sentence += told[0] if len(told) == 1 else f"[{', '.join(told)}]"
    details = _about(kind, name) | {
        "kind": kind.name,
        "causes": [{"reason": "FieldValueInvalid", "message": wrong, "field": field} for field, wrong in causes],
    }
    return Refusal(422, "Invalid", sentence, details)


def bad_request(message: str) -> Refusal:
    """400: the request itself makes no sense."""
    return Refusal(400, "BadRequest", message)


def unprocessable(message: str) -> Refusal:
    """422: a patch that cannot be carried out on this object."""
    return Refusal(422, "Invalid", message)


def unauthorized() -> Refusal:
    """401: nobody known is asking."""
    return Refusal(401, "Unauthorized", "Unauthorized")


def forbidden(kind: Kind, *, user: str, verb: str, name: str, namespace: str, subresource: str) -> Refusal:
    """403: this person may not do that here; empty strings where there is no name, namespace or subresource."""
    resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
    subject = kind.qualified + (f' "{name}"' if name else "")
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    sentence = (
        f'{subject} is forbidden: User "{user}" cannot {verb} resource "{resource}" in API group "{kind.group}" {where}'
    )
    return Refusal(403, "Forbidden", sentence, _about(kind, name))


def method_not_allowed() -> Refusal:
    """405: the resource exists, the verb does not."""
    return Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def unsupported_media_type(accepted: tuple[str, ...]) -> Refusal:
    """415: a body in a format nobody here reads."""
    sentence = "the body of the request was in an unknown format - accepted media types include: "
    return Refusal(415, "UnsupportedMediaType", sentence + ", ".join(accepted))


def too_large(limit: int) -> Refusal:
    """413: a body beyond `limit` bytes."""
    return Refusal(413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit}")


def expired(asked: int, oldest: int) -> Refusal:
    """410: a watch from a revision no longer remembered."""
    return Refusal(410, "Expired", f"too old resource version: {asked} ({oldest})")


def unreachable_node(node: str) -> Refusal:
    """500: the node's kubelet cannot be reached, as AKS says it when no tunnel agent is connected."""
    sentence = f'Get "https://{node}:10250/": No agent available'
    return Refusal(500, "InternalError", sentence)
