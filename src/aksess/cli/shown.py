"""Leases, verdicts and plans in the shape people and scripts read. The keys are a promise: tests pin them."""

from datetime import datetime
from typing import Any

from aksess.leases.model import Lease
from aksess.routes.base import Verdict

LEASE_COLUMNS = ("address", "holder", "state", "ends", "reason", "lease")


def lease_data(lease: Lease) -> dict[str, Any]:
    return {
        "id": lease.id,
        "cluster": str(lease.cluster),
        "address": str(lease.address),
        "holder": {"name": lease.holder.name, "objectId": lease.holder.object_id},
        "reason": lease.reason,
        "created": iso(lease.created),
        "ends": iso(lease.ends),
        "state": lease.state.value,
        "added": lease.added,
        "settled": lease.settled,
    }


def lease_row(lease: Lease, now: datetime) -> tuple[str, ...]:
    ends = "ended" if lease.ended else f"in {duration((lease.ends - now).total_seconds())}"
    state = "over" if lease.due(now) else lease.state.value
    return (str(lease.address), lease.holder.name, state, ends, lease.reason or "-", lease.id)


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    return {
        "route": verdict.route.value,
        "usable": verdict.usable,
        "why": verdict.why,
        "posture": verdict.posture,
        "seconds": None if verdict.seconds is None else round(verdict.seconds, 1),
        "usdPerMonth": verdict.usd_month,
        "nextStep": verdict.refusal.next_step if verdict.refusal else None,
    }


def verdict_row(verdict: Verdict) -> tuple[str, ...]:
    seconds = "-" if verdict.seconds is None else f"{verdict.seconds:.0f} s"
    return (verdict.route.value, "yes" if verdict.usable else "no", seconds, verdict.why)


def iso(date: datetime) -> str:
    return date.strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(seconds: float) -> str:
    """Short and rounded: `45s`, `29m`, `7h59m`; `0s` for what is past."""
    whole = max(0, int(seconds))
    if whole < 120:
        return f"{whole}s"
    if whole < 7200:
        return f"{whole // 60}m"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"
