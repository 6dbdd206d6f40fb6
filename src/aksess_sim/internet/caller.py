"""Who is asking: the simulated shell, or the pod, behind a connection.

The proxy learns it from the proxy user name and sets it before a connection is handed to a service, so every
handler sees its caller. Nothing here decides what a caller may do.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address


@dataclass(frozen=True)
class Caller:
    """One simulated shell: its session id (the proxy user name), its person, where it stands."""

    session: str
    person: str
    address: IPv4Address
    """The egress address the internet sees."""
    network: str | None = None
    """`VNET/SUBNET` for a shell inside a virtual network, None for Microsoft's own network."""
    cluster: str | None = None
    """The id of the cluster whose pod this is, None for a shell."""


CALLER: ContextVar[Caller] = ContextVar("caller")
