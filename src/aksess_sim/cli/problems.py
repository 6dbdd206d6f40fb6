"""What can go wrong for a person at the command line: a code, a sentence, the next step, and an exit code."""

from typing import IO, Any, ClassVar

import click


class Problem(click.ClickException):
    """One problem; printed to stderr, never as a traceback."""

    code: ClassVar[str]
    hint: ClassVar[str]

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"aksess-sim: {self.message} [{self.code}]\nhint: {self.hint}", file=file, err=file is None)


class NoWorld(Problem):
    """There is nothing to talk to."""

    code, hint, exit_code = "no-world", "start one with `aksess-sim up --background`", 64

    def __init__(self) -> None:
        super().__init__("no world is up")


class WorldIsUp(Problem):
    """One state directory holds one world."""

    code, hint, exit_code = "world-is-up", "end it with `aksess-sim down`", 65

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"a world is up already (process {pid or 'unknown'})")


class BadWorldFile(Problem):
    """The sentence names file and path in it."""

    code, hint, exit_code = "bad-world-file", "the format is described in docs/world-files.md", 66


class WorldIsSilent(Problem):
    """There should be a world, and it does not answer."""

    code, hint, exit_code = "world-is-silent", "see `aksess-sim status`, or start anew with `aksess-sim up`", 67


class Refused(Problem):
    """The world does not know what was asked for."""

    code, hint, exit_code = "refused", "see `aksess-sim status -o json` for what there is", 68


class ShellFailed(Problem):
    """The person's settings ask for a network in which no shell starts; the sentence is all that Azure would say."""

    code, hint, exit_code = "shell-failed", "`aksess-sim journal --method START` says what is wrong", 69


class CannotRun(Problem):
    """The command inside the shell did not start."""

    code, hint, exit_code = "cannot-run", "is it a program?", 126

    def __init__(self, command: str, error: OSError) -> None:
        super().__init__(f"cannot run `{command}`: {error.strerror or error}")


class NoSuchCommand(CannotRun):
    """The command inside the shell is not there."""

    hint, exit_code = "is it installed, and on PATH?", 127
