"""exec and attach over WebSocket, protocol `v5.channel.k8s.io`: the first byte of a frame names its channel.

Source: k8s.io/apimachinery `pkg/util/remotecommand` and KEP-4006. The older SPDY form is refused, as no client from
1.30 on needs it.
"""

import json
from typing import Any

from aiohttp import WSMsgType, web

from aksess_sim.services.apiserver.containers import programs
from aksess_sim.services.apiserver.containers.programs import Container, Outcome
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.handlers.pods import container_of, reachable_pod
from aksess_sim.services.apiserver.objects import refusals

PROTOCOL = "v5.channel.k8s.io"

_STDIN, _STDOUT, _STDERR, _STATUS, _CLOSE = 0, 1, 2, 3, 255
_PROMPT = "/ # "
_MOST_INPUT = 1024 * 1024
"""Bytes of input kept for one program; more is dropped."""


async def run(call: Call) -> web.StreamResponse:
    """Run a command in a container, or a shell when a terminal is asked for."""
    pod = reachable_pod(call)
    container = Container(pod, container_of(pod, call.query("container")))
    if PROTOCOL not in call.request.headers.get("Sec-WebSocket-Protocol", ""):
        raise refusals.bad_request(f"only WebSocket with {PROTOCOL} is served here")
    # Attaching to a running process is answered with a shell beside it: nothing here has a console of its own.
    command = call.request.query.getall("command", ["sh"])
    socket = web.WebSocketResponse(protocols=(PROTOCOL,))
    await socket.prepare(call.request)
    outcome = await _carry_out(call, socket, container, command)
    if not call.flag("tty"):
        await _send(socket, _STDOUT, outcome.output)
        await _send(socket, _STDERR, outcome.errors)
    await _send(socket, _STATUS, json.dumps(_status(command, outcome)))
    await socket.close()
    return socket


async def _carry_out(call: Call, socket: web.WebSocketResponse, container: Container, command: list[str]) -> Outcome:
    if not programs.exists(command[0]):
        return Outcome(code=programs.NOT_FOUND)
    interactive = call.flag("tty") and call.flag("stdin") and command[0] in programs.SHELLS
    if interactive and len(command) == 1:
        return await _Terminal(socket, container).run()
    takes_input = call.flag("stdin") and (command[0] in programs.SHELLS or command[0].endswith("cat"))
    outcome = programs.run(container, command, await _all_input(socket) if takes_input else "")
    if call.flag("tty"):
        await _send(socket, _STDOUT, (outcome.output + outcome.errors).replace("\n", "\r\n"))
    return outcome


async def _all_input(socket: web.WebSocketResponse) -> str:
    """Standard input until the client closes its channel."""
    received = b""
    async for message in socket:
        if message.type is not WSMsgType.BINARY or not message.data:
            continue
        if message.data[0] == _CLOSE:
            break
        if message.data[0] == _STDIN and len(received) < _MOST_INPUT:
            received += message.data[1:]
    return received.decode(errors="replace")


class _Terminal:
    """A shell at a prompt: echoes what is typed and runs it line by line."""

    def __init__(self, socket: web.WebSocketResponse, container: Container) -> None:
        self._socket = socket
        self._container = container
        self._line = ""
        self._code = 0

    async def run(self) -> Outcome:
        """Until `exit`, Ctrl-D on an empty line, or the client is gone."""
        await _send(self._socket, _STDOUT, _PROMPT)
        async for message in self._socket:
            if message.type is not WSMsgType.BINARY or not message.data:
                continue
            if message.data[0] == _CLOSE:
                break
            if message.data[0] == _STDIN and await self._typed(message.data[1:].decode(errors="replace")):
                break
        return Outcome(code=self._code)

    async def _typed(self, text: str) -> bool:
        """Take what was typed; True when that ends the shell."""
        for letter in text:
            if letter in "\r\n":
                if await self._entered():
                    return True
            elif letter == "\x04" and not self._line:
                await _send(self._socket, _STDOUT, "\r\n")
                return True
            elif letter == "\x03":
                self._line = ""
                await _send(self._socket, _STDOUT, f"^C\r\n{_PROMPT}")
            elif letter in "\x7f\b":
                if self._line:
                    self._line = self._line[:-1]
                    await _send(self._socket, _STDOUT, "\b \b")
            elif letter.isprintable():
                self._line += letter
                await _send(self._socket, _STDOUT, letter)
        return False

    async def _entered(self) -> bool:
        line, self._line = self._line, ""
        outcome = programs.run_script(self._container, line)
        self._code = outcome.code
        shown = (outcome.output + outcome.errors).replace("\n", "\r\n")
        leaves = line.split()[:1] == ["exit"]
        await _send(self._socket, _STDOUT, f"\r\n{shown}{'' if leaves else _PROMPT}")
        return leaves


async def _send(socket: web.WebSocketResponse, channel: int, text: str) -> None:
    if text and not socket.closed:
        await socket.send_bytes(bytes([channel]) + text.encode())


def _status(command: list[str], outcome: Outcome) -> dict[str, Any]:
    if not programs.exists(command[0]):
        told = (
            "OCI runtime exec failed: exec failed: unable to start container process: "
            f'exec: "{command[0]}": executable file not found in $PATH: unknown'
        )
        return refusals.Refusal(500, "InternalError", told).status()
    if outcome.code == 0:
        return {"metadata": {}, "status": "Success"}
    told = f"command terminated with non-zero exit code: exit status {outcome.code}"
    causes = [{"reason": "ExitCode", "message": str(outcome.code)}]
    return {
        "metadata": {},
        "status": "Failure",
        "reason": "NonZeroExitCode",
        "message": told,
        "details": {"causes": causes},
    }
