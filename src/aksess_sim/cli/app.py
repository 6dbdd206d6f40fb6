"""Registers the verbs and nothing else; each one's file is imported when it is called."""

from importlib import import_module

import click

from aksess_sim import __version__

VERBS = {
    "up": "Hold a world for several shells.",
    "down": "End the world that is up.",
    "status": "Show the world that is up.",
    "reset": "Begin the world anew.",
    "run": "Run one command in a simulated Cloud Shell.",
    "shell": "Open a simulated Cloud Shell.",
    "journal": "Show what was asked of the world.",
    "fault": "Arm a misbehaviour.",
    "bastion": "Show Bastion hosts and their sessions, or restart one.",
}
EPILOG = """\b
Exit codes:
  0    done; after `run` and `shell` the exit code is the command's own
  2    wrong usage
  64   no world is up
  65   a world is up already
  66   the world file cannot be used
  67   the world that is up does not answer
  68   the world refused: no such person, subnet, address or Bastion host, or a fault that makes no sense
  126  the command cannot be run
  127  the command does not exist
"""


class LazyVerbs(click.Group):
    """Knows the verbs by name, so that `--help` and one verb need not import the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in VERBS:
            return None
        command = getattr(import_module(f"aksess_sim.cli.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyVerbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def aksess_sim() -> None:
    """A simulated Azure for the real az, kubectl and SDKs: nothing leaves this machine, nothing costs anything."""
