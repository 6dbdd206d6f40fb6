"""Programs that tell about their container and its files, or change them."""

import asyncio
import re
import stat

from aksess_sim.services.apiserver.containers.files import Directory, File
from aksess_sim.services.apiserver.containers.process import Process, Program
from aksess_sim.services.apiserver.objects.manifest import name_of

_LONGEST_SLEEP = 1e9
"""Seconds beyond which a number is no time to wait."""


async def _env(process: Process) -> int:
    await process.say("".join(f"{key}={value}\n" for key, value in process.container.environment().items()))
    return 0


async def _printenv(process: Process) -> int:
    if not process.arguments:
        return await _env(process)
    value = process.container.environment().get(process.arguments[0])
    if value is None:
        return 1
    await process.say(f"{value}\n")
    return 0


async def _echo(process: Process) -> int:
    bare = process.arguments[:1] == ["-n"]
    await process.say(" ".join(process.arguments[bare:]) + ("" if bare else "\n"))
    return 0


async def _date(process: Process) -> int:
    await process.say(f"{process.container.clock.now():%a %b %e %H:%M:%S UTC %Y}\n")
    return 0


async def _sleep(process: Process) -> int:
    """World seconds: in a world twenty times as fast, so is every container in it."""
    told = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", "".join(process.arguments[:1]))
    seconds = float(told[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[told[2]] if told else _LONGEST_SLEEP
    if seconds >= _LONGEST_SLEEP:
        await process.complain("invalid number")
        return 1
    await process.container.clock.sleep(seconds)
    return 0


async def _ls(process: Process) -> int:
    for name in [word for word in process.arguments if not word.startswith("-")] or ["."]:
        path = process.path(name)
        shown = [name] if isinstance(process.container.files.find(path), File) else process.container.files.names(path)
        await process.say("".join(f"{one}\n" for one in shown))
    return 0


async def _mkdir(process: Process) -> int:
    for name in process.arguments:
        if not name.startswith("-"):
            process.container.files.make_directory(process.path(name))
    return 0


async def _rm(process: Process) -> int:
    forced = any(word.startswith("-") and "f" in word for word in process.arguments)
    for name in process.arguments:
        path = process.path(name)
        if not name.startswith("-") and not (forced and process.container.files.find(path) is None):
            process.container.files.remove(path)
    return 0


async def _test(process: Process) -> int:
    """`test -d PATH`, which is how kubectl cp looks before it copies, and its like."""
    words = [word for word in process.arguments if word != "]"]
    if len(words) != 2:
        return int(not any(words))
    node = process.container.files.find(process.path(words[1]))
    answers = {
        "-d": isinstance(node, Directory),
        "-e": node is not None,
        "-f": isinstance(node, File),
        "-n": bool(words[1]),
        "-s": isinstance(node, File) and bool(node.content),
        "-x": node is not None and bool(node.mode & stat.S_IXUSR),
        "-z": not words[1],
    }
    if words[0] in answers:
        return int(not answers[words[0]])
    await process.complain(f"{words[0]}: unary operator expected")
    return 2


def _says(text: str) -> Program:
    async def program(process: Process) -> int:
        await process.say(text)
        return 0

    return program


def _ends(code: int) -> Program:
    async def program(_process: Process) -> int:
        await asyncio.sleep(0)
        return code

    return program


async def _hostname(process: Process) -> int:
    await process.say(f"{name_of(process.container.pod)}\n")
    return 0


async def _pwd(process: Process) -> int:
    await process.say(f"{process.directory}\n")
    return 0


PROGRAMS: dict[str, Program] = {
    "[": _test,
    "date": _date,
    "echo": _echo,
    "env": _env,
    "false": _ends(1),
    "hostname": _hostname,
    "id": _says("uid=0(root) gid=0(root) groups=0(root)\n"),
    "ls": _ls,
    "mkdir": _mkdir,
    "printenv": _printenv,
    "pwd": _pwd,
    "rm": _rm,
    "sleep": _sleep,
    "test": _test,
    "true": _ends(0),
    "uname": _says("Linux\n"),
    "whoami": _says("root\n"),
}
