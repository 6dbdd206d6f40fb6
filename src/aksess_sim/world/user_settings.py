"""Everybody's own Cloud Shell settings: how, and in which network, the next shell starts.

The portal keeps them in ARM, beside all subscriptions. Nothing documents them but the reset that deletes them (Cloud
Shell docs, faq-troubleshooting) and what its users saw (Azure/CloudShell#330, #366): the fields, and `InvalidLocation`.
Decided here: settings may name what is not there (the next start says so), and `Isolated` needs both ids.
"""

import copy
from dataclasses import dataclass
from typing import Any

from aksess_sim.world.people import Person
from aksess_sim.world.refusals import Refused

Body = dict[str, Any]

_CHOICES = {"networkType": ("Default", "Isolated"), "sessionType": ("Ephemeral", "Mounted")}
_WITHOUT_ISOLATION = frozenset({"centralindia", "centralus", "australiaeast", "germanywestcentral"})
"""Refused by the Cloud Shell docs (private-vnet) or to people (Azure/CloudShell#330, #178, #366); no list is whole."""


@dataclass(frozen=True)
class Isolation:
    """The network that shells of a person start in."""

    profile: str
    relay: str
    location: str


class UserSettings:
    """The settings of each person who has some."""

    def __init__(self) -> None:
        self._by_owner: dict[str, Body] = {}

    def of(self, person: Person) -> Body | None:
        """`{"properties": ...}` as written, None for who never chose."""
        found = self._by_owner.get(person.object_id)
        return copy.deepcopy(found)

    def put(self, person: Person, sent: Body) -> None:
        """Replace them whole. Raises Refused; nothing has changed then."""
        properties = sent.get("properties")
        if not isinstance(properties, dict):
            raise Refused("InvalidRequestContent", "The request content has no properties.")
        for name, allowed in _CHOICES.items():
            value = properties.get(name)
            if value is not None and value not in allowed:
                raise Refused("BadRequest", f"The value '{value}' of '{name}' must be one of {', '.join(allowed)}.")
        if properties.get("networkType") == "Isolated":
            _check_isolation(_network(properties))
        self._by_owner[person.object_id] = {"properties": copy.deepcopy(properties)}

    def delete(self, person: Person) -> bool:
        """Forget them; whether there were any."""
        return self._by_owner.pop(person.object_id, None) is not None

    def isolation(self, person: Person) -> Isolation | None:
        """The network the person's next shell is to start in, None for Microsoft's own."""
        properties = (self.of(person) or {}).get("properties", {})
        if properties.get("networkType") != "Isolated":
            return None
        network = _network(properties)
        return Isolation(
            network["networkProfileResourceId"], network["relayNamespaceResourceId"], network.get("location", "")
        )


def _network(properties: Body) -> Body:
    network = properties.get("vnetSettings")
    return network if isinstance(network, dict) else {}


def _check_isolation(network: Body) -> None:
    for name in ("networkProfileResourceId", "relayNamespaceResourceId"):
        if not isinstance(network.get(name), str) or not network[name]:
            raise Refused("BadRequest", f"The network type Isolated needs 'vnetSettings.{name}'.")
    location = network.get("location", "")
    if not isinstance(location, str) or location.lower().replace(" ", "") in _WITHOUT_ISOLATION:
        raise Refused("InvalidLocation", f"The location '{location}' is invalid.")
