"""Where things of a world file stand: short names become resource ids, with the file's defaults."""

from dataclasses import dataclass

from aksess_sim.world.network_bodies import NAT_GATEWAY, VNET
from aksess_sim.world.resource_ids import group_id, resource_id, subscription_path
from aksess_sim.world.sections import Section
from aksess_sim.world.state import Group, World


@dataclass(frozen=True)
class Places:
    """The file's defaults, and look-ups by the names that the file uses."""

    world: World
    subscription: str
    group: str
    location: str

    def split(self, section: Section) -> tuple[Group, str]:
        """The group and own name of a resource written as `NAME` (with an optional key `group`) or `GROUP/NAME`."""
        group, _, name = section.name.rpartition("/")
        return self.group_named(section.text("group", group or self.group)), name

    def group_named(self, name: str) -> Group:
        """The resource group of that name; it comes into being when the file only mentions it."""
        ids = (group_id(subscription.id, name).lower() for subscription in self.world.subscriptions.values())
        known = next((self.world.groups[id_] for id_ in ids if id_ in self.world.groups), None)
        group = known or Group(self.subscription, name, self.location, {})
        if known is None:
            self.world.add_group(group)
        return group

    def id_of(self, section: Section, kind: str) -> str:
        """The id of the resource that a section describes."""
        group, name = self.split(section)
        return resource_id(group.subscription, group.name, kind, name)

    def network(self, section: Section, name: str) -> str:
        """The id of the network called so."""
        return self._named(section, VNET, name, "network")

    def nat_gateway(self, section: Section, name: str) -> str:
        """The id of the NAT gateway called so."""
        return self._named(section, NAT_GATEWAY, name, "NAT gateway")

    def subnet(self, section: Section, key: str) -> str | None:
        """The id of the subnet that a key names as `VNET/SUBNET`."""
        if key not in section:
            return None
        try:
            return self.world.networks.subnet_named(section.text(key, ""))
        except KeyError as error:
            raise section.wrong(str(error.args[0]), key) from None

    def scope(self, section: Section, key: str) -> str:
        """The scope that a key names: a resource id, or the name of a subscription, group or cluster."""
        name = section.text(key, "")
        if name.startswith("/"):
            return name
        known = {s.name: subscription_path(s.id) for s in self.world.subscriptions.values()}
        known |= {group.name: group.id for group in self.world.groups.values()}
        known |= {f"{c.resource_group}/{c.name}": c.id for c in self.world.clusters.values()}
        known |= {c.name: c.id for c in self.world.clusters.values()}
        return known[section.choice(key, "", tuple(known))]

    def _named(self, section: Section, kind: str, name: str, word: str) -> str:
        for body in self.world.networks.of_kind(kind):
            if body["name"] == name:
                return str(body["id"])
        raise section.wrong(f"there is no {word} `{name}`")
