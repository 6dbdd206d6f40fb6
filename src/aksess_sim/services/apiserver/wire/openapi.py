"""The least OpenAPI v3 that kubectl needs: which kinds take a patch, and that the server checks fields itself.

kubectl reads of it only whether PATCH has a `fieldValidation` parameter and then leaves validation to the server;
without schemas `kubectl explain` has nothing to show, which is the one thing given up here.
"""

from typing import Any

from aksess_sim.services.apiserver.objects.kinds import GROUPS, Kind, kinds_of


def index() -> dict[str, Any]:
    """The answer of `/openapi/v3`: one document a group."""
    places = ["api/v1", *(f"apis/{group}/v1" for group in GROUPS)]
    return {"paths": {place: {"serverRelativeURL": f"/openapi/v3/{place}?hash=1"} for place in places}}


def document(group: str) -> dict[str, Any]:
    """The answer of `/openapi/v3/api/v1` and `/openapi/v3/apis/GROUP/v1`."""
    prefix = f"/apis/{group}/v1" if group else "/api/v1"
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1"},
        "paths": dict(_patch_operation(prefix, kind) for kind in kinds_of(group) if kind.stored),
    }


def _patch_operation(prefix: str, kind: Kind) -> tuple[str, dict[str, Any]]:
    scope = "/namespaces/{namespace}" if kind.namespaced else ""
    operation = {
        "operationId": f"patch{kind.name}",
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string"}}
            for name in ("dryRun", "fieldManager", "fieldValidation", "force")
        ],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-group-version-kind": {"group": kind.group, "version": kind.version, "kind": kind.name},
    }
    return f"{prefix}{scope}/{kind.plural}/{{name}}", {"patch": operation}
