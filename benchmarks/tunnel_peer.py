"""The data path of az's bastion extension, in our words: websocket-client, two threads a connection, 4096-byte reads.

Run by the Python of the environment that has az. Two things are kinder to it than the original: it takes many
connections at once, as later versions do, and what a full socket did not take is sent again (`sendall`). Prints its
port, and ends with its input.
"""

import socket
import ssl
import sys
import threading

import websocket  # type: ignore[import-not-found, unused-ignore]  # of the other environment

FRAME = 4096


def serve(near: socket.socket, url: str, authority: str) -> None:
    far = websocket.create_connection(
        url,
        sockopt=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),
        sslopt={"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": authority},
        enable_multithread=True,
    )
    threading.Thread(target=to_near, args=(near, far), daemon=True).start()
    to_far(near, far)


def to_near(near: socket.socket, far: "websocket.WebSocket") -> None:
    try:
        while data := far.recv():
            near.sendall(data)
    except (OSError, websocket.WebSocketException):
        pass
    finally:
        near.close()
        far.close()


def to_far(near: socket.socket, far: "websocket.WebSocket") -> None:
    buffer = bytearray(FRAME)
    try:
        while count := near.recv_into(buffer, len(buffer)):
            far.send_binary(buffer[0:count])
    except (OSError, websocket.WebSocketException):
        pass
    finally:
        near.close()
        far.close()


def accept(listener: socket.socket, url: str, authority: str) -> None:
    while True:
        near, _ = listener.accept()
        threading.Thread(target=serve, args=(near, url, authority), daemon=True).start()


if __name__ == "__main__":
    port = socket.create_server(("127.0.0.1", 0), backlog=100)
    threading.Thread(target=accept, args=(port, *sys.argv[1:]), daemon=True).start()
    print(port.getsockname()[1], flush=True)
    sys.stdin.read()
