"""Where a connection leads: a websocket of its own, lent by whoever knows how to ask for one."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from aksess.settings import Secret


@dataclass(frozen=True)
class FarEnd:
    """One connection's own far end: where the websocket is and what its handshake says."""

    url: Secret
    """`wss://...`: it holds a one-time token."""
    headers: Mapping[str, str]


class Permits(Protocol):
    """Gives each connection a far end of its own and takes it back."""

    def permit(self) -> AbstractAsyncContextManager[FarEnd]:
        """One per connection; leaving it gives it back, whatever became of the connection. Errors: AksessError.

        It is left with a cancellation when the tunnel's time for ending is over."""
