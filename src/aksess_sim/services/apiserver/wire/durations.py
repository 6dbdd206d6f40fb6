"""Ages as kubectl shows them: `5s`, `3m12s`, `4h20m`, `12d`.

Source: k8s.io/apimachinery `pkg/util/duration`, HumanDuration.
"""

from datetime import datetime, timedelta

from aksess_sim.services.apiserver.objects.manifest import Manifest, parse_timestamp

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_YEAR = 365 * _DAY

_STEPS: tuple[tuple[int, tuple[int, str], tuple[int, str] | None], ...] = (
    (2 * _MINUTE, (1, "s"), None),
    (10 * _MINUTE, (_MINUTE, "m"), (1, "s")),
    (3 * _HOUR, (_MINUTE, "m"), None),
    (8 * _HOUR, (_HOUR, "h"), (_MINUTE, "m")),
    (2 * _DAY, (_HOUR, "h"), None),
    (8 * _DAY, (_DAY, "d"), (_HOUR, "h")),
    (2 * _YEAR, (_DAY, "d"), None),
    (8 * _YEAR, (_YEAR, "y"), (_DAY, "d")),
)
"""Below so many seconds: the unit shown, and the finer one beside it while that is not zero."""


def human_duration(duration: timedelta) -> str:
    """The duration in at most two units."""
    seconds = int(duration.total_seconds())
    if seconds < 0:
        return "0s" if seconds >= -1 else "<invalid>"
    for limit, (size, unit), finer in _STEPS:
        if seconds < limit:
            rest = seconds % size // finer[0] if finer else 0
            return f"{seconds // size}{unit}" + (f"{rest}{finer[1]}" if finer and rest else "")
    return f"{seconds // _YEAR}y"


def age(manifest: Manifest, now: datetime) -> str:
    """How long ago the object was made."""
    return since(manifest["metadata"].get("creationTimestamp"), now)


def since(moment: object, now: datetime) -> str:
    """How long ago a timestamp was; `<unknown>` when there is none."""
    try:
        return human_duration(now - parse_timestamp(str(moment)))
    except (ValueError, TypeError):
        return "<unknown>"
