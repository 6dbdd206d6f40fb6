"""Bearer tokens as values: the secret, its end, and the claims it carries. Pure."""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aksess.settings import Secret


@dataclass(frozen=True)
class Token:
    """A bearer token, its end, and the claims it carries (read, not verified: the receiver verifies)."""

    secret: Secret
    expires: datetime
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


TokenSource = Callable[[str], Awaitable[Token]]
"""From an audience to a token. Errors: NotSignedIn, AzureUnreachable."""


def claims_of(token: str) -> dict[str, Any]:
    """The claims inside a JWT, `{}` for a token that is none."""
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
