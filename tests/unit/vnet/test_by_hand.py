"""What others are to type is one line of az, and nothing in it is read as anything but a word."""

import shlex
from dataclasses import replace

from aksess.vnet.by_hand import APPLY, command_for
from aksess.vnet.model import Part, Plan
from unit.vnet.surveys import HOME, NODES, planned


def words(plan: Plan, part: Part) -> list[str]:
    piece = plan.piece(part)
    assert piece
    return shlex.split(command_for(piece))


def option(found: list[str], name: str) -> str:
    return found[found.index(name) + 1]


def test_a_half_of_a_peering() -> None:
    plan = planned()
    back = words(plan, Part.PEERING_BACK)
    assert back[:5] == ["az", "network", "vnet", "peering", "create"]
    assert (option(back, "-g"), option(back, "--vnet-name")) == ("rg-demo", HOME.rsplit("/", 1)[1])
    assert option(back, "--remote-vnet") == plan.network
    assert option(words(plan, Part.PEERING_THERE), "--remote-vnet") == HOME


def test_a_link() -> None:
    link = words(planned(), Part.CLUSTER_LINK)
    assert option(link, "-g") == NODES.rsplit("/", 1)[1]
    assert option(link, "-z") == "guid.privatelink.westeurope.azmk8s.io"
    assert option(link, "-v") == planned().network


def test_a_role() -> None:
    plan = planned()
    role = words(plan, Part.RELAY_ROLE)
    assert option(role, "--role") == "Contributor"
    assert option(role, "--assignee-object-id") == plan.principal
    relay = plan.piece(Part.RELAY)
    assert relay
    assert option(role, "--scope") == relay.id


def test_what_belongs_to_the_template_is_applied_with_it() -> None:
    piece = planned().piece(Part.NETWORK)
    assert piece
    assert command_for(piece) == APPLY


def test_a_name_is_one_word() -> None:
    back = planned().piece(Part.PEERING_BACK)
    assert back
    odd = replace(back, id=back.id + "; rm -rf $HOME")
    assert option(shlex.split(command_for(odd)), "-n").endswith("; rm -rf $HOME")
