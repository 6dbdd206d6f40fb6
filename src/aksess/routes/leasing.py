"""Leases that outlive the process: what `allow`, its dry run and `revoke` do with the route of leases.

While a way is held open, `allowlist.py` opens and closes by itself; here a person says when.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from aksess.errors import EgressUnclear
from aksess.leases.decision import decide
from aksess.leases.model import Holder, Lease, new_lease
from aksess.routes.allowlist import AllowList
from aksess.routes.allowlist_rules import address_of, lock_down_entries
from aksess.routes.base import Facts, Wishes


@dataclass(frozen=True)
class Allowed:
    """A lease that is listed. `answered`: the HTTP status that proved it, None for an address that is not ours."""

    lease: Lease
    answered: int | None


@dataclass(frozen=True)
class Leasing:
    """`address` tells the egress address as it is now."""

    route: AllowList
    address: Callable[[], Awaitable[IPv4Address]]

    async def allow(self, facts: Facts, wishes: Wishes) -> Allowed:
        """A lease that outlives this process; taken back when it cannot be opened."""
        lease = await self.route.record(facts, wishes)
        try:
            if wishes.address is not None and not await self._is_mine(wishes.address):
                entries = lock_down_entries(facts, wishes)
                listed = await self.route.opening.list_only(lease, facts.cluster, entries)
                return Allowed(await self.route.keeper.proven(listed), None)
            lease, proof = await self.route.prove(lease, facts, wishes)
            return Allowed(await self.route.keeper.proven(lease), proof.status)
        except BaseException:
            await self.route.close(lease, facts, wishes)
            raise

    async def end(self, leases: Sequence[Lease]) -> list[Lease]:
        """Release leases of one cluster, with one change of the list; they as they then stand. Errors: LeftOpen."""
        released = [await self.route.keeper.release(lease) for lease in leases]
        done = await self.route.closing.take_out(released)
        return [(done.lease(lease.id) if done else None) or lease for lease in released]

    async def would_list(self, facts: Facts, wishes: Wishes) -> list[str]:
        """The list as `allow` would leave it, from the same decision."""
        now = self.route.clock.now()
        caller = Holder(facts.caller.name, facts.caller.object_id)
        address = address_of(facts, wishes)
        lease = new_lease(facts.cluster.id, address, caller, reason="", created=now, lasts=wishes.lasts)
        known = await self.route.keeper.ledger.leases(facts.cluster.id)
        entries = lock_down_entries(facts, wishes)
        limit = facts.cluster.range_limit
        ranges, failed = facts.cluster.ranges, facts.cluster.failed
        made = decide(ranges, [*known, lease], now, limit=limit, lock_down=entries, mine={lease.id}, failed=failed)
        return list(ranges if made.ranges is None else made.ranges)

    async def _is_mine(self, address: IPv4Network) -> bool:
        try:
            return await self.address() in address
        except EgressUnclear:
            return False
