"""The shell of every container: lines, pipelines, `;` `&&` `||`, redirections, quotes, `$NAME`, `cd` and `exit`.

No loops, no functions, no globbing: it is for a look around, and for what kubectl itself runs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aksess_sim.services.apiserver.containers.files import Directory
from aksess_sim.services.apiserver.containers.process import Process
from aksess_sim.services.apiserver.containers.shell_words import Command, NotUnderstood, Pipeline, parse
from aksess_sim.services.apiserver.containers.streams import Pipe, Sink, Source, read_line
from aksess_sim.services.apiserver.containers.terminal import Terminal

Start = Callable[[Process], Awaitable[int]]
SYNTAX = 2
PROMPT = "/ # "
MOST_NESTED = 100
"""Shells in one another: a script that runs itself comes to an end."""


async def run(process: Process, start: Start) -> int:
    """Run `sh`: a prompt at a terminal, `-c SCRIPT`, or the lines of standard input; its exit code."""
    if process.depth == MOST_NESTED:
        await process.complain("can't fork")
        return SYNTAX
    shell = _Shell(replace(process, depth=process.depth + 1), start)
    if process.arguments[:1] == ["-c"] and len(process.arguments) > 1:
        await shell.script(process.arguments[1])
    elif process.terminal is not None:
        await shell.prompt(process.terminal)
    else:
        while not shell.left and (line := await read_line(process.stdin)):
            await shell.script(line.decode(errors="replace"))
    return shell.code


@dataclass
class _Shell:
    """One shell: where it stands, how its last command ended, whether it has been left."""

    process: Process
    start: Start
    code: int = 0
    left: bool = False

    async def prompt(self, terminal: Terminal) -> None:
        """Line by line until `exit`, Ctrl-D or the client is gone."""
        while not self.left:
            await self.process.stdout.write(PROMPT.encode())
            line = await terminal.read_line()
            if line is None:
                await self.process.stdout.write(b"\n")
                return
            await self.script(line)

    async def script(self, text: str) -> None:
        """Run some lines; a mistake in them ends the shell, but at a terminal."""
        try:
            pipelines = parse(text)
        except NotUnderstood as error:
            await self.process.complain(f"syntax error: {error}")
            self.code, self.left = SYNTAX, self.process.terminal is None
            return
        for pipeline in pipelines:
            if not self.left and pipeline.follows(self.code):
                await self._carry_out(pipeline)

    async def _carry_out(self, pipeline: Pipeline) -> None:
        words = [self._words(command) for command in pipeline.commands]
        match words:
            case [["exit", *rest]]:
                self.left = True
                self.code = int(rest[0]) & 0xFF if rest and rest[0].isdecimal() else self.code
            case [["cd", *rest]]:
                self.code = await self._change_directory(rest[0] if rest else "/root")
            case _:
                self.code = await self._side_by_side(pipeline.commands, words)

    def _words(self, command: Command) -> list[str]:
        variables = {**self.process.container.environment(), "?": str(self.code)}
        return [expanded for word in command.words for expanded in word.expanded(variables)]

    async def _change_directory(self, name: str) -> int:
        path = self.process.path(name)
        if not isinstance(self.process.container.files.find(path), Directory):
            await self.process.complain(f"cd: can't cd to {name}: No such file or directory")
            return 2
        self.process = replace(self.process, directory=path)
        return 0

    async def _side_by_side(self, commands: list[Command], words: list[list[str]]) -> int:
        """Run the commands of a pipeline, each one's output the next one's input; the last one's exit code."""
        pipes = [Pipe() for _ in commands[1:]]
        sources: list[Source] = [self.process.stdin, *pipes]
        sinks: list[Sink] = [*pipes, self.process.stdout]

        async def all_of_them() -> int:
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(self._command(command, told, source, sink), name="program of a pipeline")
                    for command, told, source, sink in zip(commands, words, sources, sinks, strict=True)
                ]
            return running[-1].result()

        terminal = self.process.terminal
        return await (terminal.in_foreground(all_of_them()) if terminal else all_of_them())

    async def _command(self, command: Command, words: list[str], source: Source, sink: Sink) -> int:
        """Run one command, and let go of its ends of the pipes when it is over."""
        terminal = self.process.terminal if source is self.process.terminal else None
        child = replace(self.process, command=words, stdin=source, stdout=sink, terminal=terminal)
        try:
            try:
                child = self._redirected(child, command)
            except OSError as error:
                await self.process.complain(f"can't open {error.filename}: {error.strerror}")
                return 1
            return await self.start(child) if words else 0
        finally:
            if isinstance(source, Pipe) and source is not self.process.stdin:
                source.abandon()
            if isinstance(sink, Pipe) and sink is not self.process.stdout:
                sink.end()

    def _redirected(self, child: Process, command: Command) -> Process:
        files = child.container.files
        for one in command.redirections:
            path = child.path("".join(one.file.expanded(child.container.environment())))
            match one.operator:
                case "2>&1":
                    child = replace(child, stderr=child.stdout)
                case ">&2" | "1>&2":
                    child = replace(child, stdout=child.stderr)
                case "<":
                    child = replace(child, stdin=files.source(path), terminal=None)
                case "2>" | "2>>":
                    child = replace(child, stderr=files.sink(path, append=one.operator == "2>>"))
                case _:
                    child = replace(child, stdout=files.sink(path, append=one.operator == ">>"))
        return child
