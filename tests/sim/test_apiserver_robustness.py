"""Whatever is sent, the answer is Kubernetes' own: never a crash, never a half-written object."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.kinds import STORED_KINDS, Kind
from aksess_sim.services.apiserver.objects.schema import MESSAGES
from sim.standing_cluster import TABLE, StandingCluster, deployment, pod, standing_cluster
from sim.virtual_time import VirtualTimeLoop

FIELDS = sorted({field.name for message in MESSAGES.values() for field in message})
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "demo", "True", "LoadBalancer"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=15,
)
SAME_EACH_TIME = settings(max_examples=400, deadline=None, derandomize=True)
"""The examples of a test share one cluster, so their order is part of what is tried."""

CONTENT_TYPES = st.sampled_from(
    [
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]
)


_LABELS = {"app": "x"}
_PORTS = [{"port": 80, "targetPort": "web", "name": "http"}]
_POD = {**pod(labels=_LABELS, annotations={"a": "b"})}
_WEB = {"type": "LoadBalancer", "selector": _LABELS, "ports": _PORTS}
MANIFESTS: list[tuple[Kind, Any]] = [
    (kinds.PODS, _POD | {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}),
    (kinds.DEPLOYMENTS, deployment(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}})),
    (kinds.STATEFUL_SETS, deployment() | {"kind": "StatefulSet"}),
    (kinds.DAEMON_SETS, deployment() | {"kind": "DaemonSet"}),
    (kinds.JOBS, {"metadata": {}, "spec": {"completions": 1, "template": deployment()["spec"]["template"]}}),
    (kinds.SERVICES, {"metadata": {}, "spec": _WEB, "status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}}),
    (kinds.SECRETS, {"metadata": {}, "data": {"a": "YQ=="}, "stringData": {"b": "c"}}),
    (kinds.EVENTS, {"metadata": {}, "involvedObject": {"kind": "Pod", "name": "x"}, "lastTimestamp": "2026-01-01"}),
    (kinds.NAMESPACES, {"metadata": {"labels": _LABELS, "finalizers": ["x/y"]}}),
    (kinds.NODES, {"metadata": {}, "spec": {"unschedulable": True}, "status": {"nodeInfo": {"osImage": "x"}}}),
]
"""One valid manifest of each kind that controllers or tables look into."""


@dataclass
class Stage:
    """One cluster for all examples of a test, on a loop of its own."""

    runner: asyncio.Runner
    cluster: StandingCluster

    def send(self, method: str, path: str, body: Any, content_type: str) -> int:
        return self.runner.run(self._send(method, path, body, content_type))

    async def _send(self, method: str, path: str, body: Any, content_type: str) -> int:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = await self.cluster.send(method, path, data, Content_Type=content_type)
        answer = json.loads(await response.read())
        if response.status >= 400:
            assert (answer["kind"], answer["code"]) == ("Status", response.status)
        return response.status

    def all_tables_print(self) -> None:
        for kind in STORED_KINDS:
            self.runner.run(self.cluster.ask("GET", place(kind, ""), Accept=TABLE))


@pytest.fixture
def stage() -> Iterator[Stage]:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        standing = standing_cluster()
        cluster = runner.run(standing.__aenter__())
        runner.run(cluster.ask("POST", "/api/v1/namespaces/demo/pods", pod("thing"), status=201))
        runner.run(cluster.ask("POST", "/apis/apps/v1/namespaces/demo/deployments", deployment("thing"), status=201))
        yield Stage(runner, cluster)
        runner.run(standing.__aexit__(None, None, None))


def place(kind: Kind, namespace: str = "demo") -> str:
    root = f"/apis/{kind.group}/v1" if kind.group else "/api/v1"
    return f"{root}/namespaces/{namespace}/{kind.plural}" if kind.namespaced and namespace else f"{root}/{kind.plural}"


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a JSON value."""
    yield way
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*way, key))


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Kind, str, Any]:
    """A valid manifest with one or two of its values replaced by something else."""
    kind, manifest = draw(st.sampled_from(MANIFESTS))
    manifest = deepcopy(manifest)
    name = manifest["metadata"]["name"] = draw(st.sampled_from(["a", "b", "c"]))
    for _ in range(draw(st.integers(1, 2))):
        way = draw(st.sampled_from(sorted(places(manifest), key=repr)))
        if not way:
            continue
        parent = manifest
        for step in way[:-1]:
            parent = parent[step]
        parent[way[-1]] = draw(VALUES)
    return kind, name, manifest


def test_damaged_objects_are_taken_or_refused(stage: Stage) -> None:
    codes: Counter[int] = Counter()

    @SAME_EACH_TIME
    @given(damaged())
    def tried(example: tuple[Kind, str, Any]) -> None:
        kind, name, manifest = example
        code = stage.send("POST", place(kind), manifest, "application/json")
        assert code in (201, 400, 404, 409, 422)
        if code == 409:
            code = stage.send("PUT", f"{place(kind)}/{name}", manifest, "application/json")
            assert code in (200, 400, 422)
        codes[code] += 1

    tried()
    stage.all_tables_print()
    assert {200, 201, 400, 422} <= set(codes), "the damage is too much or too little to try anything"


def test_any_patch_is_taken_or_refused(stage: Stage) -> None:
    things = [f"{place(kind)}/thing" for kind in STORED_KINDS if kind.plural in ("pods", "deployments")]
    things += [f"{thing}/status" for thing in things]

    @SAME_EACH_TIME
    @given(path=st.sampled_from(things), content_type=CONTENT_TYPES, spec=VALUES, status=VALUES, steps=VALUES)
    def tried(path: str, content_type: str, spec: Any, status: Any, steps: Any) -> None:
        body = {"spec": spec, "status": status}
        if content_type == "application/json-patch+json":
            body = [{"op": "replace", "path": path, "value": value} for path, value in (("/spec", spec), ("/x", steps))]
        code = stage.send("PATCH", f"{path}?fieldManager=me&force=true", body, content_type)
        assert code in (200, 400, 404, 409, 422)

    tried()
    stage.all_tables_print()


def test_any_bytes_are_taken_or_refused(stage: Stage) -> None:
    types = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "text/plain"]

    @SAME_EACH_TIME
    @given(body=st.binary(min_size=1, max_size=60), content_type=st.sampled_from(types))
    def tried(body: bytes, content_type: str) -> None:
        assert stage.send("POST", place(STORED_KINDS[0]), body, content_type) in (400, 415)

    tried()
