"""exec and attach: a program, or a shell at a terminal, in a container; its streams go over WebSocket or SPDY."""

import asyncio
from typing import Any

from aiohttp import web

from aksess_sim.services.apiserver.containers import output, programs
from aksess_sim.services.apiserver.containers.container import Container
from aksess_sim.services.apiserver.containers.process import NOT_FOUND, Process
from aksess_sim.services.apiserver.containers.terminal import Terminal
from aksess_sim.services.apiserver.handlers.call import Call
from aksess_sim.services.apiserver.handlers.pods import container_of, reachable_pod
from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.streaming import spdy_channels, web_socket
from aksess_sim.services.apiserver.streaming.channels import Channels, Status, Wanted


async def run(call: Call) -> web.StreamResponse:
    """Run a command in a container, or attach to it, for as long as it runs and the client stays."""
    pod = reachable_pod(call)
    container = call.containers.enter(pod, container_of(pod, call.query("container")))
    terminal = call.flag("tty")
    wanted = Wanted(
        stdin=call.flag("stdin"),
        stdout=call.query("stdout", "true") == "true",
        stderr=call.query("stderr", "true") == "true" and not terminal,
    )
    attaches = call.target.subresource == "attach"
    # Attaching with input is answered with a shell beside what runs: nothing here has a console of its own.
    command = ["sh"] if attaches else call.request.query.getall("command", [])
    if not command:
        raise refusals.bad_request("you must specify at least 1 command for the container")

    async def work(channels: Channels) -> Status:
        if attaches and not wanted.stdin:
            return await _show_output(container, channels)
        if not programs.exists(command[0]):
            return _status(command, NOT_FOUND)
        run_it = _at_terminal if terminal else _plainly
        return _status(command, await run_it(container, command, channels))

    if web_socket.is_asked_for(call.request):
        return await web_socket.serve(call.request, wanted, work)
    if spdy_channels.is_asked_for(call.request):
        return await spdy_channels.serve(call.request, wanted, work)
    known = ", ".join((*web_socket.PROTOCOLS, *spdy_channels.PROTOCOLS))
    raise refusals.bad_request(f"unable to upgrade: neither SPDY nor a WebSocket with one of {known}")


async def _plainly(container: Container, command: list[str], channels: Channels) -> int:
    return await programs.run(Process(container, command, channels.stdin, channels.stdout, channels.stderr))


async def _at_terminal(container: Container, command: list[str], channels: Channels) -> int:
    """With echo and Ctrl-C; when the client closes its input, the terminal is hung up but the program may end."""
    terminal = Terminal(channels.stdin, channels.stdout)
    program = programs.run(Process(container, command, terminal, terminal, terminal, terminal=terminal))
    shell = programs.is_shell(command[0])
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(terminal.listen(), name="keyboard")
        code = await (program if shell else terminal.in_foreground(program))
        listening.cancel()
    return code


async def _show_output(container: Container, channels: Channels) -> Status:
    """What the container writes from now on, until its client leaves."""
    number = 0
    while True:
        await container.clock.sleep(output.PACE)
        number += 1
        try:
            await channels.stdout.write(f"{output.later(container.pod, container.name, number)}\n".encode())
        except BrokenPipeError:
            return {"metadata": {}, "status": "Success"}


def _status(command: list[str], code: int) -> dict[str, Any]:
    """How a command ended, as the kubelet tells it."""
    if not programs.exists(command[0]):
        told = (
            "OCI runtime exec failed: exec failed: unable to start container process: "
            f'exec: "{command[0]}": executable file not found in $PATH: unknown'
        )
        return refusals.Refusal(500, "InternalError", told).status()
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    told = f"command terminated with non-zero exit code: exit status {code}"
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return {
        "metadata": {},
        "status": "Failure",
        "reason": "NonZeroExitCode",
        "message": told,
        "details": {"causes": causes},
    }
