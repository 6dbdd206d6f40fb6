"""Writes what the project's documents and snapshots take from the code. One command, after a deliberate change:

.venv/bin/python tests/project/settled_docs.py
"""

from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
HELP = Path(__file__).parent / "help"
SETTINGS = ROOT / "docs" / "settings.md"
INTRODUCTION = """\
# Settings

What is said on the command line comes first, then the environment, then the settings file. The file holds the default
cluster; `aksess use` writes it, to `aksess/settings.json` in `XDG_CONFIG_HOME` or `~/.config`.

| variable | what it is |
|---|---|
"""


def help_pages() -> dict[str, str]:
    """`--help` of aksess and of every command, 100 columns wide, by the name of its snapshot."""
    from aksess.cli.app import COMMANDS, cli

    top = cli.make_context("aksess", [], resilient_parsing=True, terminal_width=100, max_content_width=100)
    pages = {"aksess": f"{cli.get_help(top)}\n"}
    for name in COMMANDS:
        command = cli.get_command(top, name)
        assert command is not None
        pages |= _pages(command, click.Context(command, top, name), f"aksess-{name}")
    return pages


def _pages(command: click.Command, context: click.Context, name: str) -> dict[str, str]:
    """Of a command, and of those below it."""
    pages = {name: f"{command.get_help(context)}\n"}
    for inner in command.list_commands(context) if isinstance(command, click.Group) else ():
        found = command.get_command(context, inner)
        assert found is not None
        pages |= _pages(found, click.Context(found, context, inner), f"{name}-{inner}")
    return pages


def settings_page() -> str:
    from aksess.settings import VARIABLES

    return INTRODUCTION + "".join(f"| `{name}` | {meaning} |\n" for name, meaning in VARIABLES.items())


if __name__ == "__main__":
    HELP.mkdir(exist_ok=True)
    for name, page in help_pages().items():
        (HELP / f"{name}.txt").write_text(page, encoding="utf-8")
    SETTINGS.write_text(settings_page(), encoding="utf-8")
