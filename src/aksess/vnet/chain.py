"""The chain from a person's Cloud Shell to the API server, link by link, in the order in which it is gone along. Pure.

A link is broken when something surely stands in the way, and unknown when that could not be read: the two are never
mixed up. What mends it is a command that works as it stands.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from aksess.azure.arm import Json
from aksess.azure.clusters import Cluster
from aksess.azure.resource_ids import group_of, name_of, parent_of, same
from aksess.azure.resources import state_of
from aksess.azure.user_settings import ShellSettings
from aksess.errors import AksessError
from aksess.kube.probe import Proof
from aksess.ranges import covered
from aksess.vnet.links import CHECKS, Reading, delegated, guarded, is_cut, peered, recorded, shut_out
from aksess.vnet.model import Action, Part, Piece, Plan, Variant

MENDABLE = frozenset({Part.PEERING_THERE, Part.PEERING_BACK, Part.ZONE_LINK, Part.ZONE_RECORD, Part.CLUSTER_LINK})
"""What a PUT of the same body mends. Of the rest a change that compare.py has not seen is somebody's own."""


class Health(StrEnum):
    OK = "ok"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Link:
    """One link, what became of it, and what mends it (empty where nothing is to be mended)."""

    name: str
    health: Health
    sentence: str
    mend: str = ""


@dataclass(frozen=True)
class Seen:
    """Everything the chain is judged by. What could not be read is the error that said so."""

    plan: Plan
    """Laid beside what stands: each piece's action tells what is to be done about it."""
    cluster: Cluster
    standing: Mapping[str, Reading]
    """By id: every piece of the plan, the subnets, the shells' security group, the relay's record, public addresses."""
    settings: ShellSettings | AksessError
    security_group: str | None = None
    record: str | None = None
    proof: Proof | None = None
    egress: IPv4Address | None = None
    again: str = "aksess vnet apply"
    """The command that applies this plan."""
    ours: tuple[IPv4Address, ...] = field(default=())
    """Addresses that the shells leave from."""

    def body(self, id_: str | None) -> Json | None:
        found = self.standing.get(id_ or "")
        return found if isinstance(found, dict) else None

    @property
    def inside(self) -> bool | None:
        """Whether this very shell stands in the network; None when nothing tells. The address it is seen from does,
        where that is fixed. Else a private API server that answers, to somebody whose shells start here."""
        if self.egress is not None and self.ours:
            return self.egress in self.ours
        if self.proof is None or not self.proof.open or self.plan.variant is not Variant.PRIVATE:
            return None
        return True if self.names_it else None

    @property
    def names_it(self) -> bool:
        """The person's settings let their next shell start in it."""
        if isinstance(self.settings, AksessError):
            return False
        return self.settings.names(_id_of(self, Part.PROFILE), _id_of(self, Part.RELAY))


def chain(seen: Seen) -> tuple[Link, ...]:
    """Every link, in order."""
    return (
        _registered(seen),
        *(link for piece in seen.plan.deployment for link in _links_of(seen, piece)),
        *_record_by_hand(seen),
        *(link for piece in seen.plan.afterwards for link in _links_of(seen, piece)),
        *_admission(seen),
        _settings(seen),
        _standpoint(seen),
        _answer(seen),
    )


def nothing_stands(seen: Seen) -> bool:
    """Not one piece of it is there, and none is hidden."""
    return all(seen.standing.get(piece.id) is None for piece in seen.plan.deployment)


def broken(links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(link for link in links if link.health is Health.BROKEN)


def mended(seen: Seen) -> Plan:
    """The plan, with what stands as planned and is broken all the same to be written anew. What is below a thing that
    must be made anew goes with it."""
    faults = {link.name: link.sentence for link in broken(chain(seen))}
    plan = seen.plan
    cut = [one.id for one in plan.pieces if one.action is Action.KEEP and is_cut(seen.body(one.id) or {})]

    def one(piece: Piece) -> Piece:
        if any(same(piece.id, above) or same(parent_of(piece.id), above) for above in cut):
            return replace(piece, action=Action.CREATE)
        if not piece.stands or piece.part.value not in faults or piece.part not in MENDABLE:
            return piece
        return replace(piece, action=Action.CHANGE, differs=(faults[piece.part.value],))

    return replace(plan, deployment=tuple(map(one, plan.deployment)), afterwards=tuple(map(one, plan.afterwards)))


def _links_of(seen: Seen, piece: Piece) -> Iterator[Link]:
    """A network of our own holds its subnets: they are links of their own behind it."""
    yield _link(seen, piece)
    inside = [part for part in (Part.SHELL_SUBNET, Part.RELAY_SUBNET) if part in seen.plan.subnets]
    if piece.part is Part.NETWORK:
        yield from (_subnet(seen, part) for part in inside)


def _link(seen: Seen, piece: Piece) -> Link:
    if piece.part in (Part.SHELL_SUBNET, Part.RELAY_SUBNET):
        return _subnet(seen, piece.part)
    found = seen.standing.get(piece.id)
    if fault := _not_there(seen, piece.part, piece.id, found):
        return fault
    body = found if isinstance(found, dict) else {}
    if fault_text := _fault_of(seen, piece, body):
        return Link(piece.part.value, Health.BROKEN, fault_text, seen.again)
    if piece.action in (Action.CREATE, Action.CHANGE):
        what = ", ".join(piece.differs) or "its content"
        return Link(piece.part.value, Health.BROKEN, f"`{piece.name}` is not as planned: {what}", seen.again)
    whose = " (not made by aksess)" if piece.action is Action.ADOPT else ""
    return Link(piece.part.value, Health.OK, f"`{name_of(str(body.get('id') or piece.id))}` stands{whose}")


def _fault_of(seen: Seen, piece: Piece, body: Json) -> str:
    """What is wrong with something that is there; empty when nothing is."""
    if state_of(body).lower() in ("failed", "canceled", "deleting"):
        return f"`{piece.name}` is {state_of(body).lower()}"
    if piece.part is Part.PEERING_THERE:
        return peered(body, piece, seen.body(_id_of(seen, Part.PEERING_BACK)) is not None)
    if piece.part is Part.PEERING_BACK:
        return peered(body, piece, seen.body(_id_of(seen, Part.PEERING_THERE)) is not None)
    if piece.part is Part.ZONE_RECORD:
        return recorded(body, seen.body(_id_of(seen, Part.ENDPOINT)), seen.standing.get(seen.record or ""))
    check: Callable[[Json, Piece], str] | None = CHECKS.get(piece.part)
    return check(body, piece) if check else ""


def _subnet(seen: Seen, part: Part) -> Link:
    id_ = seen.plan.subnets[part]
    found = seen.standing.get(id_)
    if fault := _not_there(seen, part, id_, found):
        return fault
    body = found if isinstance(found, dict) else {}
    text = ""
    if part is Part.SHELL_SUBNET:
        gateway = seen.plan.piece(Part.NAT_GATEWAY)
        text = delegated(body, gateway.id if gateway else None)
        if not text and (text := guarded(seen.security_group, seen.standing.get(seen.security_group or ""))):
            return Link(part.value, Health.BROKEN, text, _rules_command(seen))
    piece = seen.plan.piece(part)
    if not text and piece is not None and not piece.stands:
        text = f"`{name_of(id_)}` is not as planned: {', '.join(piece.differs)}"
    if text:
        return Link(part.value, Health.BROKEN, text, seen.again)
    return Link(
        part.value, Health.OK, f"`{name_of(id_)}` stands, {(body.get('properties') or {}).get('addressPrefix')}"
    )


def _rules_command(seen: Seen) -> str:
    """Nobody's rule is taken away but by whoever made it."""
    group = seen.security_group
    if group is None:
        return seen.again
    return f"take the rule away: az network nsg rule list -g {group_of(group)} --nsg-name {name_of(group)} -o table"


def _not_there(seen: Seen, part: Part, id_: str, found: Reading) -> Link | None:
    if isinstance(found, AksessError):
        return Link(part.value, Health.UNKNOWN, f"`{name_of(id_)}` cannot be read: {_brief(found)}", found.next_step)
    if found is None:
        name = "nobody has given it" if "role" in part.value else f"there is no `{name_of(id_)}`"
        return Link(part.value, Health.BROKEN, name, seen.again)
    return None


def _record_by_hand(seen: Seen) -> Iterator[Link]:
    """The official template writes the relay's record itself: then there is no zone group that is a piece."""
    if seen.plan.piece(Part.ZONE_RECORD) is not None or seen.record is None:
        return
    name, found = Part.ZONE_RECORD.value, seen.standing.get(seen.record)
    if isinstance(found, AksessError):
        yield Link(name, Health.UNKNOWN, f"it cannot be read: {_brief(found)}", found.next_step)
    elif text := recorded({}, seen.body(_id_of(seen, Part.ENDPOINT)), found):
        yield Link(name, Health.BROKEN, text, "write it anew: az network private-dns record-set a")
    else:
        yield Link(name, Health.OK, f"`{name_of(seen.record)}` stands (not made by aksess)")


def _registered(seen: Seen) -> Link:
    name = "resource providers"
    if missing := seen.plan.registrations:
        how = f"az provider register --wait --subscription {seen.plan.subscription} -n {missing[0]}"
        return Link(name, Health.BROKEN, f"not registered: {', '.join(missing)}", how)
    return Link(name, Health.OK, "registered")


def _admission(seen: Seen) -> Iterator[Link]:
    """Where the API server is public: it must admit the addresses the shells leave from."""
    if seen.plan.variant is not Variant.PUBLIC:
        return
    name = "authorized ranges"
    if not seen.cluster.ranges:
        yield Link(name, Health.OK, "the API server is open to the whole internet")
    elif not seen.ours:
        yield Link(name, Health.UNKNOWN, "the address the shells leave from is not known", seen.again)
    elif out := [str(one) for one in seen.ours if not covered(IPv4Network(one), seen.cluster.ranges)]:
        yield Link(name, Health.BROKEN, f"{', '.join(out)} is not listed", seen.again)
    else:
        yield Link(name, Health.OK, f"{', '.join(map(str, seen.ours))} is listed")


def _settings(seen: Seen) -> Link:
    name = "your Cloud Shell's settings"
    if isinstance(seen.settings, AksessError):
        return Link(name, Health.UNKNOWN, f"they cannot be read: {_brief(seen.settings)}", seen.settings.next_step)
    if seen.names_it:
        return Link(name, Health.OK, "your next shell starts in this network")
    set_it = f"{seen.again} --set-my-shell"
    if seen.settings.isolated:
        other = name_of(seen.settings.profile) or "nothing"
        return Link(name, Health.BROKEN, f"your next shell starts in another network (profile `{other}`)", set_it)
    return Link(name, Health.BROKEN, "your next shell starts in Microsoft's own network", set_it)


def _standpoint(seen: Seen) -> Link:
    name = "this shell"
    if seen.inside:
        return Link(name, Health.OK, "it stands in the network" + (f", seen as {seen.egress}" if seen.egress else ""))
    open_one = "close this shell and open a new one: settings count from its start"
    if seen.inside is None:
        return Link(name, Health.UNKNOWN, "nothing tells whether it stands in the network", open_one)
    return Link(name, Health.UNKNOWN, f"it stands outside, seen as {seen.egress}", open_one)


def _answer(seen: Seen) -> Link:
    name = "API server"
    if seen.proof is not None and seen.proof.open:
        return Link(name, Health.OK, f"it answers from here ({seen.proof.status}, {seen.proof.seconds:.1f} s)")
    cluster = seen.cluster.id
    if seen.cluster.stopped:
        start = f"az aks start -g {cluster.group} -n {cluster.name}"
        return Link(name, Health.BROKEN, f"`{cluster.name}` is stopped", start)
    if seen.proof is None:
        how = f"ask for a kubeconfig: az aks get-credentials -g {cluster.group} -n {cluster.name}"
        return Link(name, Health.UNKNOWN, "it was not asked: you get no kubeconfig", how)
    why = seen.proof.fault
    if seen.inside:
        return Link(name, Health.BROKEN, f"`{cluster.name}` does not answer: {why}", shut_out(seen.cluster))
    return Link(name, Health.UNKNOWN, f"it does not answer from here, outside the network: {why}", "ask from inside")


def _brief(fault: AksessError) -> str:
    """Without the scope of a missing right: which resource it is stands beside it."""
    return fault.sentence.partition(" at /")[0]


def _id_of(seen: Seen, part: Part) -> str:
    piece = seen.plan.piece(part)
    return piece.id if piece else ""
