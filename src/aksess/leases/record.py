"""A lease as flat text, the same in every store: field names are tag names. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Network

from aksess.azure.ids import ClusterId
from aksess.leases.model import Holder, Lease, State

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
        )
    except KeyError as missing:
        raise ValueError(f"the lease record lacks {missing}") from missing


def _date(date: datetime) -> str:
    return date.astimezone(UTC).strftime(_DATES)


def _read_date(text: str) -> datetime:
    return datetime.strptime(text, _DATES).replace(tzinfo=UTC)


def _read_answer(text: str) -> bool:
    """No guess: an entry of ours that read as another's would stay in the list for good."""
    if text not in ("yes", "no"):
        raise ValueError(f"`{text}` is neither yes nor no")
    return text == "yes"
