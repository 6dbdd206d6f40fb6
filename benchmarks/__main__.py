"""`make bench`: every measurement, in one run, as a table."""

import platform
import sys

from benchmarks import crowd, first_answer, invoke, startup, tunnel
from benchmarks.table import table


def main() -> None:
    print(f"Azure is simulated, the programs are real. {platform.platform()}, Python {platform.python_version()}")
    print("\n" + table([*startup.measure(), *first_answer.measure(), *invoke.measure()]), flush=True)
    print()
    for one in crowd.measure():
        print(one, flush=True)
    print("\n" + "\n".join(tunnel.measure()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
