"""Paths that are about no object: version, health, discovery and OpenAPI."""

import json

from aiohttp import web

from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.kinds import GROUPS
from aksess_sim.services.apiserver.wire import discovery, openapi


def version(number: str) -> web.Response:
    """The answer of /version for a version such as `1.33.2`; kubectl chooses its own minor version by it."""
    major, minor = number.split(".")[:2]
    return web.json_response(
        {
            "major": major,
            "minor": minor,
            "gitVersion": f"v{number}",
            "gitCommit": "0" * 40,
            "gitTreeState": "clean",
            "buildDate": "2026-01-01T00:00:00Z",
            "goVersion": "go1.24.4",
            "compiler": "gc",
            "platform": "linux/amd64",
        }
    )


def health() -> web.Response:
    """The answer of /healthz, /livez and /readyz."""
    return web.Response(text="ok")


def discover(request: web.Request) -> web.Response:
    """Everything at and below /api and /apis that names no resource."""
    steps = request.path.strip("/").split("/")
    group = "" if steps[0] == "api" else "".join(steps[1:2])
    if group and group not in GROUPS:
        raise refusals.no_such_resource()
    if len(steps) == 1:
        return _root(steps[0], request.headers.get("Accept", ""))
    if steps == ["apis", group]:
        return web.json_response(discovery.legacy_group(group))
    if steps[-1] != "v1":
        raise refusals.no_such_resource()
    return web.json_response(discovery.legacy_resources(group))


def _root(root: str, accept: str) -> web.Response:
    form = discovery.aggregated_version(accept)
    if form is not None:
        body = discovery.aggregated(GROUPS if root == "apis" else ("",), form)
        content_type = discovery.AGGREGATED.format(version=form)
        # kubectl compares the parameters too, which aiohttp's own content_type would not carry.
        return web.Response(body=json.dumps(body).encode(), headers={"Content-Type": content_type})
    return web.json_response(discovery.legacy_groups() if root == "apis" else discovery.legacy_core_versions())


def open_api(request: web.Request) -> web.Response:
    """/openapi/v3 and its documents; /openapi/v2 is not served, as no client from 1.30 on needs it."""
    match request.path.strip("/").split("/")[1:]:
        case ["v3"]:
            return web.json_response(openapi.index())
        case ["v3", "api", "v1"]:
            return web.json_response(openapi.document(""))
        case ["v3", "apis", group, "v1"] if group in GROUPS:
            return web.json_response(openapi.document(group))
    raise refusals.no_such_resource()
