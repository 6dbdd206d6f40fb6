"""What lies behind the proxy: one world's hosts, journal and faults, as one value that can be replaced whole."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aksess_sim.faults import Faults
from aksess_sim.internet.caller import Caller
from aksess_sim.internet.reachability import Reach
from aksess_sim.internet.service import Service
from aksess_sim.journal import Journal
from aksess_sim.world.clock import WorldClock


@dataclass(frozen=True)
class Gateway:
    """All that the proxy asks about one world."""

    clock: WorldClock
    journal: Journal
    faults: Faults
    reach: Callable[[Caller, str, int], Reach]
    """Whether a TCP connect from this caller to host and port would succeed right now."""
    service: Callable[[str], Awaitable[Service]]
    """The service behind a host that can be reached."""
    plain: Service
    """The service for requests that come in absolute form, without TLS."""
    patience: Callable[[str], float]
    """World seconds a client waits for a host that does not answer, before its connect fails."""
    settle: Callable[[], None]
    """Lets happen in the world what is due; called before every question."""
