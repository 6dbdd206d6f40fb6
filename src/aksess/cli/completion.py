"""aksess completion: the script that makes a shell complete aksess's words."""

import click
from click.shell_completion import get_completion_class

from aksess.cli.app import cli
from aksess.cli.running import App


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_obj
async def command(app: App, *, shell: str) -> int:
    """Print the completion script of a shell: `source <(aksess completion bash)`."""
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    app.console.data(found(cli, {}, "aksess", "_AKSESS_COMPLETE").source())
    return 0
