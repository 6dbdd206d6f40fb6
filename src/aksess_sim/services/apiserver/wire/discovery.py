"""What this server offers, in both forms kubectl asks for: aggregated (one answer for all) and legacy (one a group).

Source: Kubernetes documentation, "API concepts", discovery API.
"""

from typing import Any

from aksess_sim.services.apiserver.objects.kinds import GROUPS, Kind, kinds_of

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
AGGREGATED_VERSIONS = ("v2", "v2beta1")

Body = dict[str, Any]


def aggregated_version(accept: str) -> str | None:
    """The first aggregated form an Accept header asks for; None means the legacy form."""
    for part in accept.replace(" ", "").split(","):
        if "g=apidiscovery.k8s.io" in part:
            for version in AGGREGATED_VERSIONS:
                if f";v={version};" in f"{part};":
                    return version
    return None


def aggregated(groups: tuple[str, ...], version: str) -> Body:
    """APIGroupDiscoveryList."""
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": [
            {
                "metadata": {"name": group} if group else {},
                "versions": [
                    {
                        "version": "v1",
                        "freshness": "Current",
                        "resources": [_aggregated_resource(kind) for kind in kinds_of(group)],
                    }
                ],
            }
            for group in groups
        ],
    }


def _aggregated_resource(kind: Kind) -> Body:
    resource: Body = {
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.name},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular,
        "verbs": list(kind.verbs),
    }
    if kind.short_names:
        resource["shortNames"] = list(kind.short_names)
    if kind.categories:
        resource["categories"] = list(kind.categories)
    if kind.subresources:
        resource["subresources"] = [
            {
                "subresource": name,
                "responseKind": dict(zip(("group", "version", "kind"), _served(kind, name), strict=True)),
                "verbs": list(_subresource_verbs(name)),
            }
            for name in kind.subresources
        ]
    return resource


def legacy_core_versions() -> Body:
    """APIVersions: the answer of `/api`."""
    return {"kind": "APIVersions", "versions": ["v1"]}


def legacy_groups() -> Body:
    """APIGroupList: the answer of `/apis`."""
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(group) for group in GROUPS]}


def legacy_group(group: str) -> Body:
    """APIGroup: the answer of `/apis/GROUP`."""
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(group)}


def _group(group: str) -> Body:
    version = {"groupVersion": f"{group}/v1", "version": "v1"}
    return {"name": group, "versions": [version], "preferredVersion": version}


def legacy_resources(group: str) -> Body:
    """APIResourceList: the answer of `/api/v1` and `/apis/GROUP/v1`."""
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/v1" if group else "v1",
        "resources": [row for kind in kinds_of(group) for row in _legacy_rows(kind)],
    }


def _legacy_rows(kind: Kind) -> list[Body]:
    main: Body = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.name,
        "verbs": list(kind.verbs),
        "shortNames": list(kind.short_names),
        "categories": list(kind.categories),
    }
    parts = [
        {
            "name": f"{kind.plural}/{name}",
            "singularName": "",
            "namespaced": kind.namespaced,
            "kind": _served(kind, name)[2],
            "verbs": list(_subresource_verbs(name)),
        }
        for name in kind.subresources
    ]
    return [main, *parts]


def _served(kind: Kind, subresource: str) -> tuple[str, str, str]:
    """Group, version and kind of what a subresource speaks."""
    match subresource:
        case "scale":
            return "autoscaling", "v1", "Scale"
        case "eviction":
            return "policy", "v1", "Eviction"
        case "exec" | "attach":
            return "", "v1", f"Pod{subresource.capitalize()}Options"
        case _:
            return kind.group, kind.version, kind.name


def _subresource_verbs(subresource: str) -> tuple[str, ...]:
    match subresource:
        case "log":
            return ("get",)
        case "exec" | "attach":
            return ("create", "get")
        case "eviction":
            return ("create",)
        case _:
            return ("get", "patch", "update")
