"""exec and attach: a program, or a shell at a terminal, in a container; its streams go over WebSocket or SPDY."""

import asyncio
from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.containers import output, programs
from aksess_sim.services.apiserver.containers.container import Container
from aksess_sim.services.apiserver.containers.process import Process
from aksess_sim.services.apiserver.containers.terminal import Terminal
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.handlers.pods import container_of, reachable_pod, until_gone
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.streaming import spdy_channels, web_socket
from aksess_sim.services.apiserver.streaming.channels import Channels, Status, Wanted, as_long_as

_KILLED = 137
"""128 and the number of SIGKILL, which ends whatever runs in a pod that is deleted."""


async def run(call: Call) -> web.StreamResponse:
    """Run a command in a container, or attach to it, for as long as pod and client stay."""
    pod = reachable_pod(call)
    container = call.containers.enter(pod, container_of(pod, call.query("container")))
    terminal = call.flag("tty")
    wanted = Wanted(
        stdin=call.flag("stdin"),
        stdout=call.query("stdout", "true") == "true",
        stderr=call.query("stderr", "true") == "true" and not terminal,
    )
    command = _command(call)

    async def work(channels: Channels) -> Status:
        if command and not programs.exists(command[0]):
            return _cannot_start(command[0])
        code = await as_long_as(until_gone(call, pod), _run(container, command, channels, terminal=terminal))
        return _ended(_KILLED if code is None else code)

    if web_socket.is_asked_for(call.request):
        return await web_socket.serve(call.request, wanted, work)
    if spdy_channels.is_asked_for(call.request):
        return await spdy_channels.serve(call.request, wanted, work)
    known = ", ".join((*web_socket.PROTOCOLS, *spdy_channels.PROTOCOLS))
    raise refusals.bad_request(f"unable to upgrade: neither SPDY nor a WebSocket with one of {known}")


def _command(call: Call) -> list[str]:
    """What to run; empty to see what the container writes.

    Attaching with input is answered with a shell beside what runs: nothing here has a console of its own.
    """
    if call.target.subresource == "attach":
        return ["sh"] if call.flag("stdin") else []
    command = call.request.query.getall("command", [])
    if not command:
        raise refusals.bad_request("you must specify at least 1 command for the container")
    return command


async def _run(container: Container, command: list[str], channels: Channels, *, terminal: bool) -> int:
    """The exit code of whatever it is."""
    if not command:
        return await _show_output(container, channels)
    if terminal:
        return await _at_terminal(container, command, channels)
    return await programs.run(Process(container, command, channels.stdin, channels.stdout, channels.stderr))


async def _at_terminal(container: Container, command: list[str], channels: Channels) -> int:
    """With echo and Ctrl-C; a shell sees to its terminal itself, anything else is in the foreground."""
    terminal = Terminal(channels.stdin, channels.stdout)
    program = programs.run(Process(container, command, terminal, terminal, terminal, terminal=terminal))
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(terminal.listen(), name="keyboard of a container")
        code = await (program if programs.is_shell(command[0]) else terminal.in_foreground(program))
        listening.cancel()
    return code


async def _show_output(container: Container, channels: Channels) -> int:
    """What the container writes from now on, until nobody reads it any more."""
    number = 0
    while True:
        await container.clock.sleep(output.PACE)
        number += 1
        try:
            await channels.stdout.write(f"{output.later(container.pod, container.name, number)}\n".encode())
        except BrokenPipeError:
            return 0


def _cannot_start(program: str) -> dict[str, Any]:
    """What the kubelet tells of a program that is not there."""
    told = (
        "OCI runtime exec failed: exec failed: unable to start container process: "
        f'exec: "{program}": executable file not found in $PATH: unknown'
    )
    return refusals.Refusal(500, "InternalError", told).status()


def _ended(code: int) -> dict[str, Any]:
    """How a command ended, as the kubelet tells it."""
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }
