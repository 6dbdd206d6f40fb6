"""What stands in a cluster before anybody comes: AKS's own workloads, and a small demo of the team's.

The names are those of a new AKS cluster with Azure CNI Overlay and the two CSI drivers.
"""

from collections.abc import Iterator
from typing import Any

from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.defaults import with_defaults
from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest

_REGISTRY = "mcr.microsoft.com"
_DEPLOYMENTS: tuple[tuple[str, int, str, str], ...] = (
    ("coredns", 2, "kube-dns", "oss/v2/kubernetes/coredns:v1.12.1-6"),
    (
        "coredns-autoscaler",
        1,
        "coredns-autoscaler",
        "oss/v2/kubernetes/autoscaler/cluster-proportional-autoscaler:v1.9.0-1",
    ),
    ("konnectivity-agent", 2, "konnectivity-agent", "oss/v2/kubernetes/apiserver-network-proxy/agent:v0.31.4-1"),
    ("metrics-server", 2, "metrics-server", "oss/v2/kubernetes/metrics-server:v0.7.2-6"),
)
"""Name, replicas, the value of the k8s-app label, image."""

_DAEMON_SETS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("azure-cns", (("cns-container", "containernetworking/azure-cns:v1.6.27"),)),
    ("azure-ip-masq-agent", (("azure-ip-masq-agent", "containernetworking/azure-ip-masq-agent-v2:v0.1.15-2"),)),
    ("cloud-node-manager", (("cloud-node-manager", "oss/v2/kubernetes/azure-cloud-node-manager:v1.33.0"),)),
    (
        "csi-azuredisk-node",
        (
            ("liveness-probe", "oss/v2/kubernetes-csi/livenessprobe:v2.15.0"),
            ("node-driver-registrar", "oss/v2/kubernetes-csi/csi-node-driver-registrar:v2.13.0"),
            ("azuredisk", "oss/v2/kubernetes-csi/azuredisk-csi:v1.33.1"),
        ),
    ),
    (
        "csi-azurefile-node",
        (
            ("liveness-probe", "oss/v2/kubernetes-csi/livenessprobe:v2.15.0"),
            ("node-driver-registrar", "oss/v2/kubernetes-csi/csi-node-driver-registrar:v2.13.0"),
            ("azurefile", "oss/v2/kubernetes-csi/azurefile-csi:v1.33.1"),
        ),
    ),
    ("kube-proxy", (("kube-proxy", "oss/v2/kubernetes/kube-proxy:v1.33.0"),)),
)


def seeded() -> Iterator[tuple[Kind, Manifest]]:
    """The objects to create, in order."""
    for kind, manifest in _everything():
        yield kind, with_defaults(kind, manifest)


def _everything() -> Iterator[tuple[Kind, Manifest]]:
    for space in ("default", "kube-system", "kube-public", "kube-node-lease", "demo"):
        yield kinds.NAMESPACES, {"metadata": {"name": space}}
    for name, count, app, image in _DEPLOYMENTS:
        containers = [{"name": name, "image": f"{_REGISTRY}/{image}"}]
        yield kinds.DEPLOYMENTS, _workload("kube-system", name, {"k8s-app": app}, containers, replicas=count)
    for name, parts in _DAEMON_SETS:
        containers = [{"name": part, "image": f"{_REGISTRY}/{image}"} for part, image in parts]
        yield kinds.DAEMON_SETS, _workload("kube-system", name, {"k8s-app": name}, containers)
    yield from _services()
    yield from _demo()


def _services() -> Iterator[tuple[Kind, Manifest]]:
    https = [{"name": "https", "port": 443, "targetPort": 443}]
    dns = [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53}]
    yield kinds.SERVICES, _service("default", "kubernetes", https, clusterIP="10.0.0.1")
    yield (
        kinds.SERVICES,
        _service("kube-system", "kube-dns", dns, clusterIP="10.0.0.10", selector={"k8s-app": "kube-dns"}),
    )
    yield kinds.SERVICES, _service("kube-system", "metrics-server", https, selector={"k8s-app": "metrics-server"})


def _demo() -> Iterator[tuple[Kind, Manifest]]:
    labels = {"app": "hello"}
    image = f"{_REGISTRY}/azuredocs/aks-helloworld:v1"
    containers = [
        {
            "name": "hello",
            "image": image,
            "ports": [{"containerPort": 80}],
            "env": [{"name": "TITLE", "value": "Welcome to Azure Kubernetes Service (AKS)"}],
        }
    ]
    yield kinds.DEPLOYMENTS, _workload("demo", "hello", labels, containers, replicas=2)
    yield kinds.SERVICES, _service("demo", "hello", [{"port": 80}], selector=labels)
    settings = {"metadata": {"name": "hello-settings", "namespace": "demo"}, "data": {"greeting": "hello"}}
    yield kinds.CONFIG_MAPS, settings


def _workload(
    namespace: str, name: str, labels: dict[str, str], containers: list[dict[str, Any]], **spec: Any
) -> Manifest:
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
            **spec,
        },
    }


def _service(namespace: str, name: str, ports: list[dict[str, Any]], **spec: Any) -> Manifest:
    return {"metadata": {"name": name, "namespace": namespace}, "spec": {"ports": ports, **spec}}
