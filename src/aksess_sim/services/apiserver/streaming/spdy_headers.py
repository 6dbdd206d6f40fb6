"""Header blocks of SPDY/3: names and values, compressed with the protocol's own dictionary. Pure.

Source: SPDY protocol draft 3, section 2.6.10. Both directions of a connection keep one compression state each, so
every block must go through here, in order, even when nobody is interested in it.
"""

import struct
import zlib
from collections.abc import Mapping

LONGEST = 64 * 1024
"""Bytes of one uncompressed block; a longer one is an error."""

_WORDS = (
    "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|accept-language|accept-ranges|age|"
    "allow|authorization|cache-control|connection|content-base|content-encoding|content-language|content-length|"
    "content-location|content-md5|content-range|content-type|date|etag|expect|expires|from|host|if-match|"
    "if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|location|max-forwards|pragma|"
    "proxy-authenticate|proxy-authorization|range|referer|retry-after|server|te|trailer|transfer-encoding|"
    "upgrade|user-agent|vary|via|warning|www-authenticate|method|get|status|200 OK|version|HTTP/1.1|url|public|"
    "set-cookie|keep-alive|origin"
)
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden"
    "404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,"
    "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = b"".join(struct.pack(">I", len(word)) + word.encode() for word in _WORDS.split("|")) + _REST.encode()

Headers = Mapping[str, str]


class BadHeaders(ValueError):
    """A block that is not one."""


class HeaderReader:
    """One direction of a connection, as it is read."""

    def __init__(self) -> None:
        self._state = zlib.decompressobj(zdict=DICTIONARY)

    def read(self, block: bytes) -> dict[str, str]:
        """The headers of the next block, names in lower case; raises BadHeaders."""
        try:
            plain = self._state.decompress(block, LONGEST)
        except zlib.error as error:
            raise BadHeaders(str(error)) from None
        if self._state.unconsumed_tail:
            raise BadHeaders("too long")
        return _parse(plain)


class HeaderWriter:
    """One direction of a connection, as it is written."""

    def __init__(self) -> None:
        self._state = zlib.compressobj(zdict=DICTIONARY)

    def write(self, headers: Headers) -> bytes:
        """The next block."""
        pairs = [_prefixed(name.lower()) + _prefixed(value) for name, value in headers.items()]
        plain = struct.pack(">I", len(pairs)) + b"".join(pairs)
        return self._state.compress(plain) + self._state.flush(zlib.Z_SYNC_FLUSH)


def _prefixed(text: str) -> bytes:
    return struct.pack(">I", len(text.encode())) + text.encode()


def _parse(plain: bytes) -> dict[str, str]:
    try:
        (count,) = struct.unpack_from(">I", plain)
        texts, place = list[str](), 4
        for _ in range(2 * count):
            (length,) = struct.unpack_from(">I", plain, place)
            texts.append(plain[place + 4 : place + 4 + length].decode())
            place += 4 + length
    except (struct.error, UnicodeDecodeError) as error:
        raise BadHeaders(str(error)) from None
    return {name.lower(): value for name, value in zip(texts[::2], texts[1::2], strict=True)}
