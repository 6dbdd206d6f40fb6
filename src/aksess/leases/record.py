"""A lease as flat text, the same in every store: field names are tag names. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

from aksess.azure.ids import ClusterId
from aksess.leases.model import Holder, Lease, State
from aksess.ranges import not_public
from aksess.settings import LEASE_LONGEST

DATE_SLACK = timedelta(hours=1)
"""How far the clocks of two writers may be apart, before the first has heard Azure's date."""
_ID = re.compile(r"[0-9a-f]{10}")
MARK = "aksess"
VERSION = "lease-1"
_DATES = "%Y-%m-%dT%H:%M:%S.%fZ"


def write_record(lease: Lease) -> dict[str, str]:
    """Values are at most 256 characters, as tags are (REST reference, Tags)."""
    return {
        MARK: VERSION,
        "aksess-id": lease.id,
        "aksess-cluster": lease.cluster.name,
        "aksess-address": str(lease.address),
        "aksess-holder": lease.holder.name[:256],
        "aksess-holder-id": lease.holder.object_id,
        "aksess-reason": lease.reason[:256],
        "aksess-created": _date(lease.created),
        "aksess-ends": _date(lease.ends),
        "aksess-state": lease.state.value,
        "aksess-added": "yes" if lease.added else "no",
        "aksess-settled": _date(lease.settled_at) if lease.settled_at else "no",
        "aksess-taken-out": "yes" if lease.taken_out else "no",
    }


def is_record(fields: Mapping[str, str]) -> bool:
    return fields.get(MARK) == VERSION


def read_record(fields: Mapping[str, str], group: ClusterId) -> Lease:
    """`group` is any cluster id of the same resource group. Errors: ValueError for a record somebody damaged."""
    try:
        return Lease(
            id=fields["aksess-id"],
            cluster=ClusterId(group.subscription, group.group, fields["aksess-cluster"]),
            address=IPv4Network(fields["aksess-address"]),
            holder=Holder(fields.get("aksess-holder", ""), fields.get("aksess-holder-id", "")),
            reason=fields.get("aksess-reason", ""),
            created=_read_date(fields["aksess-created"]),
            ends=_read_date(fields["aksess-ends"]),
            state=State(fields["aksess-state"]),
            added=_read_answer(fields["aksess-added"]),
            settled_at=None if (settled := fields["aksess-settled"]) == "no" else _read_date(settled),
            taken_out=_read_answer(fields.get("aksess-taken-out", "no")),
        )
    except KeyError as missing:
        raise ValueError(f"the lease record lacks {missing}") from missing


def check_record(lease: Lease, now: datetime, widest_prefix: int) -> None:
    """Whether a record says what aksess could have written: whoever may write deployments may write records too, and
    must get no more out of them than a lease. Errors: ValueError."""
    if not _ID.fullmatch(lease.id):
        raise ValueError("its id is not one of aksess's")
    if lease.address.prefixlen < widest_prefix:
        raise ValueError(f"{lease.address} is wider than the /{widest_prefix} this shell's policy allows")
    if reason := not_public(lease.address.network_address) or not_public(lease.address.broadcast_address):
        raise ValueError(f"{lease.address} is {reason}")
    dates = [lease.created, *([lease.settled_at] if lease.settled_at else ())]
    if max(dates) > now + DATE_SLACK:
        raise ValueError("it has dates in the future")
    if not timedelta(0) < lease.ends - lease.created <= LEASE_LONGEST + DATE_SLACK:
        raise ValueError(f"it would last longer than {LEASE_LONGEST.total_seconds() / 3600:.0f} hours")


def _date(date: datetime) -> str:
    return date.astimezone(UTC).strftime(_DATES)


def _read_date(text: str) -> datetime:
    return datetime.strptime(text, _DATES).replace(tzinfo=UTC)


def _read_answer(text: str) -> bool:
    """No guess: an entry of ours that read as another's would stay in the list for good."""
    if text not in ("yes", "no"):
        raise ValueError(f"`{text}` is neither yes nor no")
    return text == "yes"
