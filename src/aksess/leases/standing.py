"""Addresses that stay listed: those a Cloud Shell network leaves from, for as long as the network stands.

They are no leases: they have no end, nobody renews them, and to the lease loop their entries are foreign ones. But they
are put in and taken out by that loop, under the same rules (S1 to S7): put in as the addresses of leases that are never
recorded, taken out as those of leases that have ended. What says that they are ours is a record of its own,
written before the list is touched: a deployment record beside the leases', one for each cluster.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from aksess.azure.clusters import Clusters
from aksess.azure.deployments import Deployments
from aksess.azure.ids import ClusterId
from aksess.clock import Clock
from aksess.errors import AksessError, LeftOpen
from aksess.leases.closing import Closing
from aksess.leases.model import Holder, Lease, State, new_lease
from aksess.leases.opening import FAILURES, Opening
from aksess.leases.reconcile import LOOK_SECONDS, PATIENCE_SECONDS
from aksess.leases.record import MARK
from aksess.progress import Progress
from aksess.ranges import covered, read_entry
from aksess.settings import LEASE_LONGEST

VERSION = "network-1"
REASON = "Cloud Shell network"


@dataclass(frozen=True)
class Standing:
    """A Cloud Shell network that was applied for a cluster, and what was listed for it."""

    cluster: ClusterId
    network: str
    """The virtual network's resource id."""
    variant: str
    """`private` or `public`."""
    holder: Holder
    """Who applied it last."""
    entries: tuple[IPv4Network, ...] = ()
    """The addresses it leaves from, where a public API server must admit them."""
    added: tuple[IPv4Network, ...] = ()
    """Those of them that aksess listed: they were not listed before."""


@dataclass(frozen=True)
class Admission:
    """Keeps the one record, and its entries. Errors: those of the lease loop."""

    clusters: Clusters
    records: Deployments
    closing: Closing
    opening: Opening
    clock: Clock
    progress: Progress

    async def known(self, cluster: ClusterId) -> Standing | None:
        """What is recorded. Errors: why it cannot be read; it must not be written over then, nor taken for nothing."""
        return await _read_record(self.records, cluster)

    async def record(self, standing: Standing) -> None:
        """Written only when it says something new."""
        if await self.known(standing.cluster) != standing:
            await self.records.write(standing.cluster, record_name(standing.cluster), write_standing(standing))

    async def admit(self, standing: Standing, entries: Sequence[IPv4Network]) -> Standing:
        """List the addresses for good, but for those that are admitted already; the record as it then stands. A server
        that is open to everyone stays so: a first entry would shut everybody else out (S2)."""
        before = await self.known(standing.cluster)
        await self._end_leases_on(entries, standing.cluster)
        cluster = await self.clusters.read(standing.cluster)
        missing = [one for one in entries if cluster.ranges and not covered(one, cluster.ranges)]
        ours = {*missing, *(before.added if before else ())}
        here = replace(standing, entries=tuple(entries), added=tuple(one for one in entries if one in ours))
        # Before the list is touched (S4): whoever finds an entry must be able to tell whose it is.
        await self.record(here)
        if missing:
            self.progress.stage("the API server is told to admit the network's address", usually=90)
            await self.opening.list_all([self._lease(here, one) for one in missing], cluster)
        return here

    async def dismiss(self, standing: Standing) -> tuple[IPv4Network, ...]:
        """Take out the entries that are ours, until they are out; which they were. What cannot be finished now are
        leases that have ended, which anyone's sweep takes out. Errors: LeftOpen."""
        cluster = await self.clusters.read(standing.cluster)
        there = {read_entry(one) for one in cluster.ranges}
        going = tuple(one for one in standing.added if one in there)
        ended = [self._lease(standing, one).become(State.RELEASED) for one in going]
        for lease in ended:
            await self.closing.keeper.ledger.record(lease)
        for _ in range(FAILURES):
            if not ended or not await self._still_listed(ended):
                return going
        raise LeftOpen(
            f"{', '.join(map(str, going))} is still listed: Azure fails the change, or somebody's lease holds it",
            f"see which: aksess leases -g {standing.cluster.group} -n {standing.cluster.name}; then the same again",
            code="still-listed",
        )

    async def _still_listed(self, ended: list[Lease]) -> bool:
        """After one more change. Azure's yes to it is not enough: when the operation fails, the entries are back, and
        whoever gets the address next would be admitted."""
        if await self.closing.take_out(ended) is None:
            return False
        cluster, began = await self.clusters.read(ended[0].cluster), self.clock.monotonic()
        while cluster.busy and self.clock.monotonic() - began < PATIENCE_SECONDS:
            self.progress.stage("waiting until the address is out of the list", usually=90)
            await self.clock.sleep(LOOK_SECONDS)
            cluster = await self.clusters.read(cluster.id)
        listed = {read_entry(one) for one in cluster.ranges}
        return cluster.busy or any(one.address in listed for one in ended)

    async def _end_leases_on(self, entries: Sequence[IPv4Network], cluster: ClusterId) -> None:
        """A lease that added such an address would take it out again with its end: it is ended first, by the loop."""
        keeper, now = self.closing.keeper, self.clock.now()
        leases = await keeper.ledger.leases(cluster)
        claiming = [one for one in leases if one.address in entries and one.added]
        ending = [await keeper.release(one) for one in claiming if not one.ended]
        ending += [one for one in claiming if one.ended and one.answers(now, failed=False)]
        if ending:
            self.progress.note(f"{len(ending)} leases end: their addresses will be listed for good")
            await self.closing.take_out(ending)

    def _lease(self, standing: Standing, entry: IPv4Network) -> Lease:
        made = self.clock.now()
        lease = new_lease(standing.cluster, entry, standing.holder, reason=REASON, created=made, lasts=LEASE_LONGEST)
        return lease.claimed()


async def known_standing(records: Deployments, cluster: ClusterId) -> Standing | None:
    """One read; None also for a record that cannot be read: for those who only show it."""
    try:
        return await _read_record(records, cluster)
    except AksessError:
        return None


async def _read_record(records: Deployments, cluster: ClusterId) -> Standing | None:
    """None for no record, and for one that somebody damaged. Errors: AksessError."""
    found = await records.read(cluster, record_name(cluster))
    try:
        return read_standing((found or {}).get("tags") or {}, cluster)
    except ValueError:
        return None


def record_name(cluster: ClusterId) -> str:
    """One for each cluster; at most 64 characters (REST reference), which a cluster's own name might exceed."""
    return f"aksess-network-{hashlib.sha256(cluster.key.encode()).hexdigest()[:16]}"


def write_standing(standing: Standing) -> dict[str, str]:
    """Values are at most 256 characters, as tags are: an id may be longer, its parts are not, and a NAT gateway has at
    most 16 addresses."""
    _, subscription, _, group, *_, name = standing.network.strip("/").split("/")
    return {
        MARK: VERSION,
        "aksess-cluster": standing.cluster.name,
        "aksess-network": f"{subscription}/{group}/{name}",
        "aksess-variant": standing.variant,
        "aksess-holder": standing.holder.name[:256],
        "aksess-holder-id": standing.holder.object_id,
        "aksess-addresses": _told(standing.entries),
        "aksess-added": _told(standing.added),
    }


def read_standing(tags: Mapping[str, Any], cluster: ClusterId) -> Standing | None:
    """None for what is no such record. Errors: ValueError for one that somebody damaged."""
    if tags.get(MARK) != VERSION or str(tags.get("aksess-cluster", "")).lower() != cluster.name.lower():
        return None
    try:
        subscription, group, name = str(tags["aksess-network"]).split("/")
        entries, added = _read(str(tags["aksess-addresses"])), _read(str(tags["aksess-added"]))
        holder = Holder(str(tags.get("aksess-holder", "")), str(tags.get("aksess-holder-id", "")))
        variant = str(tags["aksess-variant"])
    except KeyError as missing:
        raise ValueError(f"it lacks {missing}") from missing
    if variant not in ("private", "public") or not set(added) <= set(entries):
        raise ValueError("it says neither private nor public, or that something was listed which it does not name")
    path = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}"
    return Standing(cluster, path, variant, holder, entries, added)


def _told(entries: Sequence[IPv4Network]) -> str:
    """Single addresses only, so that sixteen of them fit; a dash for none, since Azure keeps no empty tag for sure."""
    return ",".join(str(one.network_address) for one in entries) or "-"


def _read(text: str) -> tuple[IPv4Network, ...]:
    """Errors: ValueError for what is no single address."""
    return tuple(IPv4Network(IPv4Address(one)) for one in text.split(",") if one != "-")
