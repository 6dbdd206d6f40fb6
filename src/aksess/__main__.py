"""The door: what can be answered without an event loop is answered before one is imported."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aksess.cli.running import App


def main() -> None:
    """The console script. Exits with the command's code."""
    if sys.argv[1:] == ["--version"]:
        from aksess import __version__

        sys.stdout.write(f"aksess {__version__}\n")
        return
    sys.exit(run(sys.argv[1:]))


def run(argv: Sequence[str]) -> int:
    """With this process's own streams, environment and signals."""
    from aksess.cli.app import call

    made: list[App] = []

    def new_app() -> "App":
        from aksess.cli.running import App

        made.append(App.of_this_process())
        return made[0]

    called = call(argv, new_app, sys.stderr)
    if isinstance(called, int):
        return called
    from aksess.cli.running import run_to_the_end

    return run_to_the_end(called, made[0])


if __name__ == "__main__":
    main()
