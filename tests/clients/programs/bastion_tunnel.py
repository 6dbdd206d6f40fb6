"""A tunnel in the way of az's `bastion` extension: requests, websocket-client, and two threads for each connection.

Reads and frames of 4096 bytes, a token exchanged for each connection. `--shared` passes the last authToken on and
deletes that one alone at the end, as the extension does through 1.4.3; without, each connection deletes its own.
Prints its port; ends, and cleans up, when its standard input ends.
"""

import json
import os
import socket
import ssl
import sys
import threading
from contextlib import suppress

import requests
import websocket
from shell_token import ShellCredential

HOST, TARGET = sys.argv[1:3]
SHARED = "--shared" in sys.argv
PIECE = 4096


def say(told: object) -> None:
    """A line of JSON for whoever started this."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


class Sessions:
    """What has been exchanged, and what is still to be deleted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, str] = {}
        self._open: list[dict[str, str]] = []

    def exchange(self) -> dict[str, str]:
        token = ShellCredential().get_token("https://management.core.windows.net//.default").token
        form = {"resourceId": TARGET, "protocol": "tcptunnel", "workloadHostPort": 443, "aztoken": token}
        with self._lock:
            shared = {"token": self._last.get("authToken")} if SHARED else {}
            headers = {"X-Node-Id": self._last["nodeId"]} if self._last else {}
            answer = requests.post(f"https://{HOST}/api/tokens", data=form | shared, headers=headers, timeout=60)
            if answer.status_code != 200:
                raise ConnectionError(answer.json()["message"])
            self._last = answer.json()
            self._open = [self._last] if SHARED else [*self._open, self._last]
            return self._last

    def delete(self, session: dict[str, str]) -> None:
        with self._lock:
            self._open.remove(session)
        url = f"https://{HOST}/api/tokens/{session['authToken']}"
        status = requests.delete(url, headers={"X-Node-Id": session["nodeId"]}, timeout=60).status_code
        say({"deleted": status})

    def delete_all(self) -> None:
        for session in list(self._open):
            self.delete(session)


def carry(local: socket.socket, sessions: Sessions) -> None:
    """One connection to its end."""
    try:
        session = sessions.exchange()
        address = f"wss://{HOST}/webtunnelv2/{session['websocketToken']}?X-Node-Id={session['nodeId']}"
        trust = {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": os.environ["SSL_CERT_FILE"]}
        remote = websocket.create_connection(address, sslopt=trust, enable_multithread=True)
    except (OSError, websocket.WebSocketException) as error:
        say({"failed": str(error)})
        local.close()
        return
    upload = threading.Thread(target=_up, args=(local, remote))
    upload.start()
    _down(local, remote)
    upload.join()
    local.close()
    if not SHARED:
        sessions.delete(session)


def _up(local: socket.socket, remote: websocket.WebSocket) -> None:
    try:
        while data := local.recv(PIECE):
            remote.send(data, opcode=websocket.ABNF.OPCODE_BINARY)
    except (OSError, websocket.WebSocketException):
        pass
    finally:
        remote.close(timeout=1)


def _down(local: socket.socket, remote: websocket.WebSocket) -> None:
    try:
        while data := remote.recv():
            local.sendall(data)
    except (OSError, websocket.WebSocketException):
        pass
    finally:
        with suppress(OSError):
            local.shutdown(socket.SHUT_RDWR)


def main() -> None:
    """Accept until standard input ends."""
    sessions = Sessions()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    say(listener.getsockname()[1])

    connections: list[threading.Thread] = []

    def accept() -> None:
        while True:
            local, _ = listener.accept()
            connections.append(threading.Thread(target=carry, args=(local, sessions), daemon=True))
            connections[-1].start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()
    for connection in connections:
        connection.join(10)
    sessions.delete_all()


main()
