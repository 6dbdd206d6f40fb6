"""What happened, in order: every connect decision of the proxy and every request a service saw.

It is evidence, so it must not become a leak: no header, no body, and of a query only the values that cannot be secret.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from yarl import URL

from aksess_sim.world.clock import WorldClock

KEPT = 20_000
"""How many entries are kept; older ones go."""

HARMLESS = frozenset(
    {"api-version", "$filter", "$top", "format", "server-fqdn", "watch", "follow", "limit", "fieldselector",
     "labelselector", "resourceversion", "fieldmanager", "fieldvalidation", "force", "pretty", "timeout", "tail",
     "timeoutseconds", "command", "container", "stdin", "stdout", "stderr", "tty"}
)  # fmt: skip
"""Query names whose values are written down; of all others only the name is."""


@dataclass
class Entry:
    """One request, or one decision about a connection (method CONNECT)."""

    at: str
    """The date, ISO 8601."""
    elapsed: float
    """World seconds since the world began."""
    session: str | None
    person: str | None
    method: str
    host: str
    path: str
    status: int | None = None
    """None while it is not answered, and for good when the connection was cut."""
    seconds: float | None = None
    """World seconds until it was answered."""
    detail: str = ""
    """Why, when it was not simply served."""


class Journal:
    """The entries of one world."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def begin(
        self, method: str, host: str, path: str = "", *, session: str | None = None, person: str | None = None
    ) -> Entry:
        """Write down that something was asked, and who asked; `path` has been through `public_path`."""
        entry = Entry(
            at=self._clock.now().isoformat(timespec="milliseconds"),
            elapsed=round(self._clock.elapsed(), 3),
            session=session,
            person=person,
            method=method,
            host=host,
            path=path,
        )
        self._entries.append(entry)
        return entry

    def end(self, entry: Entry, status: int | None, detail: str = "") -> None:
        """Write down how it ended; status None means that the connection was cut."""
        entry.status = status
        entry.seconds = round(self._clock.elapsed() - entry.elapsed, 3)
        entry.detail = detail or entry.detail

    def find(self, *, method: str = "", host: str = "", path: str = "") -> list[Entry]:
        """The entries with this method and host whose path contains `path`, without case; empty matches all."""
        return [
            entry
            for entry in self
            if method in ("", entry.method) and host in ("", entry.host) and path.lower() in entry.path.lower()
        ]


SECRET_AFTER = ("/api/tokens", "/webtunnelv2", "/omni/webtunnel")
"""Paths whose last segment is a token of a Bastion host."""


def public_path(url: URL) -> str:
    """The path and query of a request without the values that may be signatures or secrets."""
    query = "&".join(f"{name}={value if name.lower() in HARMLESS else '...'}" for name, value in url.query.items())
    parent, _, _ = url.path.rpartition("/")
    path = f"{parent}/..." if parent.lower() in SECRET_AFTER else url.path
    return f"{path}?{query}" if query else path
