"""The entry point: answers `--version` before importing anything, and leaves the rest to the commands."""

import sys

from aksess_sim import __version__


def main() -> None:
    """Run `aksess-sim`."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"aksess-sim {__version__}\n")
        return
    from aksess_sim.cli.app import aksess_sim

    aksess_sim(prog_name="aksess-sim")


if __name__ == "__main__":
    main()
