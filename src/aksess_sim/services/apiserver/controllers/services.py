"""Services get their addresses: a cluster address always, an outside one when they are load balancers."""

from ipaddress import IPv4Address, IPv4Network

from aksess_sim.services.apiserver.objects import kinds
from aksess_sim.services.apiserver.objects.manifest import Manifest
from aksess_sim.services.apiserver.objects.store import Store

_CLUSTER_ADDRESSES = IPv4Network("10.0.0.0/16")
"""AKS's default service CIDR."""
_OUTSIDE_ADDRESSES = IPv4Network("203.0.113.0/24")
"""RFC 5737: nobody's, so that nothing here points at a stranger."""
_FIRST_NODE_PORT = 30_000


def address(store: Store) -> None:
    """Give every service the addresses and ports it lacks."""
    services = store.list(kinds.SERVICES)
    for service in services:
        spec, status = dict(service["spec"]), dict(service.get("status") or {})
        if spec["type"] != "ExternalName" and not spec.get("clusterIP"):
            spec["clusterIP"] = _free(_CLUSTER_ADDRESSES, {_cluster_address(s) for s in store.list(kinds.SERVICES)})
            spec["clusterIPs"] = [spec["clusterIP"]]
        if spec["type"] in ("NodePort", "LoadBalancer"):
            spec["ports"] = _with_node_ports(store, spec.get("ports") or [])
        if spec["type"] == "LoadBalancer" and not (status.get("loadBalancer") or {}).get("ingress"):
            taken = {_outside_address(s) for s in store.list(kinds.SERVICES)}
            status["loadBalancer"] = {"ingress": [{"ip": _free(_OUTSIDE_ADDRESSES, taken)}]}
        store.replace(kinds.SERVICES, service | {"spec": spec, "status": status})


def _with_node_ports(store: Store, ports: list[dict[str, object]]) -> list[dict[str, object]]:
    taken = {
        port.get("nodePort") for service in store.list(kinds.SERVICES) for port in service["spec"].get("ports") or ()
    }
    filled = []
    for port in ports:
        number = port.get("nodePort")
        if not number:
            number = next(n for n in range(_FIRST_NODE_PORT, 65536) if n not in taken)
        taken.add(number)
        filled.append(port | {"nodePort": number})
    return filled


def _free(network: IPv4Network, taken: set[str]) -> str:
    # The first ten of AKS's range are its own (10.0.0.1 kubernetes, 10.0.0.10 kube-dns).
    hosts = (network.network_address + number for number in range(11, network.num_addresses - 1))
    return next((str(host) for host in hosts if str(host) not in taken), str(IPv4Address(0)))


def _cluster_address(service: Manifest) -> str:
    return str(service["spec"].get("clusterIP", ""))


def _outside_address(service: Manifest) -> str:
    balancer = (service.get("status") or {}).get("loadBalancer") or {}
    return "".join(str(entry.get("ip", "")) for entry in (balancer.get("ingress") or ())[:1])
