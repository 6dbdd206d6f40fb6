"""Lists in pages: `value` and, while there is more, an absolute `nextLink` that carries the query along."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from aksess_sim.services.arm.exchange import HOST, Answer, Asked
from aksess_sim.world.refusals import Refused

PAGE_SIZE = 100
"""Azure does not document its own; clients must follow the link, whatever the size."""
_TOKEN = "$skiptoken"  # noqa: S105 - the name of a query parameter


def page(asked: Asked, items: Sequence[Any], size: int = PAGE_SIZE) -> Answer:
    """The page that the request's skip token asks for, the first without one.

    Raises Refused `InvalidSkipToken` for a token that is none of ours.
    """
    start = _start(asked)
    body: dict[str, Any] = {"value": list(items[start : start + size])}
    if start + size < len(items):
        query = {key: value for key, value in asked.query.items() if key.lower() != _TOKEN}
        token = base64.urlsafe_b64encode(str(start + size).encode()).decode()
        body["nextLink"] = f"{HOST}{quote(asked.path)}?{urlencode(query | {_TOKEN: token})}"
    return Answer(body)


def _start(asked: Asked) -> int:
    given = next((value for key, value in asked.query.items() if key.lower() == _TOKEN), None)
    if given is None:
        return 0
    try:
        return max(0, int(base64.urlsafe_b64decode(given)))
    except (ValueError, binascii.Error):
        raise Refused("InvalidSkipToken", f"The skip token '{given}' is not valid.") from None
