"""Registers the commands, runs the one that is asked for, and turns errors into exit codes. Nothing else.

Commands are loaded when they are called, so that `--help` and completion stay quick. A command is a coroutine: it runs
in one event loop.
"""

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from aksess import __version__
from aksess.cli.console import Console
from aksess.cli.signals import Signals
from aksess.clock import Clock
from aksess.errors import AksessError
from aksess.settings import masked

COMMANDS = {
    "connect": "Open the narrowest way to a cluster, prove it, close it behind you.",
    "kubectl": "Run one kubectl command through a way of its own.",
    "allow": "Lease this shell's address a place in the authorized ranges.",
    "revoke": "End leases and take their addresses out again.",
    "leases": "Who may reach a cluster, until when, and why.",
    "sweep": "Finish what ended leases left behind.",
    "token": "Print a token for kubectl (an exec credential for Entra clusters).",
    "use": "Keep a cluster as the default.",
    "completion": "Print the completion script of your shell.",
}
INTERRUPTED = 130


@dataclass
class App:
    """What a command gets: the console it speaks to and the clock it lives by."""

    console: Console
    new_clock: Callable[[], Clock] = field(default=Clock)
    signals: Signals = field(init=False)

    def __post_init__(self) -> None:
        self.signals = Signals(self.console)


class Lazy(click.Group):
    """Commands by name; a command's module is imported when it is called, its help line is known beforehand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"aksess.cli.{cmd_name}")
        command: click.Command = module.command
        command.short_help = COMMANDS[cmd_name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1) if args else []
            if near:
                raise click.UsageError(f"{fault.message} Did you mean `{near[0]}`?", ctx) from fault
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aksess", message="%(prog)s %(version)s")
def cli() -> None:
    """From here to a working kubectl on AKS, through the narrowest way the cluster allows, closed behind you.

    Exit codes: 0 done; the command's own code when one was run; 2 usage; 64 and above are refusals and failures, each
    with one meaning (docs/exit-codes.md).
    """


async def run(argv: Sequence[str], app: App) -> int:
    """One command from its words to its exit code. Every error ends here; bugs keep their traceback."""
    try:
        called: Awaitable[int | None] | int | None = cli.main(
            list(argv), prog_name="aksess", standalone_mode=False, obj=app
        )
        if isinstance(called, Awaitable):
            called = await called
    except click.ClickException as fault:
        fault.show(file=app.console.stderr)
        return fault.exit_code
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.Abort:
        return INTERRUPTED
    except AksessError as fault:
        return _tell(fault, app.console)
    return int(called or 0)


def _tell(fault: AksessError, console: Console) -> int:
    """The error, and the one it hides: what was left open must not cover why."""
    hidden = fault.__context__
    if isinstance(hidden, AksessError) and hidden is not fault.__cause__:
        console.error(hidden)
    console.error(fault)
    if console.environment.get("AKSESS_DEBUG", "") not in ("", "0"):
        logging.getLogger("aksess").error("", exc_info=fault)
    return fault.exit_code


class _Masking(logging.Formatter):
    """Tracebacks quote what libraries say, the proxy's address and its password among it (S8)."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def run_from_terminal(argv: Sequence[str]) -> int:
    """With this process's own streams, environment and signals."""
    if os.environ.get("AKSESS_DEBUG", "") not in ("", "0"):
        talk = logging.StreamHandler(sys.stderr)
        talk.setFormatter(_Masking("%(asctime)s %(name)s %(message)s"))
        logging.basicConfig(handlers=[talk])
        logging.getLogger("aksess").setLevel(logging.DEBUG)
    app = App(Console(os.environ))
    with asyncio.Runner() as runner:
        return runner.run(_with_signals(argv, app))


async def _with_signals(argv: Sequence[str], app: App) -> int:
    task: asyncio.Task[Any] | None = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    try:
        with app.signals.installed(task):
            return await run(argv, app)
    except asyncio.CancelledError:
        return 128 + app.signals.caught[0] if app.signals.caught else INTERRUPTED
