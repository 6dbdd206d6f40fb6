"""Take away what aksess made, and nothing else, in an order in which nothing is still used; and say what stays.

Whose a resource is, is read from the resource itself, by `compare.py`'s rule: its tag, or for what has no tags a name
that only aksess gives. What cannot be taken away now does not stop the rest: it is told at the end, and the same
command finishes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import IPv4Network

from aksess.azure import network_bodies as bodies
from aksess.azure.arm import Json
from aksess.azure.operations import Outcome
from aksess.azure.resource_ids import name_of, names_of, resource_id, same, scope_of
from aksess.azure.resources import Resources
from aksess.azure.template_deployments import TemplateDeployments
from aksess.azure.user_settings import UserSettings
from aksess.clock import Clock
from aksess.errors import AksessError, AzureBusy, ClusterUnknown, Conflict, LeftOpen
from aksess.leases.model import Holder
from aksess.leases.standing import Admission, Standing, record_name
from aksess.progress import Progress
from aksess.ranges import read_entry
from aksess.vnet.chain import Seen
from aksess.vnet.compare import is_ours
from aksess.vnet.model import OWN_NETWORK, Part, Piece

TRIES, BETWEEN_SECONDS = 5, 10.0
OWN_RECORDS = 1
"""Every zone has an SOA record of its own."""


class Fate(StrEnum):
    REMOVED = "removed"
    LEFT = "left"
    """Not made by aksess, or used by somebody else."""
    STUCK = "stuck"
    """Ours, and could not be taken away now."""


@dataclass(frozen=True)
class Gone:
    """One resource and what became of it."""

    what: str
    id: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True)
class Removal:
    """One removal, with what it has done so far. Errors: LeftOpen for an entry that may still be listed; then nothing
    else was touched."""

    resources: Resources
    deployments: TemplateDeployments
    admission: Admission
    settings: UserSettings
    clock: Clock
    progress: Progress
    gone: list[Gone] = field(default_factory=list)

    async def remove(self, seen: Seen, standing: Standing | None) -> list[Gone]:
        """Everything, the entry first: an address that is given up while it is listed admits its next holder."""
        await self._close(standing)
        await self._leave(seen)
        for half in stray_halves(seen):
            await self._take("peering back", half)
        for piece, body in reversed(list(_standing(seen))):
            await self._one(seen, piece, body)
        if not any(one.fate is Fate.STUCK for one in self.gone):
            await self.deployments.forget(seen.plan.group_path, seen.plan.deployment_name)
            await self.deployments.forget(seen.plan.cluster.group_path, record_name(seen.plan.cluster))
        return self.gone

    async def _close(self, standing: Standing | None) -> None:
        if standing is None:
            return
        self.progress.stage("taking the network's address out of the authorized ranges", usually=5)
        try:
            dismissed = await self.admission.dismiss(standing)
        except ClusterUnknown:
            return
        self.gone.extend(Gone("authorized range", str(entry), Fate.REMOVED) for entry in dismissed)
        self.gone.extend(_kept(standing))
        await self.admission.record(replace(standing, added=(), entries=()))

    async def _leave(self, seen: Seen) -> None:
        """The caller's own shell must not start in a network that is gone; nobody else's settings can be reached."""
        profile, relay = seen.plan.piece(Part.PROFILE), seen.plan.piece(Part.RELAY)
        if isinstance(seen.settings, AksessError) or profile is None or relay is None:
            return
        if seen.settings.names(profile.id, relay.id) and _ours(seen, profile):
            self.progress.stage("your next Cloud Shell starts in Microsoft's own network again")
            what, why = "your Cloud Shell's settings", ""
            try:
                await self.settings.write(seen.settings.outside())
            except AksessError as fault:
                why = f"{fault.sentence}; try it by itself: aksess vnet remove --reset-my-shell"
            self.gone.append(Gone(what, profile.id, Fate.STUCK if why else Fate.REMOVED, why))

    async def _one(self, seen: Seen, piece: Piece, body: Json) -> None:
        id_ = str(body.get("id") or piece.id)
        if not is_ours(piece, body):
            self.gone.append(Gone(piece.part.value, id_, Fate.LEFT, "not made by aksess"))
            await self._give_back(seen, piece, body)
        elif piece.part is Part.ZONE and (users := await self._users(id_)):
            self.gone.append(Gone(piece.part.value, id_, Fate.LEFT, f"still used: {users}"))
        else:
            await self._take(piece.part.value, id_)

    async def _take(self, what: str, id_: str) -> None:
        self.progress.stage(f"removing {what} `{name_of(id_)}`", usually=10)
        why = ""
        for _ in range(TRIES):
            try:
                ended = await self.resources.delete(id_)
                why = "" if ended.outcome is Outcome.SUCCEEDED else ended.reason or ended.outcome.value
            except (Conflict, AzureBusy) as busy:
                why = busy.sentence
            except AksessError as fault:
                why = fault.sentence
                break
            if not why:
                break
            await self.clock.sleep(BETWEEN_SECONDS)
        self.gone.append(Gone(what, id_, Fate.STUCK if why else Fate.REMOVED, why))

    async def _give_back(self, seen: Seen, piece: Piece, body: Json) -> None:
        """Somebody else's subnet stays, without what of ours was hung on it."""
        if piece.part is not Part.SHELL_SUBNET:
            return
        properties = dict(body.get("properties") or {})
        for key, part in (("natGateway", Part.NAT_GATEWAY), ("networkSecurityGroup", Part.SECURITY_GROUP)):
            hung, ours = str((properties.get(key) or {}).get("id", "")), seen.plan.piece(part)
            if ours is not None and hung and same(hung, ours.id) and _ours(seen, ours):
                del properties[key]
        if properties != body.get("properties"):
            self.progress.stage(f"giving the subnet `{piece.name}` back as it was", usually=10)
            try:
                ended = await self.resources.write(piece.id, {"properties": properties})
                why = "" if ended.outcome is Outcome.SUCCEEDED else ended.reason or ended.outcome.value
            except AksessError as fault:
                why = fault.sentence
            if why:
                self.gone.append(Gone(piece.part.value, piece.id, Fate.STUCK, why))

    async def _users(self, zone: str) -> str:
        """What of others is in a zone, after ours is out; empty for nothing."""
        links = await self.resources.listed(zone, bodies.ZONE_LINK)
        if links:
            return f"linked to {len(links)} other network{'s' if len(links) > 1 else ''}"
        told = ((await self.resources.read(zone)) or {}).get("properties") or {}
        others = int(told.get("numberOfRecordSets") or OWN_RECORDS) - OWN_RECORDS
        return f"{others} records of others" if others > 0 else ""


def would_remove(seen: Seen, standing: Standing | None) -> list[Gone]:
    """What `remove` would do, as far as can be seen beforehand. Pure."""
    told = [Gone("authorized range", str(one), Fate.REMOVED) for one in (standing.added if standing else ())]
    told += _kept(standing) if standing else []
    told += [Gone("peering back", half, Fate.REMOVED) for half in stray_halves(seen)]
    for piece, body in reversed(list(_standing(seen))):
        ours = is_ours(piece, body)
        id_ = str(body.get("id") or piece.id)
        told.append(
            Gone(piece.part.value, id_, Fate.REMOVED if ours else Fate.LEFT, "" if ours else "not made by aksess")
        )
    return told


def entries_of(seen: Seen, known: Standing | None, holder: Holder) -> Standing | None:
    """What was listed for the network: as recorded, or where Azure has trimmed the record, the address that is ours:
    nobody else can have listed it for anything but this network."""
    address = seen.plan.piece(Part.ADDRESS)
    if known is not None or address is None or not _ours(seen, address):
        return known
    plan, listed = seen.plan, {read_entry(one) for one in seen.cluster.ranges}
    entries = tuple(entry for one in seen.ours if (entry := IPv4Network(one)) in listed)
    return Standing(plan.cluster, plan.network, plan.variant.value, holder, entries, entries) if entries else None


def _kept(standing: Standing) -> list[Gone]:
    """An entry that somebody had listed before is theirs, and dangerous once the address is given up."""
    why = "it was listed before; take it out before its next holder comes: az aks update"
    return [Gone("authorized range", str(one), Fate.LEFT, why) for one in standing.entries if one not in standing.added]


def check_gone(gone: list[Gone]) -> None:
    """Errors: LeftOpen when something of ours is still there."""
    stuck = [one for one in gone if one.fate is Fate.STUCK]
    if stuck:
        first = stuck[0]
        raise LeftOpen(
            f"{len(stuck)} of aksess's resources could not be removed; {first.what} `{name_of(first.id)}`: {first.why}",
            "run the same command again in some minutes: Cloud Shell leaves a subnet some time after its last session",
            code="left-behind",
        )


def stray_halves(seen: Seen) -> Iterator[str]:
    """Halves of peerings that lead back to our own network and that no plan knows any more, since the cluster is gone:
    our own network still tells where they are."""
    if not seen.plan.network_is_ours or seen.plan.piece(Part.PEERING_BACK) is not None:
        return
    body: Mapping[str, object] = seen.body(seen.plan.network) or {}
    properties = body.get("properties")
    halves = properties.get("virtualNetworkPeerings") if isinstance(properties, dict) else None
    own = OWN_NETWORK.fullmatch(name_of(seen.plan.network))
    for half in halves or ():
        remote = str(((half.get("properties") or {}).get("remoteVirtualNetwork") or {}).get("id", ""))
        if remote and own:
            yield resource_id(scope_of(remote), bodies.PEERING, names_of(remote), own[1])


def _standing(seen: Seen) -> Iterator[tuple[Piece, Json]]:
    """What is there of the plan, in the order it was made; roles on what is ours go with it."""
    for piece in seen.plan.pieces:
        body = seen.body(piece.id)
        if body is not None:
            yield piece, body


def _ours(seen: Seen, piece: Piece) -> bool:
    body = seen.body(piece.id)
    return body is not None and is_ours(piece, body)
