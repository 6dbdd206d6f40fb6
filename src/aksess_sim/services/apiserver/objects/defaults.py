"""What the API server writes into a manifest that leaves it out, so that `get -o yaml` shows what Azure's would.

Values: Kubernetes API reference, the defaults named in each field's description.
"""

import base64
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest, name_of


def with_defaults(kind: Kind, manifest: Manifest) -> Manifest:
    """A copy with the gaps filled; the manifest must be valid in shape."""
    filled = deepcopy(manifest)
    fill = _FILL.get(kind)
    if fill is not None:
        fill(filled)
    return filled


def _fill(target: dict[str, Any], **values: Any) -> None:
    for key, value in values.items():
        if target.get(key) is None:
            target[key] = value


def _namespace(manifest: Manifest) -> None:
    _fill(manifest["metadata"], labels={})
    manifest["metadata"]["labels"]["kubernetes.io/metadata.name"] = name_of(manifest)
    manifest["spec"] = {"finalizers": ["kubernetes"]}
    manifest["status"] = {"phase": "Active"}


def _pod(manifest: Manifest) -> None:
    _pod_spec(manifest["spec"])


def _pod_spec(spec: dict[str, Any]) -> None:
    _fill(
        spec,
        restartPolicy="Always",
        dnsPolicy="ClusterFirst",
        schedulerName="default-scheduler",
        securityContext={},
        terminationGracePeriodSeconds=30,
    )
    for container in [*(spec.get("initContainers") or ()), *spec["containers"]]:
        _container(container)


def _container(container: dict[str, Any]) -> None:
    image = container["image"]
    untagged = ":" not in image.rpartition("/")[2] or image.endswith(":latest")
    _fill(
        container,
        imagePullPolicy="Always" if untagged and "@" not in image else "IfNotPresent",
        resources={},
        terminationMessagePath="/dev/termination-log",
        terminationMessagePolicy="File",
    )
    for port in container.get("ports") or ():
        _fill(port, protocol="TCP")


def _template(manifest: Manifest) -> dict[str, Any]:
    spec: dict[str, Any] = manifest["spec"]
    _fill(spec["template"], metadata={})
    _pod_spec(spec["template"]["spec"])
    return spec


def _deployment(manifest: Manifest) -> None:
    spec = _template(manifest)
    _fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600, strategy={})
    _fill(spec["strategy"], type="RollingUpdate")
    if spec["strategy"]["type"] == "RollingUpdate":
        _fill(spec["strategy"], rollingUpdate={"maxSurge": "25%", "maxUnavailable": "25%"})


def _replica_set(manifest: Manifest) -> None:
    _fill(_template(manifest), replicas=1)


def _daemon_set(manifest: Manifest) -> None:
    _fill(_template(manifest), revisionHistoryLimit=10, updateStrategy={"type": "RollingUpdate"})


def _stateful_set(manifest: Manifest) -> None:
    _fill(
        _template(manifest),
        replicas=1,
        podManagementPolicy="OrderedReady",
        revisionHistoryLimit=10,
        updateStrategy={"type": "RollingUpdate"},
    )


def _job(manifest: Manifest) -> None:
    spec = _template(manifest)
    _fill(spec, parallelism=1, completions=1, backoffLimit=6, completionMode="NonIndexed", suspend=False)
    _fill(spec, selector={"matchLabels": {"batch.kubernetes.io/job-name": name_of(manifest)}})
    _fill(spec["template"]["metadata"], labels={})
    spec["template"]["metadata"]["labels"] |= {"batch.kubernetes.io/job-name": name_of(manifest)}


def _service(manifest: Manifest) -> None:
    spec = manifest["spec"]
    _fill(spec, type="ClusterIP", sessionAffinity="None")
    for port in spec.get("ports") or ():
        _fill(port, protocol="TCP", targetPort=port["port"])
    _fill(manifest, status={"loadBalancer": {}})


def _secret(manifest: Manifest) -> None:
    _fill(manifest, type="Opaque")
    plain = manifest.pop("stringData", None) or {}
    if plain:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in plain.items()}
        manifest["data"] = (manifest.get("data") or {}) | encoded


_FILL: dict[Kind, Callable[[Manifest], None]] = {
    kinds.NAMESPACES: _namespace,
    kinds.PODS: _pod,
    kinds.DEPLOYMENTS: _deployment,
    kinds.REPLICA_SETS: _replica_set,
    kinds.DAEMON_SETS: _daemon_set,
    kinds.STATEFUL_SETS: _stateful_set,
    kinds.JOBS: _job,
    kinds.SERVICES: _service,
    kinds.SECRETS: _secret,
}
