"""A far end that is fast, in a process of its own: one service, over TLS websockets and over plain TCP.

A connection begins with a letter and eight bytes of length: `U` takes so many bytes and answers one, `W` does so after
it has read nothing for a while, `D` gives so many, `E` echoes. Prints its two ports.

Frames have 4096 bytes at most, and what is larger is refused; each frame is written by itself, as a gateway does that
passes on what it has just read.
"""

import asyncio
import ssl
import sys
from collections.abc import Callable
from typing import cast

from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

FRAME = 4096
HEAD = 9
STALL_SECONDS = 2.0
_PIECE = bytes(range(256)) * (FRAME // 256)


class Service:
    """What is said on one connection. `say` writes one piece; `blocked` is told by the transport below."""

    def __init__(self, say: Callable[[bytes], None], below: asyncio.Transport) -> None:
        self.say = say
        self._below = below
        self.blocked = False
        self._head = b""
        self._left = 0

    def take(self, data: bytes) -> None:
        if len(self._head) < HEAD:
            missing = HEAD - len(self._head)
            self._head, data = self._head + data[:missing], data[missing:]
            if len(self._head) < HEAD:
                return
            self._left = int.from_bytes(self._head[1:], "big")
            if self._head[:1] == b"D":
                self.give()
            elif self._head[:1] == b"W":
                self._below.pause_reading()
                asyncio.get_running_loop().call_later(STALL_SECONDS, self._below.resume_reading)
        if self._head[:1] == b"E" and data:
            self.say(data)
        elif self._head[:1] in b"UW":
            self._left -= len(data)
            if self._left == 0:
                self.say(b"k")

    def give(self) -> None:
        if self._head[:1] != b"D":
            return
        while self._left > 0 and not self.blocked:
            self.say(_PIECE if self._left >= FRAME else _PIECE[: self._left])
            self._left -= FRAME


class OnWebsocket(WSListener):
    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.underlying_transport.set_write_buffer_limits(1 << 20)
        self.service = Service(lambda data: transport.send(WSMsgType.BINARY, data), transport.underlying_transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.BINARY:
            assert frame.payload_size <= FRAME
            assert frame.fin
            self.service.take(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.send_close()
            transport.disconnect()

    def pause_writing(self) -> None:
        self.service.blocked = True

    def resume_writing(self) -> None:
        self.service.blocked = False
        self.service.give()


class OnTcp(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        below = cast(asyncio.Transport, transport)
        self.service = Service(below.write, below)

    def data_received(self, data: bytes) -> None:
        self.service.take(data)

    def pause_writing(self) -> None:
        self.service.blocked = True

    def resume_writing(self) -> None:
        self.service.blocked = False
        self.service.give()


async def main(certificate: str) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)

    def listener(_: WSUpgradeRequest) -> WSListener:
        return OnWebsocket()

    websockets = await ws_create_server(listener, "127.0.0.1", 0, ssl=tls, backlog=256)
    plain = await asyncio.get_running_loop().create_server(OnTcp, "127.0.0.1", 0, backlog=256)
    print(*(one.sockets[0].getsockname()[1] for one in (websockets, plain)), flush=True)
    await websockets.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
