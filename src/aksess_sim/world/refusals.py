"""How the world says no: a code and a sentence in Azure's words; what that is on the wire, the services decide."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """A rule of the world forbids what was asked.

    `code` is Azure's error code (`OperationNotAllowed`), `retry_after` world seconds until asking again makes sense,
    `details` errors inside the error, each with code and message.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after: float | None = None,
        details: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.details = tuple(dict(detail) for detail in details)
