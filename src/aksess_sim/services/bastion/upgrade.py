"""The websocket handshake of a server (RFC 6455 section 4.2), without the message layer that usually follows.

Frames must be seen one by one here, so no library that puts messages together may stand in between.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from aiohttp import web

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION = "13"


def agreement(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of the 101 that answers an opening handshake; no extension and no subprotocol is agreed on.

    Raises HTTPBadRequest for a request that is no handshake, HTTPUpgradeRequired for another version.
    """
    wishes = {word.strip().lower() for word in headers.get("Connection", "").split(",")}
    if "upgrade" not in wishes or headers.get("Upgrade", "").lower() != "websocket":
        raise web.HTTPBadRequest(text="a websocket is here\n")
    if headers.get("Sec-WebSocket-Version") != _VERSION:
        raise web.HTTPUpgradeRequired(headers={"Sec-WebSocket-Version": _VERSION})
    key = headers.get("Sec-WebSocket-Key", "")
    if not _is_nonce(key):
        raise web.HTTPBadRequest(text="the key of the handshake is none\n")
    digest = hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()
    accept = base64.b64encode(digest).decode()
    return {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}


def _is_nonce(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
