"""The part of a world file about one cluster: its JSON, its way out, its private name, and what comes with it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from aksess_sim.world import network_bodies as bodies
from aksess_sim.world import ranges
from aksess_sim.world.addresses import stable_address
from aksess_sim.world.cluster_body import Plan, managed_cluster, private_host, stable_uuid
from aksess_sim.world.clusters import Cluster, CommandPod, Timings
from aksess_sim.world.networks import vnet_of
from aksess_sim.world.places import Places
from aksess_sim.world.ranges import ServiceTags
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import cluster_id, name_of, resource_id
from aksess_sim.world.sections import Section
from aksess_sim.world.state import Group, World


def add_cluster(section: Section, world: World, places: Places, tags: ServiceTags, timings: Timings) -> None:
    """A cluster, its node resource group, its outbound addresses, and the private DNS zone of a private one."""
    with section:
        plan, egress = _plan(section, world, places)
        body = managed_cluster(plan)
        if "bastion" in section:
            body["properties"]["networkProfile"]["bastionProfile"] = _bastion_profile(section, world)
        body = _merged(body, section.raw("body"))
        cluster = Cluster(
            body=body,
            egress=egress,
            timings=timings,
            command_pod=_command_pod(section),
            service_tags=tags,
            may_use_tags=section.flag("service_tags", default=False),
        )
        _check_ranges(section, cluster)
        world.add_cluster(cluster)
        links = section.texts("dns_links")
        if plan.private:
            _add_private_zone(plan, [places.network(section, name) for name in links], section, world)
        elif links:
            raise section.wrong("only a private cluster has a DNS zone to link", "dns_links")


def _plan(section: Section, world: World, places: Places) -> tuple[Plan, Sequence[IPv4Address]]:
    group, name = places.split(section)
    location = section.text("location", group.location)
    id_ = cluster_id(group.subscription, group.name, name)
    managed = Group(group.subscription, f"MC_{group.name}_{name}_{location}", location, {}, managed_by=id_)
    world.add_group(managed)
    outbound_type, outbound = _outbound(section, world, places, managed)
    private = section.flag("private", default=False)
    guid = stable_uuid("zone", id_)
    plan = Plan(
        id=id_,
        name=name,
        group=group.name,
        node_group=managed.name,
        subscription=group.subscription,
        location=location,
        tenant_id=world.people.tenant_id,
        version=section.text("version", "1.33.5"),
        node_count=int(section.number("nodes", 3)),
        ranges=tuple(section.texts("ranges")) if "ranges" in section else None,
        outbound_type=outbound_type,
        outbound_ips=tuple(outbound),
        node_subnet=places.subnet(section, "network"),
        apiserver_subnet=places.subnet(section, "apiserver_network"),
        private=private,
        private_zone=f"{guid}.privatelink.{location}.azmk8s.io",
        public_fqdn=section.flag("public_fqdn", default=True),
        entra=section.flag("entra", default=False),
        local_accounts=section.flag("local_accounts", default=True),
        stopped=section.flag("stopped", default=False),
        run_command=section.flag("run_command", default=True),
        tags=section.labels("tags"),
    )
    if private and plan.node_subnet is None:
        raise section.wrong("a private cluster needs a `network` (VNET/SUBNET) to have its address in")
    return plan, [world.networks.address_of(ip) for ip in outbound]


def _bastion_profile(section: Section, world: World) -> dict[str, Any]:
    """The Bastion host that AKS manages for a cluster (REST reference, BastionProfile, preview)."""
    try:
        bastion = world.bastions.named(section.text("bastion", ""))
    except KeyError as error:
        raise section.wrong(str(error.args[0]), "bastion") from None
    profile = {"enabled": True, "sku": bastion.sku, "bastionId": bastion.id, "publicIpAddressId": bastion.public_ip_id}
    return profile | {"scaleUnits": bastion.body["properties"]["scaleUnits"]}


def _command_pod(section: Section) -> CommandPod:
    usual = CommandPod()
    with section.section("run_command_pod") as pod:
        return CommandPod(
            schedule=pod.number("schedule", usual.schedule),
            start=pod.number("start", usual.start),
            longest=pod.number("longest", usual.longest),
            denied=pod.maybe_text("denied"),
            fails=pod.maybe_text("fails"),
        )


def _outbound(section: Section, world: World, places: Places, managed: Group) -> tuple[str, list[str]]:
    """How the nodes leave, and the ids of the public addresses they leave from."""
    gateway = section.maybe_text("egress")
    if gateway:
        return "userAssignedNATGateway", world.networks.gateway_ips(places.nat_gateway(section, gateway))
    return "loadBalancer", [_add_load_balancer(section, world, managed, str(managed.managed_by))]


def _add_load_balancer(section: Section, world: World, group: Group, id_: str) -> str:
    balancer = resource_id(group.subscription, group.name, bodies.LOAD_BALANCER, "kubernetes")
    ip = resource_id(group.subscription, group.name, bodies.PUBLIC_IP, stable_uuid("outbound", id_))
    address = section.address("egress_address", stable_address("outbound", id_))
    world.networks.add(bodies.load_balancer(balancer, group.location, [ip]))
    frontend = f"{balancer}/frontendIPConfigurations/{name_of(ip)}"
    world.networks.add(bodies.public_ip(ip, group.location, address, used_by=frontend))
    return ip


def _check_ranges(section: Section, cluster: Cluster) -> None:
    try:
        stored = ranges.normalized(cluster.ranges, limit=cluster.range_limit, tags=cluster.may_use_tags)
    except Refused as refused:
        raise section.wrong(refused.message, "ranges") from None
    if stored and cluster.private:
        raise section.wrong("a private cluster cannot have ranges", "ranges")
    if stored:
        cluster.access_profile["authorizedIPRanges"] = stored
        cluster.enforced = tuple(stored)


def _add_private_zone(plan: Plan, links: Sequence[str], section: Section, world: World) -> None:
    """AKS makes the zone in the node resource group and links the cluster's own network."""
    subnet = plan.node_subnet or ""
    zone = resource_id(plan.subscription, plan.node_group, bodies.DNS_ZONE, plan.private_zone)
    label = private_host(plan).removesuffix(f".{plan.private_zone}")
    body = world.networks.find(plan.apiserver_subnet or subnet)
    if body is None:
        raise section.wrong(f"there is no subnet {subnet}")
    records = {label: IPv4Network(body["properties"]["addressPrefix"])[4]}
    vnets = list(dict.fromkeys([vnet_of(subnet), *links]))
    world.networks.add(bodies.dns_zone(zone, records, len(vnets)))
    world.networks.add_records(zone, records)
    for vnet in vnets:
        link = f"{zone}/virtualNetworkLinks/{stable_uuid('link', zone, vnet)[:12]}"
        world.networks.add(bodies.dns_link(link, vnet))


def _merged(body: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    merged = dict(body)
    for key, value in extra.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
