"""How many resources of a type a subscription may have in a region; a world file sets limits, Azure's own are larger.

Codes: StandardSkuPublicIPCountLimitReached and VnetCountLimitReached are Azure's; for other types none is known.
"""

from collections.abc import Mapping

from aksess_sim.world import network_bodies as kinds
from aksess_sim.world.refusals import Refused
from aksess_sim.world.resource_ids import subscription_of, subscription_path
from aksess_sim.world.resources.store import Store

_CODES = {
    kinds.PUBLIC_IP: "StandardSkuPublicIPCountLimitReached",
    kinds.VNET: "VnetCountLimitReached",
}


def check_limit(store: Store, limits: Mapping[str, int], kind: str, id_: str, location: str | None) -> None:
    """One more of this type, please. Raises Refused; `limits` is by the last part of the type, `publicIPAddresses`."""
    short = kind.rpartition("/")[2]
    most = limits.get(short)
    if most is None:
        return
    scope = subscription_path(subscription_of(id_))
    count = sum(1 for body in store.of_kind(kind, scope) if body.get("location") == location)
    if count >= most:
        raise Refused(
            _CODES.get(kind, "QuotaExceeded"),
            f"Cannot create more than {most} {short} for this subscription in this region"
            f"{f' ({location})' if location else ''}.",
        )
