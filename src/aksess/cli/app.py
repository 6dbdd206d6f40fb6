"""Registers the commands and reads argv. Nothing else; running what was asked for is `running.py`'s.

Commands are loaded when they are called, and the event loop with them, so that `--help` and completion stay quick.
"""

import importlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TextIO

import click

from aksess import __version__

COMMANDS = {
    "connect": "Open the narrowest way to a cluster, prove it, close it behind you.",
    "kubectl": "Run one kubectl command through a way of its own.",
    "invoke": "Run one command inside the cluster, by Azure's Command Invoke.",
    "allow": "Lease this shell's address a place in the authorized ranges.",
    "revoke": "End leases and take their addresses out again.",
    "leases": "Who may reach a cluster, until when, and why.",
    "sweep": "Finish what ended leases left behind.",
    "vnet": "A network that Cloud Shell itself stands in: planned, applied, looked at, removed.",
    "token": "Print a token for kubectl (an exec credential for Entra clusters).",
    "use": "Keep a cluster as the default.",
    "completion": "Print the completion script of your shell.",
}
INTERRUPTED = 130
Called = Coroutine[Any, Any, int | None]


class Lazy(click.Group):
    """Commands by name; a command's module is imported when it is called, its help line is known beforehand.

    `lines` are the help lines by name, `modules` is what the modules' names begin with.
    """

    def __init__(
        self, *arguments: Any, lines: Mapping[str, str] = COMMANDS, modules: str = "aksess.cli.", **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._lines = lines
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self._lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self._lines:
            return None
        module = importlib.import_module(f"{self._modules}{cmd_name}")
        command: click.Command = module.command
        command.short_help = self._lines[cmd_name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            import difflib

            near = difflib.get_close_matches(args[0], self._lines, 1) if args else []
            if near:
                raise click.UsageError(f"{fault.message} Did you mean `{near[0]}`?", ctx) from fault
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lines.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aksess", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """From here to a working kubectl on AKS, through the narrowest way the cluster allows, closed behind you.

    Exit codes: 0 done; the command's own code when one was run; 2 usage; 64 and above are refusals and failures, each
    with one meaning (docs/exit-codes.md).
    """
    # Made now and not before: `--help` needs no console, no clock, no event loop.
    ctx.obj = ctx.obj()


def call(argv: Sequence[str], new_app: Callable[[], object], stderr: TextIO) -> Called | int:
    """The command that was asked for, not yet begun; or the exit code when there is nothing to run (help, usage)."""
    try:
        called = cli.main(list(argv), prog_name="aksess", standalone_mode=False, obj=new_app)
    except click.ClickException as fault:
        fault.show(file=stderr)
        return fault.exit_code
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.Abort:
        return INTERRUPTED
    return called if isinstance(called, Coroutine) else int(called or 0)
