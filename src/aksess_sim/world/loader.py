"""A world file (YAML that people write) becomes a World; format in docs/world-files.md.

The order is one way: subscriptions and groups, people, networks, clusters, and last the roles, which may name any of
them. Every error is a WorldFileError that names file and path.
"""

import uuid
from dataclasses import fields
from datetime import datetime
from importlib.resources import files
from ipaddress import IPv4Network
from pathlib import Path

import yaml

from aksess_sim.world.clock import WorldClock
from aksess_sim.world.cluster_body import stable_uuid
from aksess_sim.world.cluster_sections import add_cluster
from aksess_sim.world.clusters import Timings
from aksess_sim.world.network_sections import add_bastion, add_nat_gateway, add_network, peer_networks
from aksess_sim.world.people import Application, People, Person, Role
from aksess_sim.world.places import Places
from aksess_sim.world.providers import ALWAYS, spelled
from aksess_sim.world.ranges import ServiceTags
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import subscription_path
from aksess_sim.world.resources.catalogue import RULES
from aksess_sim.world.roles import BUILT_IN
from aksess_sim.world.sections import Section, WorldFileError
from aksess_sim.world.state import Group, Subscription, World


def load_world(path: Path | None = None, *, speed: float = 1.0, start: datetime | None = None) -> World:
    """The world of a file, the default world when no file is named; call it inside a running event loop.

    Raises WorldFileError when the file is missing, is no YAML or says something this world does not know.
    """
    if path is None:
        return read_world(default_text(), "default.yaml", speed=speed, start=start)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorldFileError(f"{path}: cannot be read: {error}") from error
    return read_world(text, str(path), speed=speed, start=start)


def default_text() -> str:
    """The default world's YAML."""
    return files("aksess_sim.world").joinpath("default.yaml").read_text(encoding="utf-8")


def read_world(text: str, file: str = "world", *, speed: float = 1.0, start: datetime | None = None) -> World:
    """The world that a YAML text describes; `file` is what errors call it."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise WorldFileError(f"{file}: not YAML: {error}") from error
    with Section(document, file) as section:
        return _world(section, speed, start)


def _world(section: Section, speed: float, start: datetime | None) -> World:
    domain = section.text("domain", "contoso.onmicrosoft.com")
    people = People(stable_uuid("tenant", domain), domain)
    world = World(WorldClock(speed, start), people, read_timings(section, Timings()))
    _read_limits(section, world)
    places = _places(section, world)
    for group in section.sections("groups"):
        _add_group(group, world, places)
    for person in section.sections("people"):
        _add_person(person, people)
    _add_networks(section, world, places)
    tags = _service_tags(section)
    for cluster in section.sections("clusters"):
        add_cluster(cluster, world, places, tags, read_timings(cluster, world.timings))
    _assign_roles(section, world, places)
    return world


def read_timings(section: Section, defaults: Timings) -> Timings:
    """The `timings` below a section, each one falling back to the defaults."""
    with section.section("timings") as timings:
        names = [field.name for field in fields(Timings)]
        return Timings(**{name: timings.number(name, getattr(defaults, name)) for name in names})


def _read_limits(section: Section, world: World) -> None:
    """How many resources of a type there may be in a subscription and region."""
    known = {rules.kind.rpartition("/")[2]: rules.kind for rules in RULES.values() if rules.kind.count("/") == 1}
    with section.section("limits") as limits:
        for name in known:
            if name in limits:
                world.limits[name] = int(limits.number(name, 0))


def _places(section: Section, world: World) -> Places:
    names = section.texts("subscriptions") or ["demo"]
    unregistered = _unregistered(section)
    for name in names:
        subscription = Subscription(stable_uuid("subscription", world.people.tenant_id, name), name)
        world.add_subscription(subscription)
        world.providers.open(subscription.id, unregistered)
    return Places(
        world=world,
        subscription=next(iter(world.subscriptions.values())).id,
        group=section.text("group", "rg-demo"),
        location=section.text("location", "westeurope"),
    )


def _unregistered(section: Section) -> frozenset[str]:
    """Resource providers that no subscription has registered yet."""
    try:
        names = frozenset(map(spelled, section.texts("unregistered")))
    except Refused as refused:
        raise section.wrong(refused.message, "unregistered") from None
    if always := names & ALWAYS:
        raise section.wrong(f"{min(always)} is registered everywhere", "unregistered")
    return names


def _add_group(section: Section, world: World, places: Places) -> None:
    with section:
        subscription = places.subscription
        if "subscription" in section:
            known = {s.name: s.id for s in world.subscriptions.values()}
            subscription = known[section.choice("subscription", "", tuple(known))]
        location = section.text("location", places.location)
        world.add_group(Group(subscription, section.name, location, section.labels("tags")))


def _add_person(section: Section, people: People) -> None:
    with section:
        id_ = stable_uuid("person", people.tenant_id, section.name)
        application = None
        if section.flag("application", default=False):
            application = Application(
                client_id=stable_uuid("application", people.tenant_id, section.name),
                secret=section.text("secret", uuid.uuid4().hex),
                federated_subject=section.maybe_text("federated"),
            )
        name = section.text("name", section.name.title())
        reads = section.flag("reads_directory", default=application is None)
        people.add(Person(section.name, id_, name, f"{section.name}@{people.domain}", application, reads))
        section.items("roles")


def _add_networks(section: Section, world: World, places: Places) -> None:
    for gateway in section.sections("nat_gateways"):
        add_nat_gateway(gateway, world, places)
    for network in section.sections("networks"):
        add_network(network, world, places)
    for network in section.sections("networks"):
        peer_networks(network, world, places)
    for bastion in section.sections("bastions"):
        add_bastion(bastion, world, places)


def _service_tags(section: Section) -> ServiceTags:
    below = section.section("service_tags")
    tags: dict[str, list[IPv4Network]] = {}
    for name in below.names():
        try:
            tags[name] = [IPv4Network(prefix) for prefix in below.texts(name)]
        except ValueError as error:
            raise below.wrong(str(error), name) from None
    return tags


def _assign_roles(section: Section, world: World, places: Places) -> None:
    roles = dict(BUILT_IN)
    for custom in section.sections("roles"):
        with custom:
            id_ = stable_uuid("role", world.people.tenant_id, custom.name)
            actions, excluded = custom.texts("actions"), custom.texts("not_actions")
            roles[custom.name] = Role(custom.name, id_, tuple(actions), tuple(excluded))
    for role in roles.values():
        world.people.define(role)
    for person in section.sections("people"):
        for item in person.items("roles"):
            entry = {"role": item} if isinstance(item, str) else item
            with Section(entry, section.file, (*person.path, "roles")) as held:
                role = roles[held.choice("role", "", tuple(roles))]
                scope = places.scope(held, "at") if "at" in held else subscription_path(places.subscription)
                world.people.assign(person.name, role, scope)
