"""Whether a well-shaped manifest keeps the rules of its kind; 422 Invalid when it does not.

Sentences: k8s.io/apimachinery `pkg/util/validation` and kube-apiserver's own.
"""

import base64
import re
from collections.abc import Iterator
from typing import Any

from aksess_sim.services.apiserver.objects import kinds, refusals
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest
from aksess_sim.services.apiserver.objects.selectors import label_selector_test

Cause = tuple[str, str]
"""(field, what is wrong with it)."""

MOST_REPLICAS = 500
"""Of one workload. Kubernetes itself has no such limit; one process that plays a cluster needs one."""

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_KEY = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")

_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
    "end with an alphanumeric character"
)
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character"
)

_WORKLOADS = (
    kinds.DEPLOYMENTS,
    kinds.REPLICA_SETS,
    kinds.DAEMON_SETS,
    kinds.STATEFUL_SETS,
    kinds.JOBS,
)


def check_rules(kind: Kind, manifest: Manifest, before: Manifest | None = None) -> None:
    """Raise Invalid when the manifest breaks a rule of its kind; its shape must be right."""
    causes = [*_metadata_causes(kind, manifest), *_kind_causes(kind, manifest)]
    if before is not None and kind in _WORKLOADS:
        old, new = before["spec"].get("selector"), (manifest.get("spec") or {}).get("selector")
        if old != new:
            causes.append(("spec.selector", f"Invalid value: {new}: field is immutable"))
    if causes:
        raise refusals.invalid(kind, str(manifest["metadata"].get("name", "")), causes)


def _metadata_causes(kind: Kind, manifest: Manifest) -> Iterator[Cause]:
    metadata = manifest["metadata"]
    name = metadata.get("name")
    labelled = kind in (kinds.NAMESPACES, kinds.SERVICES)
    pattern, rule = (_LABEL, _LABEL_RULE) if labelled else (_SUBDOMAIN, _SUBDOMAIN_RULE)
    if not name:
        yield "metadata.name", "Required value: name or generateName is required"
    elif not pattern.fullmatch(name):
        yield "metadata.name", f'Invalid value: "{name}": {rule}'
    for key, value in (metadata.get("labels") or {}).items():
        if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
            yield "metadata.labels", f'Invalid value: "{key}={value}": not a valid label'


def _kind_causes(kind: Kind, manifest: Manifest) -> Iterator[Cause]:
    spec = manifest.get("spec") or {}
    if kind is kinds.PODS:
        yield from _pod_spec_causes(spec, "spec")
    elif kind in _WORKLOADS:
        yield from _workload_causes(kind, spec)
    elif kind is kinds.SERVICES:
        yield from _service_causes(spec)
    elif kind is kinds.SECRETS:
        yield from _secret_causes(manifest.get("data") or {})


def _pod_spec_causes(spec: dict[str, Any], path: str) -> Iterator[Cause]:
    containers = spec.get("containers") or []
    if not containers:
        yield f"{path}.containers", "Required value"
    names: set[str] = set()
    for list_name in ("initContainers", "containers"):
        for number, container in enumerate(spec.get(list_name) or ()):
            place, name = f"{path}.{list_name}[{number}]", container.get("name") or ""
            if not container.get("image"):
                yield f"{place}.image", "Required value"
            if not _LABEL.fullmatch(name):
                yield f"{place}.name", f'Invalid value: "{name}": {_LABEL_RULE}' if name else "Required value"
            if name in names:
                yield f"{place}.name", f'Duplicate value: "{name}"'
            names.add(name)


def _workload_causes(kind: Kind, spec: dict[str, Any]) -> Iterator[Cause]:
    template = spec.get("template") or {}
    yield from _pod_spec_causes(template.get("spec") or {}, "spec.template.spec")
    for field in ("replicas", "parallelism", "completions"):
        count = spec.get(field) or 0
        if count < 0:
            yield f"spec.{field}", f"Invalid value: {count}: must be greater than or equal to 0"
        if count > MOST_REPLICAS:
            told = f"Invalid value: {count}: this simulated cluster runs at most {MOST_REPLICAS} of one workload"
            yield f"spec.{field}", told
    if kind is kinds.JOBS:
        return
    labels = {"metadata": template.get("metadata") or {}}
    if not spec.get("selector"):
        yield "spec.selector", "Required value"
    elif not label_selector_test(spec["selector"])(labels):
        told = f"Invalid value: {labels['metadata'].get('labels')}: `selector` does not match template `labels`"
        yield "spec.template.metadata.labels", told


def _service_causes(spec: dict[str, Any]) -> Iterator[Cause]:
    ports = spec.get("ports") or []
    headless = spec.get("clusterIP") == "None" or spec.get("type") == "ExternalName"
    if not ports and not headless:
        yield "spec.ports", "Required value"
    for number, port in enumerate(ports):
        if not 1 <= (port.get("port") or 0) <= 65535:
            told = f"Invalid value: {port.get('port')}: must be between 1 and 65535, inclusive"
            yield f"spec.ports[{number}].port", told


def _secret_causes(data: dict[str, str]) -> Iterator[Cause]:
    for key, value in data.items():
        try:
            base64.b64decode(value, validate=True)
        except ValueError:
            yield f"data[{key}]", "Invalid value: illegal base64 data"
