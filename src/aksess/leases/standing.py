"""One address that stays listed: that of a Cloud Shell network, for as long as the network stands.

It is no lease: it has no end, nobody renews it, and to the lease loop its entry is a foreign one. But it is put in and
taken out by that loop, under the same rules (S1 to S7): put in as the address of a lease that is never recorded, taken
out as that of a lease that has ended. What says that it is ours is a record of its own, written before the list is
touched: a deployment record beside the leases', one for each cluster.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any

from aksess.azure.clusters import Cluster, Clusters
from aksess.azure.deployments import Deployments
from aksess.azure.ids import ClusterId
from aksess.clock import Clock
from aksess.errors import AksessError
from aksess.leases.closing import Closing
from aksess.leases.model import Holder, Lease, State, new_lease
from aksess.leases.opening import Opening
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
    entry: IPv4Network | None = None
    """The address it leaves from, where a public API server must admit it."""
    added: bool = False
    """The entry is aksess's: it was not listed before."""


@dataclass(frozen=True)
class Admission:
    """Keeps the one record, and the one entry. Errors: those of the lease loop."""

    clusters: Clusters
    records: Deployments
    closing: Closing
    opening: Opening
    clock: Clock
    progress: Progress

    async def known(self, cluster: ClusterId) -> Standing | None:
        """What is recorded; None also when it cannot be read: then nothing is known."""
        try:
            found = await self.records.read(cluster, record_name(cluster))
        except AksessError:
            return None
        try:
            return read_standing((found or {}).get("tags") or {}, cluster)
        except ValueError as damage:
            self.progress.note(f"the record of the Cloud Shell network is damaged and ignored: {damage}")
            return None

    async def record(self, standing: Standing) -> None:
        """Written only when it says something new."""
        if await self.known(standing.cluster) != standing:
            await self.records.write(standing.cluster, record_name(standing.cluster), write_standing(standing))

    async def admit(self, standing: Standing, entry: IPv4Network) -> Standing:
        """List the address for good, unless it is admitted already; the record as it then stands. A server that is
        open to everyone stays so: a first entry would shut everybody else out (S2)."""
        before = await self.known(standing.cluster)
        await self._end_leases_on(entry, standing.cluster)
        cluster = await self.clusters.read(standing.cluster)
        ours = before is not None and before.entry == entry and before.added
        here = replace(standing, entry=entry, added=ours)
        if cluster.ranges and not covered(entry, cluster.ranges):
            # Before the list is touched (S4): whoever finds the entry must be able to tell whose it is.
            here = replace(here, added=True)
            await self.record(here)
            lease = self._lease(here, entry)
            await self.opening.list_only(lease, cluster)
        else:
            await self.record(here)
        return here

    async def dismiss(self, standing: Standing) -> bool:
        """Take the entry out if it is ours; False when there was nothing of ours. What cannot be finished now is a
        lease that has ended, which anyone's sweep takes out. Errors: LeftOpen."""
        if standing.entry is None or not standing.added:
            return False
        cluster = await self.clusters.read(standing.cluster)
        if standing.entry not in {read_entry(one) for one in cluster.ranges}:
            return False
        ended = self._lease(standing, standing.entry).become(State.RELEASED)
        await self.closing.keeper.ledger.record(ended)
        await self.closing.take_out([ended])
        return True

    async def _end_leases_on(self, entry: IPv4Network, cluster: ClusterId) -> None:
        """A lease that added this very address would take it out again with its end: it is ended first, by the loop."""
        keeper, now = self.closing.keeper, self.clock.now()
        leases = await keeper.ledger.leases(cluster)
        claiming = [one for one in leases if one.address == entry and one.added]
        ending = [await keeper.release(one) for one in claiming if not one.ended]
        ending += [one for one in claiming if one.ended and one.answers(now, failed=False)]
        if ending:
            self.progress.note(f"{len(ending)} leases on {entry} end: it will be listed for good")
            await self.closing.take_out(ending)

    def _lease(self, standing: Standing, entry: IPv4Network) -> Lease:
        made = self.clock.now()
        lease = new_lease(standing.cluster, entry, standing.holder, reason=REASON, created=made, lasts=LEASE_LONGEST)
        return lease.claimed()


def listed(standing: Standing, cluster: Cluster) -> bool:
    """The API server admits the network's address, as far as ARM shows."""
    return not cluster.ranges or (standing.entry is not None and covered(standing.entry, cluster.ranges))


def record_name(cluster: ClusterId) -> str:
    """One for each cluster; at most 64 characters (REST reference), which a cluster's own name might exceed."""
    return f"aksess-network-{hashlib.sha256(cluster.key.encode()).hexdigest()[:16]}"


def write_standing(standing: Standing) -> dict[str, str]:
    """Values are at most 256 characters, as tags are: an id may be longer, its parts are not."""
    _, subscription, _, group, *_, name = standing.network.strip("/").split("/")
    return {
        MARK: VERSION,
        "aksess-cluster": standing.cluster.name,
        "aksess-network": f"{subscription}/{group}/{name}",
        "aksess-variant": standing.variant,
        "aksess-holder": standing.holder.name[:256],
        "aksess-holder-id": standing.holder.object_id,
        "aksess-address": str(standing.entry) if standing.entry else "none",
        "aksess-added": "yes" if standing.added else "no",
    }


def read_standing(tags: Mapping[str, Any], cluster: ClusterId) -> Standing | None:
    """None for what is no such record. Errors: ValueError for one that somebody damaged."""
    if tags.get(MARK) != VERSION or str(tags.get("aksess-cluster", "")).lower() != cluster.name.lower():
        return None
    try:
        subscription, group, name = str(tags["aksess-network"]).split("/")
        address, added = str(tags["aksess-address"]), str(tags["aksess-added"])
        entry = None if address == "none" else IPv4Network(address)
        holder = Holder(str(tags.get("aksess-holder", "")), str(tags.get("aksess-holder-id", "")))
        variant = str(tags["aksess-variant"])
    except KeyError as missing:
        raise ValueError(f"it lacks {missing}") from missing
    if added not in ("yes", "no") or variant not in ("private", "public"):
        raise ValueError("it says neither yes nor no, or neither private nor public")
    if entry is not None and entry.prefixlen < 32:
        raise ValueError(f"{entry} is more than one address")
    path = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}"
    return Standing(cluster, path, variant, holder, entry, added == "yes")
