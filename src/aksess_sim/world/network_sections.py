"""The parts of a world file about networks: NAT gateways, virtual networks, peerings, Bastion hosts."""

from dataclasses import fields
from ipaddress import IPv4Network

from aksess_sim.world import network_bodies as bodies
from aksess_sim.world.addresses import stable_address
from aksess_sim.world.bastions import NATIVE_CLIENT_SKUS, SHARED_SKUS, Bastion, BastionTimings
from aksess_sim.world.places import Places
from aksess_sim.world.resource_ids import name_of, resource_id
from aksess_sim.world.sections import Section
from aksess_sim.world.state import Group, World

SKUS = (*SHARED_SKUS, "Basic", *NATIVE_CLIENT_SKUS)


def add_nat_gateway(section: Section, world: World, places: Places) -> None:
    """A NAT gateway with one public address; subnets that leave through it say so themselves."""
    with section:
        group, name = places.split(section)
        id_ = places.id_of(section, bodies.NAT_GATEWAY)
        address = section.address("address", stable_address("nat", id_))
        ip = resource_id(group.subscription, group.name, bodies.PUBLIC_IP, f"{name}-ip")
        world.networks.add(bodies.public_ip(ip, group.location, address, nat_gateway=id_))
        world.networks.add(bodies.nat_gateway(id_, group.location, [ip]))


def add_network(section: Section, world: World, places: Places) -> None:
    """A virtual network and its subnets."""
    with section:
        group, _ = places.split(section)
        id_ = places.id_of(section, bodies.VNET)
        space = section.network("space", IPv4Network("10.0.0.0/16"))
        subnets = [_subnet(below, id_, space, world, places) for below in section.sections("subnets")]
        section.texts("peers")
        section.texts("half_peers")
        body = bodies.virtual_network(id_, group.location, str(space), subnets)
        if "dns_servers" in section:
            body["properties"]["dhcpOptions"] = {"dnsServers": section.texts("dns_servers")}
        world.networks.add(body)


def peer_networks(section: Section, world: World, places: Places) -> None:
    """Peerings of a network: `peers` makes both halves, `half_peers` only the one on this side."""
    here = places.id_of(section, bodies.VNET)
    for name in section.texts("peers"):
        there = places.network(section, name)
        world.networks.add_peering(bodies.peering(here, there, connected=True), here)
        world.networks.add_peering(bodies.peering(there, here, connected=True), there)
    for name in section.texts("half_peers"):
        there = places.network(section, name)
        world.networks.add_peering(bodies.peering(here, there, connected=False), here)


def add_bastion(section: Section, world: World, places: Places) -> None:
    """A Bastion host: in a network's `AzureBastionSubnet` with a public address, or on Microsoft's shared machines."""
    with section:
        group, _ = places.split(section)
        id_ = places.id_of(section, bodies.BASTION)
        sku = section.choice("sku", "Standard", SKUS)
        network = places.network(section, section.text("network", ""))
        in_subnet = sku not in SHARED_SKUS
        body = bodies.bastion(
            id_,
            group.location,
            sku=sku,
            tunneling=section.flag("tunneling", default=False) if "tunneling" in section else None,
            scale_units=_scale_units(section),
            place=_place(section, id_, network, world, group) if in_subnet else {"virtualNetwork": {"id": network}},
        )
        body["properties"]["provisioningState"] = section.text("state", "Succeeded")
        world.networks.add(body)
        world.bastions.add(Bastion(body, world.clock, _bastion_timings(section)))


def _scale_units(section: Section) -> int:
    """2 to 50 instances (Azure docs configuration-settings, host scaling)."""
    number = section.number("scale_units", 2)
    if number not in range(2, 51):
        raise section.wrong("must be a whole number from 2 to 50", "scale_units")
    return int(number)


def _place(section: Section, id_: str, network: str, world: World, group: Group) -> bodies.Body:
    subnet = f"{network}/subnets/AzureBastionSubnet"
    if world.networks.find(subnet) is None:
        raise section.wrong("the network must have a subnet `AzureBastionSubnet`", "network")
    ip = resource_id(group.subscription, group.name, bodies.PUBLIC_IP, f"{name_of(id_)}-ip")
    address = section.address("address", stable_address("bastion", id_))
    used_by = bodies.bastion_configuration(id_)
    world.networks.add(bodies.public_ip(ip, group.location, address, used_by=used_by))
    return bodies.bastion_place(id_, subnet_id=subnet, public_ip_id=ip)


def _bastion_timings(section: Section) -> BastionTimings:
    usual = BastionTimings()
    with section.section("timings") as timings:
        names = [field.name for field in fields(BastionTimings)]
        return BastionTimings(**{name: timings.number(name, getattr(usual, name)) for name in names})


def _subnet(section: Section, vnet: str, space: IPv4Network, world: World, places: Places) -> bodies.Body:
    with section:
        prefix = section.network("prefix", space)
        if not prefix.subnet_of(space):
            raise section.wrong(f"{prefix} is not inside {space}", "prefix")
        id_ = f"{vnet}/subnets/{section.name}"
        gateway = section.maybe_text("nat")
        gateway_id = places.nat_gateway(section, gateway) if gateway else None
        if gateway_id:
            world.networks.leave_through(gateway_id, id_)
        delegation = section.maybe_text("delegation")
        return bodies.subnet(id_, str(prefix), nat_gateway=gateway_id, service=delegation)
