"""Request bodies as JSON: strict everywhere, and as forgiving as ARM's own parser where templates are read.

az sends a template's text as it stands in the file, comments and all, behind a bare `template:` (azure-cli,
`JsonCTemplatePolicy`), and ARM takes it. Pure.
"""

import json
import re
from typing import Any

from aksess_sim.world.refusals import Refused

_TEXT = r'"(?:\\.|[^"\\])*"'
_COMMENT = re.compile(rf"({_TEXT})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_TEXT})|,(?=\s*[}}\]])", re.DOTALL)
_BARE_NAME = re.compile(rf"({_TEXT})|(?<![\w$])([A-Za-z_$][\w$]*)(?=\s*:)", re.DOTALL)


def strict(content: bytes) -> dict[str, Any]:
    """A JSON object. Raises Refused `InvalidRequestContent`."""
    return _loaded(content, forgiving=False)


def forgiving(content: bytes) -> dict[str, Any]:
    """A JSON object that may have comments, bare names, trailing commas and line breaks in strings.

    Raises Refused `InvalidRequestContent`.
    """
    return _loaded(content, forgiving=True)


def _loaded(content: bytes, *, forgiving: bool) -> dict[str, Any]:
    try:
        text = content.decode()
        body = json.loads(_tidied(text), strict=False) if forgiving else json.loads(text)
    except ValueError as error:
        message = f"The request content was invalid and could not be deserialized: '{error}'."
        raise Refused("InvalidRequestContent", message) from None
    if not isinstance(body, dict):
        raise Refused("InvalidRequestContent", "The request content must be a JSON object.")
    return body


def _tidied(text: str) -> str:
    """The same as JSON proper; what is inside strings stays as it is."""
    text = _COMMENT.sub(lambda found: found[1] or " ", text)
    text = _TRAILING_COMMA.sub(lambda found: found[1] or "", text)
    return _BARE_NAME.sub(lambda found: found[1] or f'"{found[2]}"', text)
