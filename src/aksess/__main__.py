"""The door: `aksess --version` answers before anything is imported; all else goes to `cli.app`."""

import sys


def main() -> None:
    """The console script. Exits with the command's code."""
    if sys.argv[1:] == ["--version"]:
        from aksess import __version__

        sys.stdout.write(f"aksess {__version__}\n")
        return
    from aksess.cli.app import run_from_terminal

    sys.exit(run_from_terminal(sys.argv[1:]))


if __name__ == "__main__":
    main()
