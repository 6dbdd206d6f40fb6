"""Where a new shell stands: in the subnet it is put into, in the network of its person's settings, or in Microsoft's.

A start inside a network of one's own is written down with the link that failed, which the person is never told.
"""

from aksess_sim.journal import Journal
from aksess_sim.world.networks import vnet_of
from aksess_sim.world.people import Person
from aksess_sim.world.resource_ids import name_of
from aksess_sim.world.shell_starts import ShellFailed, own_subnet
from aksess_sim.world.state import World

CONSOLE = "ux.console.azure.com"
"""The host in whose name starts are written down; it is what the portal asks, and not there for anybody here."""


def place(world: World, journal: Journal, person: Person, session: str) -> str | None:
    """`VNET/SUBNET` (the subnet's id when another one has that name too), None for Microsoft's own network.

    Raises ShellFailed when the person's settings ask for a network in which no shell can start.
    """
    if world.user_settings.isolation(person) is None:
        return None
    entry = journal.begin("START", CONSOLE, "/", session=session, person=person.name)
    try:
        subnet = own_subnet(world, person)
    except ShellFailed as failed:
        journal.end(entry, 409, f"{failed.link.value}: {failed.why}")
        raise
    journal.end(entry, 200, f"in {subnet}")
    return _short(world, subnet) if subnet else None


def _short(world: World, subnet: str) -> str:
    name = f"{name_of(vnet_of(subnet))}/{name_of(subnet)}"
    return name if world.networks.subnet_named(name) == subnet else subnet
