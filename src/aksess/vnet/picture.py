"""What a picture of a plan shows: the places from the person to the API server, and what joins them. Pure.

One description, two drawings: `diagram.py` draws it as text and as SVG.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aksess.azure.resource_ids import name_of
from aksess.vnet.model import Action, Part, Plan, Variant


@dataclass(frozen=True)
class Box:
    """A place: what it is, its name, and what there is to know. `mark` is `new`, `changed`, or nothing."""

    title: str
    name: str
    facts: tuple[str, ...] = ()
    mark: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.name, *self.facts)))

    @property
    def head(self) -> str:
        return f"{self.title} ({self.mark})" if self.mark else self.title


@dataclass(frozen=True)
class Picture:
    """`inside` are the subnets; `way` is the step between the shells and the API server."""

    person: Box
    relay: Box
    network: Box
    inside: tuple[Box, ...]
    way: Box
    goal: Box
    joints: dict[str, str]
    """What is written on the lines: `person`, `relay`, `way`, `goal`."""
    below: tuple[str, ...]


def picture_of(plan: Plan) -> Picture:
    private = plan.variant is Variant.PRIVATE
    space = plan.prefixes.get(Part.NETWORK)
    return Picture(
        person=Box("Cloud Shell in the browser", "", ("anywhere",)),
        relay=Box("Azure Relay", _name(plan, Part.RELAY), (), _mark(plan, Part.RELAY)),
        network=Box(
            "network",
            name_of(plan.network),
            (plan.location, *([str(space)] if space else [])),
            _mark(plan, Part.NETWORK) if plan.network_is_ours else "",
        ),
        inside=tuple(_subnets(plan)),
        way=_way(plan),
        goal=Box("private API server" if private else "public API server", plan.cluster.name, _admits(plan)),
        joints={
            "person": "HTTPS",
            "relay": "private endpoint",
            "way": _joint(plan),
            "goal": "443",
        },
        below=tuple(_below(plan)),
    )


def _subnets(plan: Plan) -> Iterator[Box]:
    facts = {
        Part.SHELL_SUBNET: f"the shells, {plan.sessions} at once",
        Part.RELAY_SUBNET: "the relay's address",
        Part.STORAGE_SUBNET: "file shares, if any",
    }
    for part, fact in facts.items():
        if part in plan.subnets:
            holder = Part.NETWORK if plan.network_is_ours else part
            yield Box("subnet", name_of(plan.subnets[part]), (str(plan.prefixes[part]), fact), _mark(plan, holder))


def _way(plan: Plan) -> Box:
    if plan.variant is Variant.PUBLIC:
        gateway = plan.piece(Part.NAT_GATEWAY)
        address = _name(plan, Part.ADDRESS) or "its own address"
        return Box(
            "NAT gateway", gateway.name if gateway else "the subnet's", (address,), _mark(plan, Part.NAT_GATEWAY)
        )
    home = plan.cluster_network or plan.network
    return Box("network of the cluster", name_of(home))


def _joint(plan: Plan) -> str:
    halves = [piece for piece in plan.pieces if piece.part in (Part.PEERING_THERE, Part.PEERING_BACK)]
    if not halves:
        return ""
    return "peering, both halves" if all(half.stands for half in halves) else "peering, both halves (new)"


def _admits(plan: Plan) -> tuple[str, ...]:
    if plan.variant is Variant.PRIVATE:
        return ("its name resolves by a link",) if plan.piece(Part.CLUSTER_LINK) else ()
    return ("admits that one address",) if plan.admitted else ("open to everyone",)


def _below(plan: Plan) -> Iterator[str]:
    """What no box shows: names and roles."""
    zone, link = plan.piece(Part.ZONE), plan.piece(Part.CLUSTER_LINK)
    if zone:
        yield f"names: {zone.name} (the relay)" + (f", {link.id.split('/')[-3]} (the API server)" if link else "")
    roles = [piece for piece in plan.pieces if piece.part in (Part.SUBNET_ROLE, Part.PROFILE_ROLE, Part.RELAY_ROLE)]
    if roles:
        yield "roles: the Azure Container Instance Service on the subnet, the network profile and the relay"


def _name(plan: Plan, part: Part) -> str:
    piece = plan.piece(part)
    return piece.name if piece else ""


def _mark(plan: Plan, part: Part) -> str:
    piece = plan.piece(part)
    return {Action.CREATE: "new", Action.CHANGE: "changed"}.get(piece.action, "") if piece else ""
