"""Runs inside a simulated Cloud Shell: one cold read each by aksess and by az, in turn, seconds to stdout."""

import subprocess
import sys
import time

CLUSTER = ["-g", "rg-demo", "-n", "web", "-o", "json"]


def seconds(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


for _ in range(int(sys.argv[1])):
    print(seconds(["aksess", "leases", *CLUSTER]), seconds(["az", "aks", "show", *CLUSTER]))
